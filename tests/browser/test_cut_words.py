"""Words of a lab in use are not cut, and what is pressed has room beside them, however narrow."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.bench import Bench
from tests.browser.conftest import WAIT_MS, OpenBench, clear_board
from tests.browser.looks import let_draw
from tests.server import Playground

pytestmark = pytest.mark.soak

# What of each element stands outside of a box, in px.
OUTSIDE = """(nodes, box) => {
  const room = document.querySelector(box).getBoundingClientRect();
  return nodes.map((node) => {
    const { left, right, top, bottom } = node.getBoundingClientRect();
    return Math.max(room.left - left, right - room.right, room.top - top, bottom - room.bottom, 0);
  });
}"""
ROWS = "(nodes) => new Set(nodes.map((node) => Math.round(node.getBoundingClientRect().top))).size"
RIGHTS = "(nodes) => nodes.map((node) => node.getBoundingClientRect().right)"
LEFTS = "(nodes) => nodes.map((node) => node.getBoundingClientRect().left)"
IS_CUT = "(node) => node.scrollWidth > node.clientWidth"


def expect_within(nodes: Locator, box: str, count: int) -> None:
    """Expect that none of so many elements goes beyond a box."""
    expect(nodes).to_have_count(count)
    assert max(nodes.evaluate_all(OUTSIDE, box)) < 1


@pytest.mark.parametrize("lab", ["chat/login", "udp/hello"])
def test_the_programs_that_differ_are_all_in_sight(open_bench: OpenBench, lab: str) -> None:
    bench = open_bench(lab)
    count = 4 if lab == "chat/login" else 2
    for width in (360, 768, 1280):
        bench.look(width, "read")
        bench.page.get_by_role("tab", name="Отличия", exact=True).click()
        let_draw(bench.page)
        expect_within(bench.page.locator(".diff-program > span"), ".diff-choice", count)
        for figures in bench.page.locator(".diff-count").filter(visible=True).all():
            assert figures.evaluate(
                "(node) => node.getClientRects().length === 1 && node.offsetHeight < 24"
            )


def test_the_kinds_of_the_list_are_in_sight_beside_differences(open_bench: OpenBench) -> None:
    bench = open_bench("udp/hello")
    bench.look(1280, "read")
    bench.page.get_by_role("tab", name="Отличия", exact=True).click()
    let_draw(bench.page)
    expect_within(bench.page.locator(".events__kind span"), ".events__kinds", 4)
    bench.look(360, "see")
    assert bench.page.locator(".events__kind span").evaluate_all(ROWS) == 1


def test_no_tab_goes_to_another_row_when_it_is_chosen(open_bench: OpenBench) -> None:
    bench = open_bench("udp/hello")
    bench.look(1280, "read")
    tabs = bench.page.locator("lab-reader .tab--file")
    rows = set()
    for tab in tabs.all():
        tab.click()
        let_draw(bench.page)
        rows.add(tabs.evaluate_all(ROWS))
    assert rows == {1}


def test_a_first_exchange_is_told_in_few_rows_and_of_what_is_shown(
    open_bench: OpenBench, course: Playground
) -> None:
    clear_board(course, "udp/hello")
    bench = open_bench("udp/hello")
    bench.start(port="0")
    bench.client().ask("раз", "Hello, client")
    hint = bench.page.locator(".first")
    expect(hint).to_contain_text("строка — событие")
    expect(hint.locator("button").filter(visible=True)).to_have_count(1)
    for mode, words in (("lanes", "ожидание потока"), ("text", "стрелка — сообщение")):
        bench.page.locator(f"see-view input[value={mode}]").evaluate("radio => radio.click()")
        expect(hint).to_contain_text(words)
    for width, height in ((360, 64), (1280, 48), (1920, 48)):
        bench.look(width, "see")
        box = hint.bounding_box()
        assert box
        assert box["height"] <= height, (width, box)


def test_a_finger_finds_all_of_the_last_pin(browser: Browser, course: Playground) -> None:
    context = browser.new_context(
        has_touch=True, is_mobile=True, viewport={"width": 360, "height": 740}
    )
    context.set_default_timeout(WAIT_MS)
    try:
        bench = Bench(context.new_page(), course.url, "udp/hello")
        bench.look(360, "see")
        bench.page.get_by_role("button", name="Новый дубль").click()  # nobody stands beside them
        bench.look(360, "do")
        bench.start(port="0")
        bench.client().ask("раз", "Hello, client")
        bench.page.locator("see-view input[value=text]").evaluate("radio => radio.click()")
        bench.look(360, "see")
        expect_within(bench.page.locator(".diagram__pin"), "sequence-diagram .diagram__scroll", 2)
        bench.look(360, "do")
        bench.stop()
    finally:
        context.close()


def test_the_names_of_threads_are_whole_where_there_is_room(open_bench: OpenBench) -> None:
    bench = open_bench("chat/login")
    bench.start(port="0")
    card = bench.client().card
    card.get_by_label("Логин").fill("анна")
    bench.client().press("Войти в чат")
    expect(card.locator(".chat__notice").first).to_contain_text("Вы в чате как анна: 127.0.0.1:")
    bench.page.locator("see-view input[value=lanes]").evaluate("radio => radio.click()")
    names = bench.page.locator(".lanes__name b i:first-child")
    main = names.filter(has_text="MainThread").last
    one = names.filter(has_text="Thread-1").last
    for width, whole in ((1920, (main, one)), (1280, (main,)), (360, (main,))):
        bench.look(width, "see")
        for name in whole:
            expect(name).to_be_visible()
            assert not name.evaluate(IS_CUT), width


def test_names_of_threads_have_the_room_of_the_longest_and_leave_time_its_own(
    open_bench: OpenBench,
) -> None:
    bench = open_bench("chat/threads")
    bench.start(port="0")
    expect(bench.client().card.locator(".chat__notice").first).to_contain_text("Вы в чате")
    bench.page.locator("see-view input[value=lanes]").evaluate("radio => radio.click()")
    name = bench.page.locator(".lanes__name b i:first-child").filter(has_text="Thread-1").last
    names = bench.page.locator(".lanes__names")
    room = bench.page.locator("thread-lanes")
    for width in (1920, 2560, 3840):
        bench.look(width, "see")
        expect(name).to_have_text("Thread-1 (listening_to_client)")
        assert not name.evaluate(IS_CUT), width
    for width in (360, 1280, 1920, 3840):
        bench.look(width, "see")
        beside = "(names, room) => names.offsetWidth / room.offsetWidth"
        assert names.evaluate(beside, room.element_handle()) < 0.41, width


def test_the_legend_of_the_lanes_leaves_a_phone_its_picture(open_bench: OpenBench) -> None:
    bench = open_bench("threads/condition")
    bench.press_start(args="--speed 50")
    bench.wait_for_good_end()
    bench.page.locator("see-view input[value=lanes]").evaluate("radio => radio.click()")
    legend = bench.page.locator(".lanes__legend")
    legend.locator(".lanes__key--lost").evaluate("key => (key.hidden = false)")  # the longest
    bench.look(360, "see")
    box = legend.bounding_box()
    assert box
    assert box["height"] <= 90
    keys = legend.locator(".lanes__key").filter(visible=True)
    assert max(keys.evaluate_all(RIGHTS)) < min(legend.get_by_role("button").evaluate_all(LEFTS))


def test_under_a_finger_a_log_that_is_all_in_sight_does_not_scroll(
    browser: Browser, course: Playground
) -> None:
    context = browser.new_context(
        has_touch=True, is_mobile=True, viewport={"width": 768, "height": 1024}
    )
    context.set_default_timeout(WAIT_MS)
    try:
        bench = Bench(context.new_page(), course.url, "udp/hello")
        bench.start(port="0")
        bench.client().ask("раз", "Hello, client")
        log = bench.cards.first.locator("message-log")
        assert log.evaluate("(log) => log.scrollHeight - log.clientHeight") == 0
        bench.stop()
    finally:
        context.close()


def test_the_axis_of_the_lanes_has_no_number_that_is_cut(open_bench: OpenBench) -> None:
    bench = open_bench("threads/semaphore")
    bench.press_start(args="--speed 20")
    bench.wait_for_good_end()
    bench.page.locator("see-view input[value=lanes]").evaluate("radio => radio.click()")
    for width in (1280, 1281, 1290, 1310, 1340, 1380):  # wherever the last number stands
        bench.look(width, "see")
        numbers = bench.page.locator("thread-lanes .axis-say:not(:empty)")
        assert numbers.count() > 1
        picture = "thread-lanes .lanes__picture"
        assert max(numbers.evaluate_all(OUTSIDE, picture)) < 1, width


def test_the_name_of_a_program_without_an_address_is_whole(open_bench: OpenBench) -> None:
    bench = open_bench("threads/semaphore")
    bench.start()
    bench.page.locator("see-view input[value=text]").evaluate("radio => radio.click()")
    for width in (360, 1280, 3840):
        bench.look(width, "see")
        head = bench.page.locator(".diagram__head").filter(has_text="demo.py").last
        expect(head.locator("em")).not_to_be_empty()
        assert not head.locator("b").evaluate(IS_CUT), width


def test_a_path_is_whole_or_not_there(open_bench: OpenBench) -> None:
    bench = open_bench("threads/semaphore")  # whose folder has the longest name
    for width in (360, 768, 1280, 1920):
        bench.look(width, "read")
        for name in ("first_demo.py", "demo.py"):
            bench.page.locator(f'[id="tab-{name}"]').click()
            let_draw(bench.page)
            path = bench.page.locator(".panel.is-shown .code-tools > .mono")
            assert not path.filter(visible=True).count() or not path.evaluate(IS_CUT), width
            copy = bench.page.locator(".panel.is-shown copy-button .copy")
            expect(copy).to_be_in_viewport(ratio=1)
    expect(path).to_have_text("labs/threads/semaphore/demo.py")


def test_a_path_to_ask_for_is_whole_beside_the_longest_word_of_its_button(
    open_bench: OpenBench,
) -> None:
    bench = open_bench("http/page")
    path = bench.client().card.get_by_label("Путь")
    path.fill("/index.html?x=1")  # the longest of the examples
    for width in (320, 360, 768, 1280):
        bench.look(width, "do")
        assert not path.evaluate(IS_CUT), width


# How high the head is, and whether all of the count stands in it.
COUNT = """() => {
  const [head, count] = [".see__head", ".see__count"].map((each) => document.querySelector(each));
  const [box, all] = [head, count].map((each) => each.getBoundingClientRect());
  const isWhole = count.scrollWidth <= count.clientWidth && all.top >= box.top;
  return [Math.round(box.height), isWhole && all.height <= 34];
}"""


@pytest.mark.parametrize("width", [1280, 1366])
def test_the_event_that_is_shown_is_named_with_its_number(
    open_bench: OpenBench, width: int
) -> None:
    bench = open_bench("udp/hello")
    bench.start()
    for k in range(4):
        bench.client().ask(f"Сообщение {k}", "Hello, client")
    bench.look(width, "see")
    height, is_whole = bench.page.evaluate(COUNT)
    assert is_whole
    count = bench.page.locator(".see__count")
    bench.page.get_by_role("button", name="Шаг назад").click()
    expect(count).to_have_text(re.compile(r"событие \d\d+ из \d\d+"))
    assert bench.page.evaluate(COUNT) == [height, True]


LAST_TOPS = """(words) => {
  const text = words.firstChild;
  return [3, 1].map((back) => {
    const place = document.createRange();
    place.setStart(text, text.length - back);
    place.setEnd(text, text.length - back + 1);
    return place.getBoundingClientRect().top;
  });
}"""


def test_the_arrow_of_the_next_lab_stands_beside_its_last_word(open_bench: OpenBench) -> None:
    bench = open_bench("chat/login")
    words = bench.page.locator(".neighbours a[rel=next] small")
    expect(words).to_have_text(re.compile("работа\\s→$"))
    for width in (320, 360, 400):
        bench.page.set_viewport_size({"width": width, "height": 740})
        last_letter, arrow = words.evaluate(LAST_TOPS)
        assert last_letter == arrow, width
