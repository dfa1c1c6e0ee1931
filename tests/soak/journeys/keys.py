"""A page under the keyboard alone: where the focus is, whether it is seen, how one gets there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page, expect

from tests.soak.journeys.colours import COLOURS

STOPS = 150  # by Tab, after which a way does not lead there
LEAST_CONTRAST = 3.0  # of a focus ring, WCAG 2.2 SC 1.4.11
LEAST_RING_PX = 2.0
# What has the focus, and its ring: of a control that is drawn by its label's words, theirs. `sides`
# are those of the ring that nothing cuts off; `isFree`, whether some point of it can be pressed.
FOCUS = (
    f"() => {{{COLOURS}"
    + """
  const at = document.activeElement;
  const link = at.matches(".station h3 a");  // its ring is that of the whole station
  const shown = link ? at.closest(".station")
    : at.matches(".visually-hidden") ? at.nextElementSibling : at;
  const style = link ? getComputedStyle(at, "::after") : getComputedStyle(shown);
  const offset = Number.parseFloat(style.outlineOffset);
  const width = Number.parseFloat(style.outlineWidth);
  const box = shown.getBoundingClientRect();
  const grow = offset + width;
  const ring = { left: box.left - grow, right: box.right + grow,
                 top: box.top - grow, bottom: box.bottom + grow };
  let ground = offset < 0 ? shown : shown.parentElement;
  while (ground && numbers(getComputedStyle(ground).backgroundColor)[3] < 255) {
    ground = ground.parentElement;
  }
  const clip = { left: 0, right: innerWidth, top: 0, bottom: innerHeight };
  const modal = shown.closest("dialog");
  for (let each = shown.parentElement; each && !shown.matches(".skip"); each = each.parentElement) {
    if (getComputedStyle(each).overflow !== "visible") {
      const { left, right, top, bottom } = each.getBoundingClientRect();
      clip.left = Math.max(clip.left, left);
      clip.right = Math.min(clip.right, right);
      clip.top = Math.max(clip.top, top);
      clip.bottom = Math.min(clip.bottom, bottom);
    }
    if (each === modal) break;
  }
  const across = Math.min(ring.right, clip.right) - Math.max(ring.left, clip.left) > 1;
  const along = Math.min(ring.bottom, clip.bottom) - Math.max(ring.top, clip.top) > 1;
  const sides = [
    along && ring.left >= clip.left - 1, along && ring.right <= clip.right + 1,
    across && ring.top >= clip.top - 1, across && ring.bottom <= clip.bottom + 1,
  ].filter(Boolean).length;
  const inner = { left: Math.max(box.left, clip.left), right: Math.min(box.right, clip.right),
                  top: Math.max(box.top, clip.top), bottom: Math.min(box.bottom, clip.bottom) };
  const isFree = [0.15, 0.5, 0.85].some((x) => [0.15, 0.5, 0.85].some((y) => {
    const hit = document.elementFromPoint(inner.left + (inner.right - inner.left) * x,
                                          inner.top + (inner.bottom - inner.top) * y);
    return hit !== null && (shown.contains(hit) || hit.contains(shown) || hit.control === at);
  }));
  const words = at.getAttribute("aria-label") ?? at.title ?? "";
  return {
    what: `${at.localName}${at.id && `#${at.id}`}.${at.className} ` +
      `"${(words || at.textContent).trim().slice(0, 40)}"`,
    isLost: at === document.body || at === document.documentElement || !at.checkVisibility(),
    isVisible: at.matches(":focus-visible") && style.outlineStyle !== "none",
    widthPx: width,
    contrast: ratio(style.outlineColor, getComputedStyle(ground ??
      document.documentElement).backgroundColor),
    sides,
    isFree,
  };
}"""
)
# What the browser and the page do about a key is done, also what is drawn after it.
SETTLED = """() => new Promise((done) =>
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"""


@dataclass(frozen=True)
class Focus:
    """What has the focus, and how it is seen."""

    what: str
    is_lost: bool
    is_visible: bool
    width_px: float
    contrast: float
    sides: int
    is_free: bool

    def problems(self) -> list[str]:
        """Say what is wrong with it."""
        if self.is_lost:
            return [f"the focus is lost: {self.what}"]
        wrong = {
            "no ring": not self.is_visible or self.width_px < LEAST_RING_PX,
            f"a ring with a contrast of {self.contrast:.1f}": self.contrast < LEAST_CONTRAST,
            f"{self.sides} sides of its ring are in sight": self.sides < 2,
            "it is covered": not self.is_free,
        }
        return [f"{self.what}: {problem}" for problem, is_so in wrong.items() if is_so]


class Keys:
    """Presses keys, and looks after each where the focus is."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.problems: list[str] = []

    def focus(self) -> Focus:
        """Return what has the focus now."""
        found: dict[str, Any] = self.page.evaluate(FOCUS)
        return Focus(
            **{re.sub("[A-Z]", lambda m: f"_{m[0].lower()}", k): v for k, v in found.items()}
        )

    def look(self, after: str = "") -> Focus:
        """Note what is wrong with the focus."""
        self.page.evaluate(SETTLED)
        focus = self.focus()
        self.problems += [f"after {after}: {each}" for each in focus.problems()]
        return focus

    def press(self, *keys: str) -> Focus:
        """Press keys one after the other."""
        for key in keys:
            self.page.keyboard.press(key)
            focus = self.look(key)
        return focus

    def type(self, text: str) -> None:
        """Type a text where the focus is."""
        self.page.keyboard.type(text)
        self.look(f"typing {text}")

    def is_on(self, selector: str) -> bool:
        """Whether an element has the focus that a selector finds."""
        is_on: bool = self.page.evaluate(
            "wanted => document.activeElement.matches(wanted)", selector
        )
        return is_on

    def go_to(self, selector: str, *, back: bool = False) -> None:
        """Go there from stop to stop."""
        seen = []
        for _ in range(STOPS):
            focus = self.press("Shift+Tab" if back else "Tab")
            if self.is_on(selector):
                return
            seen.append(focus.what)
        raise AssertionError(f"no way to {selector} by {'Shift+' * back}Tab: {seen}")

    def stops(self) -> list[Focus]:
        """Go through all stops of the page, from its first one, once."""
        self.page.evaluate("document.activeElement.blur(); getSelection().removeAllRanges()")
        self.page.locator("body").evaluate("body => { body.tabIndex = -1; body.focus(); }")
        self.page.locator("body").evaluate("body => body.removeAttribute('tabindex')")
        stops: list[Focus] = []
        for _ in range(STOPS):
            self.page.keyboard.press("Tab")
            self.page.evaluate(SETTLED)
            if self.page.evaluate("document.activeElement === document.body"):
                break  # the browser's own controls come next
            stops.append(self.focus())
            self.problems += [f"on the way: {each}" for each in stops[-1].problems()]
        return stops

    def expect_focus(self, selector: str, text: str = "") -> None:
        """Wait until that has the focus."""
        focused = self.page.locator(f":is({selector}):focus").filter(has_text=text)
        expect(focused).to_have_count(1)
        self.look(f"waiting for {selector}")
