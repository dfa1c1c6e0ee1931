"""A browser for this folder alone: while Playwright is open, asyncio has no loop of its own."""

from __future__ import annotations

from tests.browser.conftest import browser, playwright_here

__all__ = ["browser", "playwright_here"]
