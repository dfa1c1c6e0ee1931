"""Answers to a task's questions in browsers: hosts have them below each question, guests none."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import ROOT
from tests.browser.humans import Come, people_at
from tests.classroom import hosting
from tests.server import Playground

LAB = "tcp/echo"
ANSWER = "эхо заполняет его приёмный буфер"


@pytest.fixture
def human(browser: Browser, page_errors: list[str]) -> Iterator[Come]:
    """Let one more person open a browser."""
    with (
        hosting(labs_dir=ROOT / "labs") as hosted,
        people_at(browser, hosted.url, page_errors) as come,
    ):
        yield come
    assert page_errors == []


def folds(page: Page) -> Locator:
    return page.locator("#panel-task details.answer")


def test_only_hosts_find_the_answers_beside_the_questions(human: Come) -> None:
    teacher, anna = human(), human()
    anna.come_in(teacher.make_room(), "Анна")
    room = teacher.room
    address = f"{teacher.url}/r/{room}/labs/{LAB}?lang=ru"
    teacher.page.goto(address)
    with anna.page.expect_request(re.compile("guest-arguments")):  # after it knows who asks
        anna.page.goto(address)
    expect(folds(teacher.page)).to_have_count(5)
    first = folds(teacher.page).first
    expect(first.get_by_text(ANSWER)).to_be_hidden()
    expect(first.locator("xpath=..")).to_contain_text("100 МБ")
    first.get_by_text("Ответ", exact=True).click()
    expect(first.get_by_text(ANSWER)).to_be_visible()
    teacher.page.emulate_media(media="print")
    expect(first).to_be_hidden()
    # A guest's page does not even ask for them, nor for what shows them.
    assert [each.url for each in anna.asked if "answers" in each.url] == []
    expect(folds(anna.page)).to_have_count(0)
    assert ANSWER not in anna.page.content()


@pytest.mark.soak
def test_whoever_is_alone_has_the_answers_in_the_language_of_the_page(
    page: Page, course: Playground
) -> None:
    page.goto(f"{course.url}/r/local/labs/{LAB}?lang=en")
    expect(folds(page)).to_have_count(5)
    folds(page).last.locator("summary").click()
    expect(folds(page).last).to_contain_text("certainly not shown in full")
