"""Recordings that a room keeps, in the page: kept, named, opened by link, renamed, brought back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import ROOT
from tests.browser.humans import Come, Human, people_at
from tests.classroom import hosting


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("memory")
    with hosting(labs_dir=ROOT / "labs", data=folder) as playground:
        yield playground.url


@pytest.fixture
def human(browser: Browser, url: str, page_errors: list[str]) -> Iterator[Come]:
    with people_at(browser, url, page_errors) as come:
        yield come
    assert page_errors == []


def keep(human: Human, name: str) -> None:
    """Keep what happened so far."""
    human.page.get_by_placeholder("Название").fill(name)
    human.page.get_by_role("button", name="Сохранить всё, что было").click()


def test_a_recording_is_kept_shared_renamed_deleted_and_brought_back(human: Come) -> None:
    teacher, anna = human(), human()
    code = teacher.make_room()
    room = teacher.room
    bench = teacher.work(room)
    bench.start()
    teacher.page.get_by_role("link", name="Записи этой комнаты").click()
    names = teacher.page.locator(".shelf__name")
    keep(teacher, "Пара 3 <b>")
    expect(names).to_have_text(["Пара 3 <b>"])
    expect(teacher.page.get_by_label("Что сохранить").locator("option")).to_have_text(
        [f"{bench.lab}: текущий дубль", "Вся комната"]
    )
    expect(teacher.page.locator(".shelf__facts")).to_contain_text("Преподаватель · ")
    item = teacher.page.locator(".shelf__item")
    item.get_by_text("Переименовать").first.click()
    item.get_by_label("Имя").fill("Чат на потоках")
    item.get_by_label("Имя").press("Enter")
    expect(names).to_have_text(["Чат на потоках"])
    item.get_by_role("button", name=re.compile("^Удалить")).click()
    expect(names).to_have_count(0)
    teacher.page.get_by_role("button", name="Вернуть").click()
    expect(names).to_have_text(["Чат на потоках"])
    with teacher.page.expect_download() as downloading:
        item.get_by_role("link", name="Сохранить в файл").click()
    header = Path(downloading.value.path()).read_text(encoding="utf-8").partition("\n")[0]
    assert json.loads(header)["room"] == room

    # Who opens the link and is not in the room comes in first, and may only look.
    teacher.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    item.get_by_role("button", name="Скопировать ссылку").click()
    expect(item.get_by_text("скопировано")).to_be_visible()
    link = teacher.page.evaluate("navigator.clipboard.readText()")
    anna.page.goto(f"{link}&lang=ru")
    anna.page.wait_for_url(re.compile(f"/join/{room}"))
    anna.page.get_by_label("Ваше имя").fill("Анна")
    anna.page.get_by_role("button", name="Войти").click()
    expect(anna.page.locator(".replay-name")).to_have_text("Чат на потоках")
    expect(anna.page.locator(".replay-lab-link")).to_have_attribute(
        "href", f"/r/{room}/labs/chat/threads"
    )
    anna.page.locator(".replay-info").get_by_role("link", name="Записи этой комнаты").click()
    expect(anna.page.locator(".shelf__name")).to_have_text(["Чат на потоках"])
    expect(anna.page.get_by_text("Здесь записи можно смотреть")).to_be_visible()
    for button in ("Сохранить всё, что было", "Переименовать", "Удалить"):
        expect(anna.page.get_by_role("button", name=button)).to_have_count(0)
    assert code not in link


def test_a_replay_of_no_room_leads_to_none(human: Come) -> None:
    somebody = human()
    somebody.page.goto(f"{somebody.url}/replay?example=1&lang=ru")
    expect(somebody.page.locator("playback-bar")).to_be_visible()
    expect(somebody.page.locator(".replay-lab-link")).not_to_be_empty()
    links = somebody.page.locator("a[href*='/r/']").evaluate_all("all => all.map(a => a.href)")
    assert links == []
    expect(somebody.page.locator("recording-shelf")).to_have_count(0)
