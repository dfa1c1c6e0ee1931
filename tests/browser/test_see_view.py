"""The See column with a real lab: the diagram, the lit line, the moment, the lanes."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.bench import Bench
from tests.browser.conftest import OpenBench
from tests.browser.looks import comes_true, let_draw
from tests.sweeps import in_the_soak

# Beside the lifelines of other tests an arrow may have room for the beginning only.
SENT, ANSWERED = re.compile("Hello, s"), re.compile("Hello, c")
WAITING = re.compile("MainThread ждёт здесь · recvfrom")


def choose(page: Page, mode: str) -> None:
    page.locator(f"see-view input[value={mode}]").evaluate("radio => radio.click()")


def talked(open_bench: OpenBench) -> Bench:
    """Open udp/hello, start its server, send one message and see the answer."""
    bench = open_bench("udp/hello")
    bench.start()
    bench.client().ask("Hello, server", "Hello, client")
    choose(bench.page, "text")
    return bench


def test_a_message_and_its_answer_are_two_arrows(open_bench: OpenBench) -> None:
    bench = talked(open_bench)
    diagram = bench.page.locator("sequence-diagram")
    expect(diagram.locator(".say--data").filter(has_text=SENT).last).to_be_visible()
    expect(diagram.locator(".say--data").filter(has_text=ANSWERED).last).to_be_visible()


def test_the_line_on_which_the_server_waits_is_lit(open_bench: OpenBench) -> None:
    bench = talked(open_bench)
    bench.page.get_by_role("tab", name="server.py", exact=True).first.click()
    line = bench.page.locator('.code[data-file="server.py"] .code-line.is-lit')
    expect(line).to_contain_text("sock.recvfrom(65535)")
    expect(line.locator(".code-chip")).to_have_text(WAITING)
    bench.stop()
    expect(line).to_have_count(0)


@pytest.mark.soak
@pytest.mark.parametrize("width", [360, 1280, 1920])
def test_the_time_of_the_wait_and_the_ports_are_in_sight(open_bench: OpenBench, width: int) -> None:
    """However narrow the columns are: who waits and for how long, and which port is whose."""
    bench = talked(open_bench)
    bench.page.set_viewport_size({"width": width, "height": 800})
    if width == 360:
        bench.page.locator(".bench-tab").nth(0).click()
    bench.page.get_by_role("tab", name="server.py", exact=True).first.click()
    chip = bench.page.locator('.code[data-file="server.py"] .code-chip')
    scroll = bench.page.locator(".code-scroll:visible")
    expect(chip).to_be_visible()
    for left in (0, 400):
        let_draw(bench.page)
        scroll.evaluate("(box, left) => box.scrollTo({ left, behavior: 'instant' })", left)
        inner, outer = chip.bounding_box(), scroll.bounding_box()
        assert inner
        assert outer
        assert outer["x"] <= inner["x"]
        assert inner["x"] + inner["width"] <= outer["x"] + outer["width"]
    if width == 360:
        bench.page.locator(".bench-tab").nth(1).click()
    let_draw(bench.page)
    for address in bench.page.locator(".diagram__head > span:visible").all():
        assert address.evaluate("span => span.scrollWidth <= span.clientWidth")
        assert re.search(r":\d+$", address.text_content() or "")


# In px of the screen: words of the diagram are drawn in units of a picture.
SMALLEST = """() => {
  const px = (node) => parseFloat(getComputedStyle(node).fontSize);
  const said = [...document.querySelectorAll('sequence-diagram .say')];
  return {
    code: px([...document.querySelectorAll('.code-text')].find((code) => code.offsetWidth > 0)),
    said: Math.min(...said.map((say) => px(say) * say.getScreenCTM().a)),
    heads: Math.min(...[...document.querySelectorAll('.diagram__head b')].map(px)),
  };
}"""


@pytest.mark.soak
def test_on_a_projector_the_diagram_is_as_large_as_the_code(open_bench: OpenBench) -> None:
    bench = talked(open_bench)
    bench.page.get_by_role("tab", name="server.py", exact=True).first.click()
    bench.page.set_viewport_size({"width": 3840, "height": 2160})
    expect(bench.page.locator(".diagram__head b").first).to_have_css("font-size", "19.5px")
    # The picture is drawn anew a frame or more after its heads.
    assert comes_true(bench.page, f"() => ({SMALLEST})().said > 19.49")
    sizes = bench.page.evaluate(SMALLEST)
    assert sizes["code"] == pytest.approx(19.5)
    assert sizes["heads"] >= sizes["code"] - 0.01


def test_a_call_in_the_diagram_shows_its_line(open_bench: OpenBench) -> None:
    bench = talked(open_bench)
    bench.page.locator("sequence-diagram .item--transfer").first.click()
    sought = bench.page.locator('.code[data-file="server.py"] .code-line.is-sought')
    expect(sought).to_contain_text("recvfrom")
    expect(bench.page.locator("sequence-diagram .event-card")).to_be_visible()


def test_one_can_pause_go_back_and_return_to_the_present(open_bench: OpenBench) -> None:
    bench = talked(open_bench)
    see = bench.page.locator("see-view")
    answer = bench.page.locator("sequence-diagram .say--data").filter(has_text=ANSWERED)
    expect(answer.last).to_be_visible()
    see.get_by_role("button", name="Пауза").click()
    see.get_by_role("button", name="Шаг назад").click()
    slider = see.get_by_label("Момент", exact=True)
    slider.fill("0")
    expect(answer).to_have_count(0)
    expect(slider).to_have_attribute("aria-valuetext", re.compile(r"^событие 1 из \d+$"))
    slider.press("ArrowRight")
    expect(see.locator(".see__count")).to_have_text(re.compile(r"^событие ([2-9]|\d\d) из \d+$"))
    see.get_by_role("button", name="К текущему моменту", exact=True).click()
    expect(answer.last).to_be_visible()


def test_who_waits_for_whom_is_said_in_every_view(open_bench: OpenBench) -> None:
    bench = open_bench("chat/log")
    bench.start()
    first, second = bench.client(), bench.add_client()
    first.send("раз")
    bench.expect_printed("раз")
    second.send("жду")
    state = ".client__state"
    expect(second.card.locator(state)).to_have_text("подключён · ждёт в очереди accept")
    expect(first.card.locator(state)).to_have_text("подключён")
    served, waiting = first.title.inner_text(), second.title.inner_text()
    bench.page.set_viewport_size({"width": 1920, "height": 800})
    choose(bench.page, "text")
    waits = bench.page.locator("sequence-diagram .say--wait")
    expect(waits.filter(has_text=f"readline() ждёт: {served} · ")).to_have_count(1)
    choose(bench.page, "lanes")
    lanes = bench.page.locator("thread-lanes")
    expect(lanes.locator(".lanes__name").last).to_contain_text(f"ждёт: {served}")
    bars = lanes.locator(".lane-say")
    expect(bars.filter(has_text=f"readline() · {served}")).to_have_count(1)
    first.press("Закрыть")
    expect(second.card.locator(state)).to_have_text("подключён")
    expect(lanes.locator(".lanes__name").last).to_contain_text(f"ждёт: {waiting}")


def test_threads_of_several_programs_say_of_which_they_are(open_bench: OpenBench) -> None:
    bench = open_bench("chat/log")
    bench.page.get_by_role("button", name="Новый дубль").click()  # nobody stands beside them
    bench.start()
    choose(bench.page, "lanes")
    names = bench.page.locator("thread-lanes .lanes__name")
    expect(names).to_have_count(1)
    expect(names).not_to_contain_text("server.py")
    bench.run_client(f"--port {bench.port}")
    expect(names).to_have_count(2)
    expect(names.filter(has_text="MainThread").filter(has_text="server.py").first).to_be_visible()
    expect(names.filter(has_text="MainThread").filter(has_text="client.py #1")).to_have_count(2)
    expect(names.first).to_contain_text("ждёт: client.py #1")


@pytest.mark.soak
def test_a_demo_shows_lanes_of_its_threads(open_bench: OpenBench) -> None:
    bench = open_bench("threads/semaphore")
    bench.press_start(args="--speed 20")
    choose(bench.page, "lanes")
    expect(bench.page.locator("thread-lanes")).to_contain_text("Студент 8")
    bench.wait_for_good_end()


@pytest.mark.parametrize("mode", ["text", *in_the_soak("list")])
def test_the_picture_that_somebody_chose_stays_while_threads_run(
    open_bench: OpenBench, mode: str
) -> None:
    bench = open_bench("threads/semaphore")
    lanes = bench.page.locator("thread-lanes")
    choose(bench.page, "lanes")
    expect(lanes).to_be_visible()
    choose(bench.page, mode)
    bench.press_start(args="--speed 20")
    bench.wait_for_good_end()
    expect(bench.page.locator(f"see-view input[value={mode}]")).to_be_checked()
    expect(lanes).to_be_hidden()


def test_a_thread_lab_opens_with_its_lanes(open_bench: OpenBench, page: Page) -> None:
    bench = open_bench("threads/semaphore")
    page.evaluate("sessionStorage.clear()")  # the bench itself has chosen the list, which is kept
    page.goto(f"{bench.url}?lang=ru")
    expect(page.locator("thread-lanes")).to_be_visible()
    expect(page.locator("sequence-diagram")).to_be_hidden()


# Who held a lock of the newest run until another thread released it:
# [thread, object, whether it ended just then].
HANDED_OVER = """() => {
  const { lanes } = document.querySelector('thread-lanes').model;
  const newest = lanes.at(-1).run;
  return lanes.filter(({ run }) => run === newest).flatMap(({ tid, thread, holds }) => holds
    .filter(({ events }) => events.at(-1).event === 'released' && events.at(-1).tid !== tid)
    .map(({ object, end, events }) => [thread, object, end === events.at(-1).t]));
}"""


def test_a_lock_that_another_thread_releases_is_held_no_longer(open_bench: OpenBench) -> None:
    bench = open_bench("threads/lowlevel")
    bench.press_start(args="--speed 10")
    choose(bench.page, "lanes")
    bench.wait_for_good_end()
    expect(bench.page.locator("thread-lanes .item--hold").first).to_be_attached()
    handed_over = bench.page.evaluate(HANDED_OVER)
    assert [thread for thread, *_ in handed_over] == ["MainThread"] * 4
    assert len({number for _, number, _ in handed_over}) == 4  # a lock for each thread
    assert all(just_then for *_, just_then in handed_over)


def test_every_view_shows_the_same_moment(open_bench: OpenBench) -> None:
    bench = talked(open_bench)
    rows = bench.page.locator(".event")
    choose(bench.page, "list")
    expect(rows.filter(has_text=ANSWERED).first).to_be_visible()
    expect(bench.lines).not_to_be_empty()
    bench.page.locator("see-view").get_by_label("Момент", exact=True).fill("0")
    expect(rows.filter(has_text=ANSWERED)).to_have_count(0)
    expect(bench.lines).to_be_empty()
    bench.page.locator("see-view").get_by_role(
        "button", name="К текущему моменту", exact=True
    ).click()
    expect(rows.filter(has_text=ANSWERED).first).to_be_visible()
    expect(bench.lines).not_to_be_empty()
