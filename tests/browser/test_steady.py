"""The See column stays as it is, its pictures share one head, and the console covers no client."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenBench, clear_board
from tests.browser.looks import let_draw
from tests.server import Playground
from tests.sweeps import in_the_soak

# Where the box begins in which pictures stand, whichever is shown, in px from the top of the page.
TOP = """() => Math.round([...document.querySelectorAll(
  ".see__board, sequence-diagram, thread-lanes, event-list")]
  .find((each) => each.getClientRects().length > 0).getBoundingClientRect().top)"""


@pytest.mark.parametrize("width", [1280, *in_the_soak(360, 768, 1024, 1920)])
def test_no_row_comes_over_the_picture_with_more_events(
    open_bench: OpenBench, page: Page, course: Playground, width: int
) -> None:
    clear_board(course, "udp/hello")
    page.add_init_script("localStorage.setItem('socketlab.first-steps', 'seen')")
    bench = open_bench("udp/hello")
    bench.look(width, "see")
    expect(page.get_by_role("button", name="Новый дубль")).to_be_visible()
    tops = {page.evaluate(TOP)}
    bench.look(width, "do")
    bench.start(port="0")
    for number in range(1, 13):
        bench.client().send(f"раз {number}")
        expect(bench.client().received).to_have_count(number)
        bench.look(width, "see")
        tops.add(page.evaluate(TOP))
        bench.look(width, "do")
    assert len(tops) == 1


def test_the_list_has_the_pause_and_the_count_of_all_pictures_and_no_others(
    open_bench: OpenBench, page: Page
) -> None:
    bench = open_bench("udp/hello")
    bench.start(port="0")
    for mode in ("list", "text"):
        page.locator(f"see-view input[value={mode}]").evaluate("radio => radio.click()")
        expect(page.locator("#see").get_by_role("button", name="Пауза")).to_have_count(1)
        counts = page.locator("#see").get_by_text("событи").filter(visible=True)
        expect(counts).to_have_count(1)


def test_the_console_stands_below_the_clients_and_over_none(
    open_bench: OpenBench, page: Page
) -> None:
    page.set_viewport_size({"width": 1366, "height": 768})
    bench = open_bench("tcp/echo")
    bench.start(port="0")
    for _ in range(2):
        bench.add_client()
    let_draw(page)
    desk, console = bench.desk.bounding_box(), bench.console.bounding_box()
    assert desk
    assert console
    assert desk["y"] + desk["height"] <= console["y"] + 1
    assert desk["height"] >= 200
    for card in bench.cards.all():
        button = card.get_by_role("button", name="Отправить")
        button.scroll_into_view_if_needed()
        expect(button).to_be_in_viewport(ratio=1)
        box = button.bounding_box()
        assert box
        assert box["y"] + box["height"] <= console["y"]
