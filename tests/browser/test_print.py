"""A lab on paper."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.server import Playground


@pytest.mark.parametrize("tab", ["task", "server.py"])
def test_a_lab_prints_its_task_with_room_for_answers(
    page: Page, course: Playground, tab: str
) -> None:
    page.goto(f"{course.url}/r/local/labs/udp/hello?lang=en#{tab}")
    expect(page.locator("run-panel")).to_be_visible()
    page.emulate_media(media="print")
    for part in ("run-panel", "see-view", ".column-head", "#panel-server\\.py", ".neighbours"):
        expect(page.locator(part)).to_be_hidden()
    task = page.locator("#panel-task")
    expect(task.get_by_role("heading", name="Questions")).to_be_visible()
    room = task.evaluate(
        "task => parseFloat(getComputedStyle([...task.querySelectorAll('h2')]"
        ".find(h2 => h2.textContent === 'Questions').nextElementSibling.firstElementChild)"
        ".marginBlockEnd)"
    )
    assert room >= 64
    # Nothing is cut at the height of the window.
    assert page.evaluate("document.documentElement.scrollHeight > innerHeight")
