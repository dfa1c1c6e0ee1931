"""What the pages say of themselves, and of the API, in the language of whoever reads them."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from httpx import ASGITransport, AsyncClient

from backend.app import create_app
from backend.settings import Settings
from tests.lab_folder import write_lab

ADDRESSES = (
    *("/r/local", "/r/local/labs/udp/hello", "/r/local/labs/no/lab", "/r/local/doctor"),
    *("/replay", "/api/docs"),
)
ENGLISH = re.compile(r"(?:[A-Za-z][a-z']+ ){3,}")
ESCAPED = re.compile(r"\\u[0-9a-f]{4}")
CYRILLIC = re.compile("[А-Яа-яё]{3}")


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[AsyncClient]:
    write_lab(tmp_path)
    transport = ASGITransport(app=create_app(Settings(labs_dir=tmp_path, port=8000)))
    async with AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        yield client


def description(page: str) -> str:
    found = re.search(r'<meta name="description" content="([^"]*)">', page)
    return html.unescape(found[1]) if found else ""


@pytest.mark.parametrize("address", ADDRESSES)
async def test_a_page_says_what_it_is_in_its_language(browser: AsyncClient, address: str) -> None:
    english = description((await browser.get(f"{address}?lang=en")).text)
    russian = description((await browser.get(f"{address}?lang=ru")).text)
    assert len(english) > 10
    assert not CYRILLIC.search(english)
    assert CYRILLIC.search(russian)
    assert not ENGLISH.search(russian)


def words_of(page: str) -> str:
    """Return what a page says: its text, without code."""
    main = re.search(r"<main.*?</main>", page, re.DOTALL)
    assert main
    said = re.sub(r"<(code|pre|script)\b.*?</\1>", " ", main[0], flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]+>", " ", said))


async def test_the_api_is_described_in_russian(browser: AsyncClient) -> None:
    words = words_of((await browser.get("/api/docs?lang=ru")).text)
    assert len(CYRILLIC.findall(words)) > 300
    assert ENGLISH.findall(words) == []


@pytest.mark.parametrize("language", ["en", "ru"])
async def test_no_letter_of_the_api_is_escaped(browser: AsyncClient, language: str) -> None:
    page = (await browser.get(f"/api/docs?lang={language}")).text
    assert "…" in page  # of a message, in its example
    assert ESCAPED.findall(page) == []
