"""What the See column has: letters as large as the code's, and room for its words."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOT, OpenBench
from tests.browser.looks import let_draw
from tests.browser.states import backlog
from tests.browser.visits import Visit
from tests.server import serving

pytestmark = pytest.mark.soak

# How large the letters of elements in sight are on the screen, in px: shapes are drawn at a scale.
LETTERS = """(nodes) => nodes.filter((node) => node.getClientRects().length > 0).map((node) => {
  const size = parseFloat(getComputedStyle(node).fontSize);
  return Math.round(100 * size * (node.getScreenCTM?.().a ?? 1)) / 100;
})"""
WORDS = {
    "calls": ".say, .diagram__head b, .diagram__head span, .diagram__key",
    "lanes": ".lane-say, .axis-say, .lanes__name b, .lanes__name span, .lanes__key",
}


def test_on_a_projector_letters_of_pictures_are_as_large_as_those_of_the_code(
    open_bench: OpenBench,
) -> None:
    bench = open_bench("chat/threads")
    bench.start(port="0")
    expect(bench.client().card.locator(".chat__notice").first).to_contain_text("Вы в чате")
    bench.page.get_by_role("tab", name="server.py", exact=True).first.click()
    code = bench.page.locator(".panel.is-shown .code-text")
    for mode, words in WORDS.items():
        bench.page.locator(f"see-view input[value={mode}]").evaluate("radio => radio.click()")
        bench.look(3840, "see")
        expect(bench.page.locator("see-view").locator(words).nth(8)).to_be_attached()
        (of_code,) = {*code.evaluate_all(LETTERS)}
        letters = bench.page.locator("see-view").locator(words).evaluate_all(LETTERS)
        assert min(letters) >= of_code, mode


def test_a_picture_has_the_room_of_a_phone_beside_differences(open_bench: OpenBench) -> None:
    bench = open_bench("tcp/echo")
    bench.look(1280, "read")
    bench.page.get_by_role("tab", name="Отличия", exact=True).click()
    expect(bench.page.locator(".diff-side").first).to_be_visible()
    modes = bench.page.locator(".see__modes")
    for width, least in ((1010, 318), (1280, 318), (1366, 318), (1920, 390)):
        bench.look(width, "see")
        box = bench.page.locator("see-view").bounding_box()
        assert box
        assert box["width"] >= least, width
        assert modes.evaluate("(modes) => modes.scrollWidth <= modes.clientWidth"), width
    bench.look(1280, "see")
    sides = bench.page.locator(".diff-side").filter(visible=True)
    old, new = (side.bounding_box() for side in sides.all())
    assert old
    assert new
    assert old["y"] == new["y"]  # the two programs still stand side by side


@pytest.mark.parametrize("language", ["en", "ru"])
def test_what_waits_in_the_backlog_says_so_in_whole_words(page: Page, language: str) -> None:
    with serving(labs_dir=ROOT / "labs") as playground:  # where nobody has a column who has ended
        visit = Visit(page, playground.url, "", language)
        backlog(visit)
        visit.show("text")
        for width in (360, 768, 1280):
            page.set_viewport_size({"width": width, "height": 740})
            see = page.locator("bench-tabs [role=tab][aria-controls=see]")
            if see.is_visible():
                see.click()
            let_draw(page)
            notes = page.locator("sequence-diagram .say--note")
            expect(notes.last).to_be_visible()
            assert not [words for words in notes.all_text_contents() if "…" in words], width
        page.goto("about:blank")


def test_in_a_low_window_as_at_200_percent_a_picture_has_room(open_bench: OpenBench) -> None:
    bench = open_bench("udp/hello")
    bench.start(port="0")
    bench.client().send("раз")
    boxes = {"text": ".diagram__scroll", "list": ".events__box", "lanes": ".diagram__scroll"}
    for mode, box in boxes.items():
        bench.page.locator(f"see-view input[value={mode}]").evaluate("radio => radio.click()")
        bench.look(640, "see")
        bench.page.set_viewport_size({"width": 640, "height": 400})
        picture = bench.page.locator("see-view").locator(box).filter(visible=True)
        picture.evaluate("(picture) => picture.scrollIntoView({ block: 'end' })")
        let_draw(bench.page)
        inside = picture.bounding_box()
        assert inside
        assert inside["height"] >= 120, mode
        expect(picture).to_be_in_viewport(ratio=0.9)
