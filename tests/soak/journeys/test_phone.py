"""A lab on a phone, with a finger: from the catalogue to its end, in two sizes of screen.

Nothing scrolls sideways, what is pressed is large enough (WCAG 2.2 SC 2.5.8) and not covered, and
the field that is typed into stays in sight above the keyboard on the screen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from tests.browser.conftest import WAIT_MS, report_to
from tests.server import Playground

pytestmark = pytest.mark.soak

KEYBOARD_PX = 300  # on the screen, with its row of suggestions
LEAST_PX = 24
FINGER_PX = 40
# What a finger may press, in sight: too small, if nothing stands around it that could be pressed
# instead (a circle of 24 px on its middle) it is well; a link in a sentence is, too.
SMALL = """([least, finger]) => {
  const pressed = "a[href], button, input, select, textarea, summary, [role=button], [role=tab]";
  const boxOf = (each) => {
    const label = each.matches("input.visually-hidden") ? each.closest("label") : null;
    return (label ?? each).getBoundingClientRect();
  };
  const targets = [...document.querySelectorAll(pressed)]
    .filter((each) => each.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
    .filter((each) => !each.disabled && !each.closest("[inert], .skip"))
    .map((each) => ({ each, box: boxOf(each) }))
    .filter(({ each, box }) => {  // not scrolled out of its box
      const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
      return hit !== null && (each.contains(hit) || hit.contains(each) || hit.control === each ||
        hit.closest("label")?.control === each);
    });
  const isMain = (each) =>
    each.matches(".button--primary, .run__button, .bench-tab, .message__text");
  const isInSentence = (each) => each.matches("a") && getComputedStyle(each).display === "inline";
  const near = ({ each, box }) => targets.some((other) => {
    if (other.each === each || other.each.contains(each) || each.contains(other.each)) return false;
    const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
    const dx = Math.max(other.box.left - x, 0, x - other.box.right);
    const dy = Math.max(other.box.top - y, 0, y - other.box.bottom);
    return Math.hypot(dx, dy) < least / 2;
  });
  return targets
    .filter(({ each, box }) => {
      const most = isMain(each) ? finger : least;
      if (box.width >= most - 0.5 && box.height >= most - 0.5) return false;
      return isMain(each) || (!isInSentence(each) && near({ each, box }));
    })
    .map(({ each, box }) => `${each.localName}.${each.className} ` +
      `"${(each.ariaLabel ?? each.textContent).trim().slice(0, 30)}" ` +
      `${Math.round(box.width)} × ${Math.round(box.height)}`);
}"""
WIDE = """() => [...document.querySelectorAll("body *")]
  .filter((each) => each.checkVisibility() && each.getBoundingClientRect().right > innerWidth + 1)
  .filter((each) => {
    for (let box = each.parentElement; box; box = box.parentElement) {
      if (getComputedStyle(box).overflowX !== "visible") return box === document.documentElement;
    }
    return true;
  })
  .map((each) => `${each.localName}.${each.className}`)"""


@dataclass
class Phone:
    """A page on a phone, which is looked at after each step."""

    page: Page
    size: ViewportSize
    problems: list[str] = field(default_factory=list)

    def tap(self, target: Locator) -> None:
        """Tap what is in sight, or scrolled into it, and covered by nothing."""
        target.tap()

    def look(self, what: str) -> None:
        """Note what is too small, or too wide."""
        expect(self.page.locator("html")).to_be_visible()
        small = self.page.evaluate(SMALL, [LEAST_PX, FINGER_PX])
        self.problems += [f"{what}: too small: {each}" for each in small]
        width = self.page.evaluate("document.scrollingElement.scrollWidth")
        if width > self.size["width"]:
            self.problems += [f"{what}: {width} px wide: {self.page.evaluate(WIDE)[:5]}"]

    def column(self, name: str) -> None:
        """Bring one of the three columns in front."""
        tab = self.page.locator(f".bench-tab[aria-controls={name}]")
        self.tap(tab)
        expect(tab).to_have_attribute("aria-selected", "true")
        expect(self.page.locator(f"#{name}")).to_be_visible()


@pytest.fixture(params=[(360, 740), (390, 844)], ids=str)
def phone(
    request: pytest.FixtureRequest, browser: Browser, page_errors: list[str]
) -> Iterator[Phone]:
    width, height = request.param
    size = ViewportSize(width=width, height=height)
    context = browser.new_context(
        locale="en-GB", viewport=size, has_touch=True, is_mobile=True, device_scale_factor=2
    )
    try:
        context.set_default_timeout(WAIT_MS)
        page = context.new_page()
        report_to(page_errors, page)
        phone = Phone(page, size)
        yield phone
    finally:
        context.close()
    assert page_errors == []
    assert phone.problems == []


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_lab_from_the_catalogue_to_its_end(
    phone: Phone, course: Playground, language: str
) -> None:
    page = phone.page
    page.goto(f"{course.url}/r/local?lang={language}")
    phone.look("the catalogue")
    phone.tap(page.locator(".station[data-lab='tcp/echo'] h3 a"))
    page.wait_for_url(re.compile("/labs/tcp/echo"))
    state = page.locator("run-state")
    expect(state).to_have_attribute("data-state", "none")
    phone.look("the task")
    phone.column("do")
    phone.look("before the start")
    run = page.locator("run-panel .run__button")
    phone.tap(run)
    expect(state).to_have_attribute("data-state", "listening")
    phone.look("a client")
    say_with_the_keyboard_on_the_screen(phone)
    phone.column("see")
    look_at_pictures(phone)
    go_into_the_past_and_back(phone)
    phone.column("read")
    read_the_code(phone)
    phone.column("do")
    phone.tap(run)
    expect(state).to_have_attribute("data-state", "exited")
    phone.look("the end")


def say_with_the_keyboard_on_the_screen(phone: Phone) -> None:
    page = phone.page
    card = page.locator("client-card")
    field, send = card.locator("textarea"), card.locator(".message__form .button")
    phone.tap(field)
    page.set_viewport_size({**phone.size, "height": phone.size["height"] - KEYBOARD_PX})
    expect(field).to_be_in_viewport(ratio=1)
    expect(send).to_be_in_viewport(ratio=1)
    expect(field).to_be_focused()
    page.keyboard.type("with a finger")
    phone.tap(send)
    answer = page.locator(".log__entry--received .log__text", has_text="with a finger")
    expect(answer).to_be_in_viewport()
    expect(card).to_have_attribute("data-state", "open")
    expect(field).to_be_in_viewport(ratio=1)
    page.set_viewport_size(phone.size)
    expect(field).to_be_in_viewport(ratio=1)
    phone.look("an answer")


def look_at_pictures(phone: Phone) -> None:
    page = phone.page
    arrow = page.locator("sequence-diagram .say--data", has_text="with a finger")
    expect(arrow.first).to_be_in_viewport()
    phone.look("the diagram")
    phone.tap(arrow.first)
    expect(page.locator(".event-card.is-pinned")).to_be_visible()
    phone.look("the card of an event")
    phone.tap(page.locator(".event-card__close"))
    for mode in ("lanes", "list", "text"):
        phone.tap(page.locator(f"see-view label:has(input[value={mode}])"))
        expect(page.locator(f"see-view input[value={mode}]")).to_be_checked()
        phone.look(mode)


def go_into_the_past_and_back(phone: Phone) -> None:
    page = phone.page
    slider = page.locator("see-view .see__slider")
    box = slider.bounding_box()
    assert box
    page.touchscreen.tap(box["x"] + box["width"] / 3, box["y"] + box["height"] / 2)
    expect(slider).not_to_have_js_property("value", "1000")
    phone.look("the past")
    phone.tap(page.locator("see-view .see__pause"))
    expect(slider).to_have_js_property("value", "1000")


def read_the_code(phone: Phone) -> None:
    page = phone.page
    phone.tap(page.locator("#tab-server\\.py"))
    expect(page.locator(".panel.is-shown .code-line.is-lit").first).to_be_visible()
    phone.look("the code")
    phone.tap(page.locator(".panel.is-shown .dock-open"))
    expect(page.locator(".panel.is-shown .note.is-open")).to_be_visible()
    phone.look("a note")


def test_a_recording(phone: Phone, course: Playground) -> None:
    page = phone.page
    page.goto(f"{course.url}/replay?lang=en&example=1")
    expect(page.locator("playback-bar")).to_be_visible()
    phone.look("a recording")
    phone.tap(page.locator(".playback__forward"))
    expect(page.locator(".playback__count")).to_have_text(re.compile("event 1 of"))
    phone.tap(page.locator(".playback__play"))
    slider = page.locator(".playback__slider")
    box = slider.bounding_box()
    assert box
    page.touchscreen.tap(box["x"] + box["width"] * 0.7, box["y"] + box["height"] / 2)
    expect(page.locator(".playback__count")).not_to_have_text(re.compile("event [01] of"))
    for column in ("read", "do", "see"):
        phone.column(column)
        phone.look(f"a recording, {column}")
