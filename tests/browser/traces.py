"""What Chromium tells of one act of a page, from a mark that the act sets to another one."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser, Page

TRIES = 5


def traced(
    browser: Browser,
    page: Page,
    act: Callable[[], object],
    marks: tuple[str, str],
    categories: tuple[str, ...] = (),
) -> list[dict[str, Any]]:
    """Do it; return what was told of these categories and the timeline between the two marks.

    On a machine with much to do the page's process can come too late for a trace, or miss its end:
    nothing of it is in there then, its marks neither. Then it is done, and told, once more.
    """
    for _ in range(TRIES):
        named = ["blink.user_timing", "devtools.timeline", *categories]
        browser.start_tracing(page=page, categories=named)
        act()
        told: list[dict[str, Any]] = json.loads(browser.stop_tracing())["traceEvents"]
        times = {each["name"]: each["ts"] for each in told if each["name"] in marks}
        if len(times) == len(marks):
            start, end = (times[mark] for mark in marks)
            return [each for each in told if start <= each["ts"] <= end]
    raise AssertionError(f"{TRIES} traces without the marks {marks}")
