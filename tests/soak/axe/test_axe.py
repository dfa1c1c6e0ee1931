"""Nothing that axe-core knows of is wrong with any page, state, language, theme or width."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.axe import violations
from tests.browser.conftest import ROOT, WAIT_MS, stop_all
from tests.browser.looks import LOOKS
from tests.browser.states import STATES
from tests.browser.visits import Visit
from tests.classroom import hosting
from tests.server import Playground, serving

pytestmark = pytest.mark.soak


@pytest.fixture(scope="module")
def course() -> Iterator[Playground]:
    with serving(labs_dir=ROOT / "labs", runs_per_room=100) as playground:
        yield playground


@pytest.fixture(scope="module")
def hosted() -> Iterator[Playground]:
    with hosting(labs_dir=ROOT / "labs") as playground:
        yield playground


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("name", STATES)
def test_axe_finds_nothing(
    browser: Browser, course: Playground, hosted: Playground, name: str, language: str
) -> None:
    context = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 800})
    context.set_default_timeout(WAIT_MS)
    try:
        page = context.new_page()
        STATES[name](Visit(page, course.url, hosted.url, language))
        found = list[str]()
        for look in LOOKS:
            for part in look.at(page):
                found += [f"{part}: {violation}" for violation in violations(page)]
    finally:
        context.close()
        stop_all(course)
    assert found == []
