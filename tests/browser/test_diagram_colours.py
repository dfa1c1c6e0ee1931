"""Colours and signs of the pictures mean one thing each, and are explained."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.diagram_events import Story, recording
from tests.browser.test_diagram_view import show


@pytest.fixture
def blank(page: Page, files_url: str) -> Page:
    page.goto(files_url)
    return page


def test_waiting_for_the_end_of_a_thread_is_explained_where_it_is_drawn(blank: Page) -> None:
    story = Story()
    story.run("d")
    for t, event in ((1.0, "joins"), (3.0, "joined")):
        story.tell("thread", t, run="d", thread="MainThread", tid=1, event=event, other="T1")
    view = show(blank, story.events)
    expect(view.locator(".wait--join")).to_have_count(1)
    expect(view.locator(".diagram__key--join")).to_be_visible()
    expect(view.locator(".diagram__key--call")).to_be_hidden()


# Colours of what a thread does that something else has, too: its name, its line, its numbers.
MEANT = """() => {
  const style = (selector) => getComputedStyle(document.querySelector(selector));
  const others = [style(".permits").stroke, style(".lane-say--value").fill,
    style(".lanes__name b").color];
  const doing = [style(".life").stroke, style(".lane-wait--sync").fill,
    style(".lane-wait--join").stroke, style(".lane-hold").fill];
  return doing.filter((colour) => others.includes(colour));
}"""


@pytest.mark.parametrize("number", [1, 2])
def test_the_colours_of_what_a_thread_does_are_those_of_nothing_else(
    blank: Page, number: int
) -> None:
    """Whichever number the semaphore has, by which it once had a colour."""
    told = recording("semaphore")
    show(
        blank,
        [{**each, "object": number} if "object" in each else each for each in told],
        "thread-lanes",
    )
    assert blank.evaluate(MEANT) == []
