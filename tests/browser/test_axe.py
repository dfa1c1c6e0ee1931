"""Nothing that axe-core knows of is wrong with three states; the soak looks at all of them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import stop_all
from tests.browser.diagram_events import recording
from tests.browser.looks import LOOKS, Look
from tests.browser.states import STATES
from tests.browser.test_diagram_view import show
from tests.browser.visits import Visit
from tests.server import Playground

SOME = (
    ("talking", "en", LOOKS[4]),
    pytest.param("catalogue", "ru", LOOKS[1], marks=pytest.mark.soak),
    pytest.param("threads", "en", LOOKS[3], marks=pytest.mark.soak),
)


@pytest.mark.parametrize(("name", "language", "look"), SOME)
def test_axe_finds_nothing(
    page: Page, course: Playground, name: str, language: str, look: Look
) -> None:
    try:
        STATES[name](Visit(page, course.url, "", language))
        found = [f"{part}: {each}" for part in look.at(page) for each in violations(page)]
    finally:
        stop_all(course)
    assert found == []


def test_axe_finds_what_is_wrong(page: Page, course: Playground) -> None:
    page.goto(f"{course.url}/r/local?lang=en")
    page.locator("main").evaluate("main => main.append(document.createElement('button'))")
    assert any(each.startswith("button-name") for each in violations(page))


@pytest.mark.parametrize("name", ["sequence-diagram", "thread-lanes"])
def test_a_picture_is_a_list_only_while_something_is_in_it(
    page: Page, files_url: str, name: str
) -> None:
    page.goto(files_url)
    view = show(page, recording("semaphore"), name)
    expect(view.locator("svg:has(g.item)")).to_have_attribute("role", "listbox")
    view.evaluate("(view) => view.clear()")
    expect(view.locator("g.item")).to_have_count(0)
    expect(view.locator("[role=listbox]")).to_have_count(0)
