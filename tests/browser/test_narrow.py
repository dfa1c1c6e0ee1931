"""Beside narrow columns: what has little room is shortened where it may be, and never cut."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import OpenBench
from tests.browser.looks import comes_true, let_draw

pytestmark = pytest.mark.soak

LINES = """(node) => {
  const range = document.createRange();
  range.selectNodeContents(node);
  return new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size;
}"""


# Whether nothing stands over an element.
IS_FREE = """(node) => {
  const { left, right, top, bottom } = node.getBoundingClientRect();
  return [left + 2, (left + right) / 2, right - 2].every((x) =>
    node.contains(document.elementFromPoint(x, (top + bottom) / 2)));
}"""


def in_one_line(words: Locator) -> bool:
    lines: int = words.evaluate(LINES)
    return lines == 1


def test_the_buttons_of_a_program_and_the_slider_have_room(open_bench: OpenBench) -> None:
    bench = open_bench("threads/condition")  # whose folder has the longest name
    bench.page.get_by_role("tab", name="demo.py", exact=True).first.click()
    tools = bench.page.locator("#panel-demo\\.py .code-tools")
    for width in (360, 768, 1280):
        bench.look(width, "read")
        expect(tools.locator("copy-button .copy")).to_be_in_viewport(ratio=1)
        assert tools.evaluate("(tools) => tools.scrollWidth <= tools.clientWidth")
    for _ in range(2):  # after the second there is a way back, too
        bench.page.get_by_role("button", name="Новый дубль").click()
    expect(bench.page.locator("take-bar").get_by_role("button")).to_have_count(2)
    expect(bench.page.locator(".take__number")).to_be_visible()
    for width in (768, 1280):
        bench.look(width, "see")
        slider = bench.page.locator(".see__slider").bounding_box()
        assert slider
        assert slider["width"] >= 100


def test_addresses_stand_in_one_line_and_lines_flash_once(open_bench: OpenBench) -> None:
    bench = open_bench("chat/threads")
    bench.start()
    first, second = bench.client(), bench.add_client()
    for client in (first, second):
        expect(client.card.locator(".chat__notice").first).to_contain_text("Вы в чате")
    second.send("Сообщение подлиннее, чтобы видеть, что обрезано")
    who = first.card.locator(".chat__line--other .chat__who")
    for width in (360, 768, 1280):
        bench.look(width, "do")
        expect(who).to_be_visible()
        assert in_one_line(who)
        assert in_one_line(bench.panel.locator(".run__address"))
    # Or they would once more when their column comes into sight.
    expect(bench.page.locator(".code-line[data-pulse]")).to_have_count(0)


# All words of calls as they stand below each other: on a machine that pauses, calls have rows of
# their own.
HAS_CALLS = """(calls) => [...document.querySelectorAll("sequence-diagram .say--call")]
  .sort((a, b) => a.getAttribute("y") - b.getAttribute("y"))
  .map((words) => words.textContent).join(" · ").startsWith(calls)"""


def test_the_first_calls_of_a_server_are_read_in_full(open_bench: OpenBench) -> None:
    bench = open_bench("tcp/echo")
    bench.page.get_by_role("button", name="Новый дубль").click()  # nobody stands beside them
    expect(bench.page.locator("see-view .see__count")).to_have_text("1 событие")
    bench.start(port="0")  # a port that others have would be tried first, by a socket of its own
    bench.client().ask("раз", "раз")
    bench.page.locator("see-view input[value=text]").evaluate("radio => radio.click()")
    bench.look(1280, "see")
    assert comes_true(bench.page, HAS_CALLS, "socket() · bind() · listen()")


def test_a_sign_says_on_which_side_lifelines_are_out_of_sight(open_bench: OpenBench) -> None:
    bench = open_bench("chat/threads")
    bench.page.get_by_role("button", name="Новый дубль").click()  # nobody stands beside them
    expect(bench.page.locator("see-view .see__count")).to_have_text("1 событие")
    bench.start()
    for client in (bench.client(), bench.add_client(), bench.add_client()):
        expect(client.card.locator(".chat__notice").first).to_contain_text("Вы в чате")
    bench.page.locator("see-view input[value=text]").evaluate("radio => radio.click()")
    diagram = bench.page.locator("sequence-diagram")
    bench.look(360, "see")
    expect(diagram).to_have_attribute("data-after", "")
    expect(diagram).not_to_have_attribute("data-before", "")
    diagram.locator(".diagram__scroll").evaluate("(box) => (box.scrollLeft = 1e9)")
    expect(diagram).not_to_have_attribute("data-after", "")
    expect(diagram).to_have_attribute("data-before", "")
    bench.look(1920, "see")
    expect(diagram).not_to_have_attribute("data-after", "")
    expect(diagram).not_to_have_attribute("data-before", "")


# Where the middles of elements are, in px from the top.
MIDDLES = """(nodes) => nodes.map((node) => {
  const { top, bottom } = node.getBoundingClientRect();
  return Math.round((top + bottom) / 2);
})"""


def test_rows_are_the_pictures_and_the_state_stands_beside_the_first(open_bench: OpenBench) -> None:
    bench = open_bench("chat/log")
    bench.start(port="0")
    for client in (bench.client(), bench.add_client()):
        client.send("Ждёт ли он?")
    bench.page.locator("see-view input[value=text]").evaluate("radio => radio.click()")
    keys = bench.page.locator(".diagram__key:not([hidden])")
    expect(keys).to_have_count(4)
    for width, rows in ((360, 3), (1280, 2)):
        bench.look(width, "see")
        assert len({*keys.evaluate_all(MIDDLES)}) == rows, width
        time = bench.page.locator(".see__track, take-bar button").filter(visible=True)
        expect(time).to_have_count(2)
        slider, button = time.evaluate_all(MIDDLES)
        assert abs(slider - button) < 8
        assert bench.page.locator(".see__track").evaluate("(node) => node.clientWidth") >= 100
    for width in (360, 768, 1280, 1920):
        bench.look(width, "read")
        state = bench.page.locator("lab-reader run-state .dot, lab-reader [role=tab]")
        middles = state.evaluate_all(MIDDLES)
        assert abs(middles[0] - middles[-1]) <= 2, width


COVERED = """(dot) => {
  const mine = dot.getBoundingClientRect();
  return [...dot.closest("lab-reader").querySelectorAll("[role=tab]")].filter((tab) => {
    const words = document.createRange();
    words.selectNodeContents(tab);
    const { right, top, bottom } = words.getBoundingClientRect();
    return right > mine.left && top < mine.bottom && bottom > mine.top;
  }).map((tab) => tab.textContent);
}"""


@pytest.mark.parametrize("lab", ["tcp/echo", "threads/condition", "chat/window"])
def test_the_light_of_the_state_stands_on_no_tab(open_bench: OpenBench, lab: str) -> None:
    bench = open_bench(lab)
    bench.look(360, "read")
    for tab in bench.page.locator("lab-reader [role=tab]").all():
        tab.click()  # its letters are bold then
        assert bench.page.locator("lab-reader run-state .dot").evaluate(COVERED) == []
    dot, column = (
        bench.page.locator(part).bounding_box() for part in ("lab-reader run-state .dot", "#read")
    )
    assert dot
    assert column
    assert column["x"] + column["width"] - dot["x"] - dot["width"] >= 10  # nor on the edge


def test_the_number_of_a_thread_is_never_cut(open_bench: OpenBench) -> None:
    bench = open_bench("threads/condition")
    bench.press_start(args="--speed 50")
    bench.wait_for_good_end()
    bench.page.locator("see-view input[value=lanes]").evaluate("radio => radio.click()")
    bench.look(360, "see")
    name = bench.page.locator(".lanes__name b", has_text="Получатель 2")
    expect(name).to_have_count(1)  # those of a take before are gone
    words, number = name.locator("i").all()
    is_cut = "(node) => node.scrollWidth > node.clientWidth"
    assert words.evaluate(is_cut)
    assert not number.evaluate(is_cut)
    expect(number).to_be_in_viewport(ratio=1)


def test_in_forced_colours_a_walkthrough_shows_its_dot_and_how_far_one_is(
    open_bench: OpenBench,
) -> None:
    page = open_bench("udp/hello").page
    page.emulate_media(forced_colors="active", color_scheme="dark")
    paper, ink = "rgb(0, 0, 0)", "rgb(255, 255, 255)"
    page.get_by_role("tab", name="server.py").first.click()
    button = page.locator(".dock-open").filter(visible=True)
    assert button.evaluate("(node) => getComputedStyle(node).backgroundColor") == paper
    dot = button.locator(".dock-sign")
    assert dot.evaluate("(node) => getComputedStyle(node).backgroundColor") == ink
    page.keyboard.press("g")
    bar = page.locator(".guide-bar").filter(visible=True)
    assert bar.evaluate("(node) => getComputedStyle(node).borderTopWidth") == "1px"
    assert bar.evaluate("(node) => getComputedStyle(node).borderTopColor") == ink


def test_no_tab_of_the_reader_is_cut_and_each_is_in_sight(open_bench: OpenBench) -> None:
    bench = open_bench("tcp/echo")  # with two first versions: six tabs
    tabs = bench.page.locator("lab-reader [role=tab]")
    expect(tabs).to_have_count(6)
    bench.start(port="0")  # what it is doing stands beside them, in words where there is room
    for width in (360, 768, 1280, 1920):
        bench.look(width, "read")
        tabs.last.click()  # beside differences the column would be wider
        let_draw(bench.page)
        for tab in tabs.all():
            expect(tab).to_be_in_viewport(ratio=1)
            assert in_one_line(tab)
            assert tab.evaluate(IS_FREE)
        bench.look(width, "read")
        bench.page.locator("lab-reader").get_by_role("tab", name="Отличия", exact=True).click()
        choice = bench.page.locator(".diff-choice")
        assert choice.evaluate("(choice) => choice.scrollWidth <= choice.clientWidth")


def test_a_bar_that_comes_late_is_not_seen_before(page: Page, course_url: str) -> None:
    def hold(_route: Route) -> None:
        """Never answer."""

    page.route("**/connection-bar.js*", hold)
    page.goto(f"{course_url}/r/local/labs/tcp/echo?lang=ru", wait_until="domcontentloaded")
    expect(page.locator("connection-bar")).to_be_attached()
    expect(page.locator("connection-bar")).to_be_hidden()
    assert page.evaluate("customElements.get('connection-bar') === undefined")
    page.unroute_all(behavior="ignoreErrors")


# How many lines the longest call of the list has.
CALL_LINES = """(cells) => Math.max(...cells.map((cell) =>
  Math.round(cell.clientHeight / parseFloat(getComputedStyle(cell).lineHeight))))"""


def test_a_call_with_its_addresses_stands_in_one_line_of_the_list(open_bench: OpenBench) -> None:
    bench = open_bench("tcp/echo")
    bench.start(port="0")
    bench.client().ask("раз", "раз")
    bench.look(1280, "see")
    calls = bench.events.locator(".event__what", has_text=re.compile(r"^(recv|sendall)\(.* …$"))
    expect(calls.first).to_be_visible()
    assert calls.evaluate_all(CALL_LINES) == 1
    kinds = bench.events.locator(".events__kinds")
    assert kinds.evaluate("(box) => box.scrollWidth <= box.clientWidth")


# Of a box, how wide it is for its height.
SIDES = """(node) => {
  const { width, height } = node.getBoundingClientRect();
  return width / height;
}"""


def test_the_sign_of_the_walk_is_round_beside_a_long_title(open_bench: OpenBench) -> None:
    bench = open_bench("chat/log")
    bench.start(port="0")
    bench.page.get_by_role("tab", name="server.py", exact=True).first.click()
    dock = bench.page.locator(".panel.is-shown .dock-open")
    expect(dock).to_contain_text("Строка")
    bench.look(360, "read")
    assert dock.locator(".dock-sign").evaluate(SIDES) == 1


BEFORE = """(key) => {
  const { width, height } = getComputedStyle(key, "::before");
  return [width, height];
}"""


def test_the_sign_of_what_woke_nobody_is_a_circle_everywhere(open_bench: OpenBench) -> None:
    bench = open_bench("threads/condition")
    bench.press_start(args="--speed 50")
    bench.wait_for_good_end()
    bench.page.locator("see-view input[value=lanes]").evaluate("radio => radio.click()")
    key = bench.page.locator(".lanes__key--lost")
    for width in (360, 1280):
        bench.look(width, "see")
        expect(key).to_be_visible()
        across, down = key.evaluate(BEFORE)
        assert across == down


SIZE = "(node, part) => getComputedStyle(node, part).fontSize"


def test_what_a_field_asks_for_is_as_large_as_the_words_beside_it(open_bench: OpenBench) -> None:
    bench = open_bench("tcp/echo")
    bench.start(port="0")
    launch = bench.console.locator(".console__launch")
    for width in (360, 768, 1280):
        bench.look(width, "do")
        expect(launch).to_be_visible()
        words = launch.locator("button").evaluate(SIZE)
        field = launch.locator("input")
        assert field.evaluate(SIZE, "::placeholder") == words
        assert field.evaluate(SIZE) == (words if width == 1280 else "16px")  # a phone zooms below
