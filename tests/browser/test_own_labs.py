"""Labs of one's own in browsers: whoever hosts a class sees what is broken, guests do not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import ROOT
from tests.browser.humans import Come, people_at
from tests.classroom import hosting
from tests.lab_folder import LAB, write_lab


@pytest.fixture
def own(tmp_path: Path) -> Path:
    write_lab(tmp_path, "dns/lookup", lab=LAB.replace('"Привет"', '"Поиск имени"'))
    write_lab(tmp_path, "dns/wrong", lab=LAB.replace("12345", "<b>0</b>"))
    return tmp_path


@pytest.fixture
def human(browser: Browser, own: Path, page_errors: list[str]) -> Iterator[Come]:
    """Let one more person open a browser."""
    with (
        hosting(labs_dir=ROOT / "labs", labs=json.dumps([str(own)])) as hosted,
        people_at(browser, hosted.url, page_errors) as come,
    ):
        yield come
    assert page_errors == []


def test_whoever_hosts_sees_what_is_broken_until_it_is_mended(human: Come, own: Path) -> None:
    teacher, anna = human(), human()
    anna.come_in(teacher.make_room(), "Анна")
    for page in (teacher.page, anna.page):
        expect(page.get_by_role("link", name="Поиск имени")).to_be_visible()
    broken = teacher.page.locator(".broken")
    expect(broken).to_contain_text("dns/wrong/lab.toml:5: no TOML")
    expect(anna.page.locator(".running-none")).to_be_visible()  # it has followed the room
    expect(anna.page.locator(".broken")).to_be_hidden()
    (own / "dns/wrong/lab.toml").write_text(LAB.replace('"Привет"', '"Исправлена"'))
    teacher.page.reload()
    expect(teacher.page.get_by_role("link", name="Исправлена")).to_be_visible()
    expect(broken).to_be_hidden()
