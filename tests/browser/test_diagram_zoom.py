"""The sequence diagram as a person looks at it: larger, smaller, whole; pinned; a span of time."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.diagram_events import recording
from tests.browser.looks import comes_true
from tests.browser.test_diagram_view import show
from tests.browser.traces import traced


@pytest.fixture
def blank(page: Page, files_url: str) -> Page:
    page.goto(files_url)
    return page


def unit_of(view: Locator) -> float:
    """How many px a unit of the picture has."""
    value = view.locator(".diagram__heads").evaluate(
        "(heads) => getComputedStyle(heads).getPropertyValue('--unit')"
    )
    return float(value.removesuffix("px"))


IS_LARGE = """(unit) => {
  const heads = view.querySelector(".diagram__heads");
  return parseFloat(getComputedStyle(heads).getPropertyValue("--unit")) >= unit;
}"""


def test_the_picture_becomes_larger_and_smaller_by_keys_and_wheel_and_fits(blank: Page) -> None:
    view = show(blank, recording("echo3"))
    box = view.locator(".diagram__scroll")
    usual = unit_of(view)
    box.press("+")
    assert unit_of(view) == pytest.approx(usual * 1.25)
    box.press("0")
    assert unit_of(view) == pytest.approx(usual)
    box.hover()
    blank.keyboard.down("Control")
    blank.mouse.wheel(0, 200)
    blank.keyboard.up("Control")
    blank.wait_for_function(
        """(usual) => {
          const heads = view.querySelector(".diagram__heads");
          return parseFloat(getComputedStyle(heads).getPropertyValue("--unit")) < usual;
        }""",
        arg=usual,
    )
    box.press("0")
    assert box.evaluate("(box) => box.scrollHeight > box.clientHeight + 100")
    view.get_by_role("button", name="Fit").click()
    blank.wait_for_function("""() => {
      const box = view.querySelector('.diagram__scroll');
      return box.scrollHeight <= box.clientHeight + 2;
    }""")


def test_two_fingers_make_the_picture_larger_and_smaller(blank: Page) -> None:
    view = show(blank, recording("echo3"))
    box = view.locator(".diagram__scroll").bounding_box()
    assert box
    usual = unit_of(view)
    session = blank.context.new_cdp_session(blank)
    session.send("Emulation.setTouchEmulationEnabled", {"enabled": True, "maxTouchPoints": 2})

    def touch(kind: str, *xs: int) -> None:
        points = [{"x": box["x"] + x, "y": box["y"] + 80, "id": i} for i, x in enumerate(xs)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def pinch(*apart: int) -> None:
        first, *others = apart
        touch("touchStart", 100, 100 + first)
        for each in others:
            touch("touchMove", 100, 100 + each)
        touch("touchEnd")

    pinch(80, 100, 120)
    assert comes_true(blank, IS_LARGE, 1.4 * usual)
    assert unit_of(view) == pytest.approx(1.5 * usual, rel=0.01)
    pinch(120, 80)
    assert comes_true(blank, f"(at) => !({IS_LARGE})(at)", 1.4 * usual)
    assert unit_of(view) == pytest.approx(usual, rel=0.01)


def test_a_lifeline_is_pinned_by_the_button_at_its_head(blank: Page) -> None:
    view = show(blank, recording("echo3"))
    pin = view.locator(".diagram__pin").first
    expect(pin).to_have_attribute("aria-pressed", "false")
    pin.click()
    expect(pin).to_have_attribute("aria-pressed", "true")


def test_a_span_of_time_is_selected_by_keys_and_let_go(blank: Page) -> None:
    view = show(blank, recording("echo3"))
    box = view.locator(".diagram__scroll")
    box.press("Shift+ArrowUp")
    box.press("Shift+ArrowUp")
    expect(view.locator(".diagram__length")).to_have_text(re.compile(r"^Selected: .*s$"))
    expect(view.locator(".diagram__span")).to_have_attribute("visibility", "visible")
    box.press("Escape")
    expect(view.locator(".diagram__length")).to_be_empty()


def test_after_a_reload_it_is_as_large_as_before_and_who_was_pinned_is_so(blank: Page) -> None:
    view = show(blank, recording("echo3"))
    usual = unit_of(view)
    view.locator(".diagram__scroll").press("+")
    view.locator(".diagram__pin").last.click()
    blank.reload()
    view = show(blank, recording("echo3"))
    expect(view.locator(".diagram__pin").first).to_have_attribute("aria-pressed", "false")
    expect(view.locator(".diagram__pin").last).to_have_attribute("aria-pressed", "true")
    assert unit_of(view) == pytest.approx(usual * 1.25)
    view.locator(".diagram__scroll").press("0")
    blank.reload()
    assert unit_of(show(blank, recording("echo3"))) == pytest.approx(usual)


# Turns the wheel over a box, a little larger; resolves when it has been drawn: between two marks.
TURN = """(box) => new Promise((resolve) => {
  const { left, top, width, height } = box.getBoundingClientRect();
  performance.mark("turning");
  box.dispatchEvent(new WheelEvent("wheel", { deltaY: -2, ctrlKey: true, cancelable: true,
    clientX: left + width / 2, clientY: top + height / 2 }));
  requestAnimationFrame(() => {
    box.scrollHeight;
    performance.mark("turned");
    resolve();
  });
})"""
# Turns the wheel in so many frames; counts how often they give the browser something to keep.
KEEPS = """async (frames) => {
  let [count, isFrame] = [0, false];
  const { setItem } = Storage.prototype;
  Storage.prototype.setItem = function (...given) {
    if (isFrame) count += 1;
    setItem.apply(this, given);
  };
  for (let i = 0; i < frames; i++) {
    requestAnimationFrame(() => (isFrame = true));
    view.querySelector(".diagram__scroll").dispatchEvent(
      new WheelEvent("wheel", { deltaY: -4, ctrlKey: true, cancelable: true }));
    await new Promise(requestAnimationFrame);
    isFrame = false;
  }
  return count;
}"""
KEPT = "() => Object.entries(localStorage).find(([name]) => name.includes('zoom'))?.[1] ?? null"


def test_the_size_of_a_picture_is_kept_once_the_wheel_rests(blank: Page) -> None:
    view = show(blank, recording("echo3"))
    usual = unit_of(view)
    assert blank.evaluate(KEEPS, 10) == 0
    # It may have rested between two frames that took long, too.
    blank.wait_for_function(
        f"(size) => Math.abs(({KEPT})() - size) < 1e-6", arg=unit_of(view) / usual
    )


def test_the_size_of_a_picture_is_kept_when_the_page_goes_while_the_wheel_turns(
    blank: Page,
) -> None:
    view = show(blank, recording("echo3"))
    usual = unit_of(view)
    kept = blank.evaluate(f"""async () => {{
      await ({TURN})(view.querySelector(".diagram__scroll"));
      dispatchEvent(new Event("pagehide"));
      return ({KEPT})();
    }}""")
    assert float(kept) == pytest.approx(unit_of(view) / usual)
    blank.reload()
    assert unit_of(show(blank, recording("echo3"))) == pytest.approx(usual * float(kept))


def test_lanes_are_as_wide_as_before_after_a_reload(blank: Page) -> None:
    def width() -> float:
        lanes = show(blank, recording("lab_threads_semaphore"), "thread-lanes")
        return float(lanes.locator(".lanes__picture").get_attribute("width") or 0)

    usual = width()
    blank.locator(".diagram__scroll").press("+")
    blank.reload()
    assert width() > usual * 1.1


LEFTS = "(words) => words.map((each) => each.getBoundingClientRect().left)"
INVALIDATIONS = "disabled-by-default-devtools.timeline.invalidationTracking"


def test_no_words_are_laid_out_anew_when_the_wheel_makes_the_picture_larger(
    browser: Browser, blank: Page
) -> None:
    view = show(blank, recording("three_in_one"))
    assert view.locator("text.say").count() > 8
    said = view.locator("text.say").all_text_contents()
    places = view.locator("text.say").evaluate_all(LEFTS)
    told = traced(
        browser,
        blank,
        lambda: view.locator(".diagram__scroll").evaluate(TURN),
        marks=("turning", "turned"),
        categories=(INVALIDATIONS,),
    )
    anew = [
        each["args"]["data"]["nodeName"]
        for each in told
        if each["name"] == "LayoutInvalidationTracking"
    ]
    assert view.locator("text.say").all_text_contents() == said  # none is cut otherwise
    assert view.locator("text.say").evaluate_all(LEFTS) != places
    assert any("svg" in name for name in anew)
    assert [name for name in anew if name.startswith("text")] == []


# Turns the wheel and lets events come; returns up to when the picture knows: before, and then.
COMES = """(events) => {
  const before = view.model.now;
  view.querySelector(".diagram__scroll").dispatchEvent(
    new WheelEvent("wheel", { deltaY: -4, ctrlKey: true, cancelable: true }));
  view.take(events);
  return [before, view.model.now];
}"""


def test_what_comes_while_the_wheel_turns_waits_and_is_drawn_soon(blank: Page) -> None:
    events = recording("echo3")
    view = show(blank, events[:-20])
    before, then = blank.evaluate(COMES, events[-20:])
    assert then == before
    blank.wait_for_function("(t) => view.model.now >= t", arg=events[-1]["t"])
    expect(view.locator(".say--mark").last).to_contain_text("ended")


BELOW = """(both) => {
  const [card, bar] = both.map((each) => document.querySelector(each)?.getBoundingClientRect());
  return card && bar && card.top >= bar.bottom && card.top < bar.bottom + 20;
}"""


def test_a_card_stays_beside_what_it_tells_of_when_the_window_changes(blank: Page) -> None:
    lanes = show(blank, recording("lab_threads_condition"), "thread-lanes")
    lanes.locator(".lane-wait").first.click()
    beside = [".event-card.is-pinned", ".item.is-focused .lane-wait"]
    assert comes_true(blank, BELOW, beside)
    for width in (300, 900):  # the legend takes more lines, or fewer
        blank.evaluate("width => { view.parentNode.style.width = `${width}px`; }", width)
        assert comes_true(blank, BELOW, beside, within_s=5), width


@pytest.mark.parametrize("speed", [50, 1000])
def test_lanes_of_a_run_that_is_over_have_the_whole_width_however_short_it_was(
    blank: Page, speed: int
) -> None:
    told = recording("semaphore")
    start = told[0]["t"]
    quick = [{**each, "t": start + (each["t"] - start) / speed} for each in told]
    view = show(blank, quick, "thread-lanes")
    expect(view.locator(".life")).not_to_have_count(0)
    room, names, lane = (
        view.locator(each).first.evaluate("each => each.getBoundingClientRect().width")
        for each in (".lanes__scroll", ".lanes__names", ".life")
    )
    assert lane > 0.8 * (room - names)
