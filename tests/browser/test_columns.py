"""Room to move: columns that grow and fold, code that wraps, a console elsewhere, all kept."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenBench
from tests.browser.looks import let_draw
from tests.sweeps import in_the_soak


def width(part: Locator) -> float:
    """Return how wide a part of the page is."""
    box = part.bounding_box()
    assert box
    return box["width"]


def test_columns_are_widened_and_folded_and_stay_so(open_bench: OpenBench, page: Page) -> None:
    open_bench("tcp/echo")
    read, do = page.locator("#read"), page.locator("#do")
    first = page.get_by_role("separator", name="Ширина первой колонки")
    before = width(read)
    bar = first.bounding_box()
    assert bar
    page.mouse.move(bar["x"] + 5, bar["y"] + 100)
    page.mouse.down()
    page.mouse.move(bar["x"] + 105, bar["y"] + 100)
    page.mouse.up()
    assert width(read) == pytest.approx(before + 100, abs=6)
    first.press("ArrowRight")
    wider = width(read)
    assert wider > before + 106
    last = page.get_by_role("separator", name="Ширина последней колонки")
    last.press("Enter")
    expect(do).not_to_be_visible()
    expect(last).to_have_attribute("aria-valuenow", "0")
    page.reload()
    expect(do).not_to_be_visible()
    assert width(read) == pytest.approx(wider, abs=2)
    page.get_by_role("button", name="Вернуть колонку", exact=True).click()
    expect(do).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 1280


def test_code_wraps_and_the_console_goes_below(open_bench: OpenBench, page: Page) -> None:
    bench = open_bench("tcp/echo")
    bench.start()
    page.get_by_role("tab", name="server.py", exact=True).first.click()
    page.locator(".panel.is-shown").get_by_title("Переносить длинные строки").click()
    page.get_by_role("button", name="Консоль под всеми колонками").click()
    assert width(bench.console) > 1200
    page.reload()
    assert width(bench.console) > 1200
    code = page.locator(".panel.is-shown .code-scroll")
    assert code.evaluate("box => box.scrollWidth <= box.clientWidth")


@pytest.mark.soak
def test_two_columns_stand_side_by_side_on_a_tablet(open_bench: OpenBench, page: Page) -> None:
    open_bench("tcp/echo")
    page.set_viewport_size({"width": 700, "height": 900})
    for shown, hidden in (("read", "see"), ("see", "read")):
        page.locator(f".bench-tab[aria-controls={shown}]").click()
        expect(page.locator(f"#{shown}")).to_be_visible()
        expect(page.locator(f"#{hidden}")).to_be_hidden()
        expect(page.locator("#do")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 700


def test_a_question_mark_shows_all_keys(open_bench: OpenBench, page: Page) -> None:
    open_bench("tcp/echo")
    field = page.get_by_label("Сообщение")
    expect(field).to_be_visible()  # it takes no focus before
    field.press("?")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.locator("#main").press("?")
    keys = page.get_by_role("dialog", name="Клавиши")
    expect(keys).to_contain_text("шаг назад, шаг вперёд")
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()


def test_the_keys_that_were_shown_are_heard_where_nothing_had_the_focus(
    open_bench: OpenBench, page: Page
) -> None:
    open_bench("tcp/echo")
    for _ in range(2):  # what looks after the focus comes with the first key
        page.keyboard.press("?")
        expect(page.get_by_role("dialog")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_be_hidden()
        let_draw(page)
    page.keyboard.press("g")
    expect(page.locator(".panel.is-shown .note.is-open")).to_be_visible()


def test_the_code_follows_the_line_on_which_a_thread_waits_when_asked(
    open_bench: OpenBench, page: Page
) -> None:
    bench = open_bench("tcp/echo")
    page.set_viewport_size({"width": 1280, "height": 500})
    page.get_by_role("tab", name="server.py", exact=True).first.click()
    panel = page.locator(".panel.is-shown")
    code, lit = panel.locator(".code-scroll"), panel.locator(".code-line.is-lit")
    code.evaluate("(code) => (code.scrollTop = 0)")
    bench.start(port="0")
    expect(lit).to_contain_text("listener.accept()")
    expect(lit).not_to_be_in_viewport()  # nobody has asked
    panel.get_by_title("Следить за строкой, на которой ждёт поток").click()
    expect(lit).to_be_in_viewport()
    code.evaluate("(code) => (code.scrollTop = 1e9)")
    bench.client().ask("раз", "раз")
    expect(lit).to_contain_text("conn.recv(1024)")
    expect(lit).to_be_in_viewport()


# Of lines of a program those that go on where nobody looks.
GOES_ON = """(lines) => lines.filter((line) => {
  const { left, right } = line.closest(".code-scroll").getBoundingClientRect();
  const words = document.createRange();
  words.selectNodeContents(line.querySelector(".code-text"));
  const text = words.getBoundingClientRect();
  return text.left < left || text.right > right;
}).map((line) => line.textContent)"""


@pytest.mark.parametrize("width", [1280, *in_the_soak(360)])
def test_what_a_step_explains_is_read_whole_beside_it(open_bench: OpenBench, width: int) -> None:
    bench = open_bench("tcp/echo")
    bench.look(width, "read")
    bench.page.locator("#main").press("g")
    bar = bench.page.locator(".guide-bar").filter(visible=True)
    code = bench.page.locator(".panel.is-shown .code-scroll")
    steps = int(bar.get_attribute("max") or 0)
    assert steps > 10
    for step in range(1, steps + 1):
        expect(bar).to_have_js_property("value", step)
        lines = bench.page.locator(".code-line.is-noted")
        expect(lines.first).to_be_in_viewport()
        assert lines.evaluate_all(GOES_ON) == []
        code.evaluate("(code) => (code.scrollLeft = 90)")  # somebody has looked at another line
        bench.page.keyboard.press("n")
