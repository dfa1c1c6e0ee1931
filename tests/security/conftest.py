"""A Chromium for one module of tests: while it is there, no test of that module may be a coroutine.

(Playwright's synchronous interface holds the event loop of its thread.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.conftest import FLAGS, ONE_PROCESS, chromium
from tests.classroom import hosting
from tests.security.hostile import Host
from tests.security.stage import WIDE, OnStage, Stage, write_labs
from tests.security.watched import watching
from tests.server import Playground


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Run one Chromium."""
    with sync_playwright() as playwright:
        flags = [*FLAGS, ONE_PROCESS]
        browser = playwright.chromium.launch(executable_path=chromium(), args=flags)
        try:
            yield browser
        finally:
            browser.close()


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playground]:
    """Serve labs of all kinds, with room for hundreds of everything."""
    folder = tmp_path_factory.mktemp("hostile")
    write_labs(folder / "labs")
    with hosting(labs_dir=folder / "labs", data=folder / "memory", **WIDE) as playground:
        yield playground


@pytest.fixture
def on_stage(browser: Browser, wide: Playground, tmp_path: Path) -> OnStage:
    """Try strings in a room of its own, before a browser that must keep quiet."""

    def try_them(fill: Callable[[Stage], None], strings: tuple[str, ...]) -> None:
        host = Host(wide)
        try:
            with watching(browser, wide.url) as page:
                fill(Stage(host, page, strings, tmp_path))
                page.is_quiet()
        finally:
            host.close()

    return try_them
