"""A lab on paper."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.server import Playground
from tests.sweeps import in_the_soak


@pytest.mark.parametrize("tab", ["task", *in_the_soak("server.py")])
def test_a_lab_prints_its_task_with_room_for_answers(
    page: Page, course: Playground, tab: str
) -> None:
    page.goto(f"{course.url}/r/local/labs/udp/hello?lang=en#{tab}")
    expect(page.locator("run-panel")).to_be_visible()
    page.emulate_media(media="print")
    hidden = ("run-panel", "see-view", ".column-head", "#panel-server\\.py", ".neighbours")
    for part in (*hidden, ".languages", ".theme-button"):
        expect(page.locator(part)).to_be_hidden()
    task = page.locator("#panel-task")
    expect(task.get_by_text("First and last name")).to_be_visible()
    expect(task.get_by_role("heading", name="Questions")).to_be_visible()
    room = task.evaluate(
        "task => parseFloat(getComputedStyle([...task.querySelectorAll('h2')]"
        ".find(h2 => h2.textContent === 'Questions').nextElementSibling.firstElementChild)"
        ".paddingBlockEnd)"
    )
    assert room >= 64
    # Nothing is cut at the height of the window.
    assert page.evaluate("document.documentElement.scrollHeight > innerHeight")


@pytest.mark.soak
def test_paper_has_the_commands_of_the_task_and_dark_letters(
    page: Page, course: Playground
) -> None:
    page.goto(f"{course.url}/r/local/labs/udp/hello?lang=en")
    command = page.locator("#panel-task pre code").first
    expect(command.locator(".where")).to_be_visible()  # cd into the folder of this machine
    page.get_by_role("button", name="Switch between light and dark", exact=True).click()
    expect(page.locator("html")).to_have_css("color-scheme", "dark")
    page.emulate_media(media="print")
    expect(command.locator(".where")).to_be_hidden()
    said = command.evaluate("code => getComputedStyle(code, '::before').content")
    assert said == '"python -m labs.udp.hello.server"'
    expect(page.locator("html")).to_have_css("color-scheme", "light")


@pytest.mark.soak
def test_a_field_at_the_end_of_a_task_scrolls_the_task_and_not_its_column(
    page: Page, course: Playground
) -> None:
    page.goto(f"{course.url}/r/local/labs/udp/hello?lang=en")
    notes = page.get_by_label("Notes")
    notes.evaluate("field => field.scrollIntoView({ block: 'start' })")
    expect(notes).to_be_in_viewport()
    assert page.locator(".column--read").evaluate("column => column.scrollTop") == 0
