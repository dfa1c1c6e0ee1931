"""Under a path of a proxy everything works as at the root, and no address leads out of it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from starlette.routing import Mount, Route, WebSocketRoute

from backend.app import create_app
from backend.domain.web_address import OWN_FIRST_PARTS
from backend.settings import Settings
from tests.lab_folder import write_lab

BASE = "/teaching/sockets"
ORIGIN = "https://lab.example"
ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "frontend" / "static" / "js"
TEMPLATES = ROOT / "frontend" / "templates"
PAGES = ROOT / "backend" / "web" / "pages"

PAGE_PATHS = (
    "/r/local", "/r/local/labs/udp/hello", "/replay", "/api/docs", "/r/nowhere", "/nothing",
)  # fmt: skip
LINK = re.compile(r'(?:href|src|action)="(/[^"]*)"')
# A text that begins with one of our own paths; `/` alone and regular expressions are none.
PATH_TEXT = re.compile(rf"[\"'`]/(?:{'|'.join(OWN_FIRST_PARTS)})\b")
# What makes one; what turns one into another keeps its base.
MADE = re.compile(r"(?:\b(?:at|socketAt)\(|\.replace\((?:\"[^\"]*\", )?)\s*$")


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """One for all: nobody changes anything."""
    labs_dir = tmp_path_factory.mktemp("base") / "labs"
    write_lab(labs_dir)
    settings = Settings(labs_dir=labs_dir, port=8000, public_url=ORIGIN + BASE, trusted_bind=True)
    return create_app(settings)


@pytest.fixture
async def browser(application: FastAPI) -> AsyncIterator[AsyncClient]:
    """What comes from a proxy that passes the whole path on."""
    transport = ASGITransport(app=application)
    async with AsyncClient(transport=transport, base_url=ORIGIN) as client:
        yield client


@pytest.mark.parametrize("path", PAGE_PATHS)
async def test_no_link_of_a_page_leads_out_of_the_base(browser: AsyncClient, path: str) -> None:
    page = await browser.get(BASE + path)
    links = LINK.findall(page.text)
    assert len(links) > 5
    assert [link for link in links if not link.startswith(f"{BASE}/")] == []
    assert f'data-base="{BASE}"' in page.text


@pytest.mark.parametrize("path", [*PAGE_PATHS, "/api/labs", "/healthz", "/static/icon.svg"])
async def test_a_proxy_may_take_the_base_off_or_leave_it(browser: AsyncClient, path: str) -> None:
    passed, stripped = await browser.get(BASE + path), await browser.get(path)
    assert passed.status_code == stripped.status_code != 307
    assert LINK.findall(passed.text) == LINK.findall(stripped.text)


async def test_files_that_a_page_names_are_there(browser: AsyncClient) -> None:
    page = await browser.get(f"{BASE}/r/local/labs/udp/hello")
    files = [link for link in LINK.findall(page.text) if "/static/" in link]
    assert files
    for file in files:
        assert (await browser.get(file)).status_code == 200, file


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        (BASE, "/r/local"),
        (f"{BASE}/?lang=ru", "/r/local?lang=ru"),
        ("/", "/r/local"),
        (f"{BASE}/r/local/?lang=en", "/r/local?lang=en"),
        ("/r/local/", "/r/local"),
    ],
)
async def test_redirects_stay_below_the_base(
    browser: AsyncClient, path: str, leads_to: str
) -> None:
    answer = await browser.get(path)
    assert (answer.status_code, answer.headers["location"]) == (307, BASE + leads_to)


async def test_a_path_that_only_looks_like_the_base_is_not_taken_for_it(
    browser: AsyncClient,
) -> None:
    assert (await browser.get(f"{BASE}x/r/local")).status_code == 404


async def test_the_language_is_kept_for_the_base_alone(browser: AsyncClient) -> None:
    answer = await browser.get(f"{BASE}/r/local?lang=ru")
    assert f"Path={BASE};" in answer.headers["set-cookie"]


async def test_the_description_of_the_api_names_the_base(browser: AsyncClient) -> None:
    description = (await browser.get(f"{BASE}/api/openapi.json")).json()
    assert description["servers"] == [{"url": BASE}]


@pytest.mark.parametrize(
    ("header", "value", "status"),
    [
        ("origin", ORIGIN, 200),
        ("origin", "http://lab.example", 403),
        ("origin", "https://lab.example:8443", 403),
        ("origin", "https://lab.example.evil.example", 403),
        ("origin", "http://127.0.0.1:8000", 403),
        ("origin", "null", 403),
        ("host", "LAB.example", 200),
        ("host", "127.0.0.1:8000", 200),
        ("host", "localhost", 200),
        ("host", "lab.example:8000", 400),
        ("host", "evil.example", 400),
    ],
)
async def test_only_the_public_origin_is_ours(
    browser: AsyncClient, header: str, value: str, status: int
) -> None:
    answer = await browser.get(f"{BASE}/healthz", headers={header: value})
    assert answer.status_code == status


def test_every_first_part_of_our_paths_is_known(application: FastAPI) -> None:
    paths = {
        route.path
        for route in application.routes
        if isinstance(route, Route | WebSocketRoute | Mount)
    }
    assert {path.split("/")[1] for path in paths} - {""} <= OWN_FIRST_PARTS


def scripts() -> list[Path]:
    return sorted(path for path in SCRIPTS.rglob("*.js") if path != SCRIPTS / "net" / "base.js")


@pytest.mark.parametrize("path", scripts(), ids=lambda path: path.name)
def test_a_script_makes_each_address_of_ours_with_the_base(path: Path) -> None:
    source = re.sub(r"^\s*(?://|\*|/\*).*$", "", path.read_text(encoding="utf-8"), flags=re.M)
    bare = [
        source[found.start() : found.start() + 40]
        for found in PATH_TEXT.finditer(source)
        if not MADE.search(source[: found.start()])
    ]
    assert bare == []


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.html")), ids=lambda path: path.name)
def test_a_template_makes_each_address_of_ours_with_the_base(path: Path) -> None:
    assert re.findall(r'(?:href|src|action)="/[^"]*"', path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", sorted(PAGES.glob("*.py")), ids=lambda path: path.name)
def test_a_page_of_the_server_makes_each_address_of_ours_with_the_base(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    bare = [
        line.strip()
        for line in source.splitlines()
        if PATH_TEXT.search(line) and not re.search(r"\bat\(f?\"|router|\"\"\"", line)
    ]
    assert bare == []
