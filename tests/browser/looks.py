"""Ways to look at a page: how wide, by day or by night, in colours that the person has forced."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from playwright.sync_api import Page

from tests.labs.programs import WAIT_S

TWO_FRAMES = "() => new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)))"


def let_draw(page: Page) -> None:
    """Wait until the page has been drawn as it is now, and what measures itself then, once more."""
    page.evaluate(TWO_FRAMES)


def comes_true(page: Page, script: str, asked: object = None, within_s: float = WAIT_S) -> bool:
    """Ask the page after each drawing until the script's answer is true, or the time is over.

    Playwright's `wait_for_function` evaluates text inside the page, which our pages' CSP forbids.
    """
    deadline = time.monotonic() + within_s
    while not page.evaluate(script, asked):
        if time.monotonic() > deadline:
            return False
        let_draw(page)
    return True


# What a workbench loads a second after it has come.
LATE = (
    *("connection-bar.js", "failure-note.js", "failure-words.js", "explain-note.js"),
    *("event-card.js", "diagram-meanings.js", "lab-report.js"),
)
HAVE_COME = """(names) => names.every((name) =>
  performance.getEntriesByType("resource").some((each) => each.name.endsWith(name)))"""


def let_all_come(page: Page) -> None:
    """Wait until a workbench has what it says a loss with: it cannot load that when all is gone."""
    assert comes_true(page, HAVE_COME, LATE)


@dataclass(frozen=True)
class Look:
    """How somebody looks at a page."""

    width: int
    scheme: Literal["light", "dark"]
    forced: bool = False

    def __str__(self) -> str:
        return f"{self.width} {self.scheme}{' forced' * self.forced}"

    def at(self, page: Page) -> Iterator[str]:
        """Look at the page like this: at one part after the other where only one has room."""
        forced: Literal["active", "none"] = "active" if self.forced else "none"
        page.emulate_media(color_scheme=self.scheme, forced_colors=forced)
        page.set_viewport_size({"width": self.width, "height": 800})
        tabs = page.locator("bench-tabs [role=tab]").filter(visible=True).all()
        for tab in tabs:
            tab.evaluate("tab => tab.click()")  # whatever stands before it
            let_draw(page)
            yield f"{self}, {tab.get_attribute('aria-controls')}"
        if not tabs:
            let_draw(page)
            yield str(self)


LOOKS = (
    *(Look(1280, "light"), Look(360, "light"), Look(360, "dark"), Look(1920, "dark")),
    Look(1280, "dark", forced=True),
)
