from collections.abc import AsyncIterator
from http import HTTPStatus
from json import loads
from re import DOTALL, findall, search
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Response

from backend.app import create_app
from backend.settings import Settings
from backend.web.pages.listing import listing
from backend.web.pages.site import FRONTEND, markdown, with_code
from tests.lab_folder import CLIENT, LAB, SERVER, write_lab

ROOM = "/r/local"
HELLO = f"{ROOM}/labs/udp/hello"
DEMO = '"""Threads."""\n\nimport threading\n'
DEMO_LAB = LAB.replace('transport = "udp"\nport = 12345', 'transport = "none"').replace(
    'kind = "message"', 'kind = "none"'
)
DEMO_WALKTHROUGH = """
[[step]]
program = "demo"
snippet = "import threading"
title = { ru = "Потоки", en = "Threads" }
text = { ru = "Потоки.", en = "Threads." }
"""


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """A playground with three small labs; one for all, for nobody changes anything."""
    labs_dir = tmp_path_factory.mktemp("pages") / "labs"
    write_lab(labs_dir)
    window = LAB.replace("[client]", 'server = "udp/hello"\nevolves = "udp/hello"\n\n[client]')
    write_lab(labs_dir, "udp/window", lab=window, client=CLIENT)
    write_lab(labs_dir, "threads/event", lab=DEMO_LAB, walkthrough=DEMO_WALKTHROUGH, demo=DEMO)
    return create_app(Settings(labs_dir=labs_dir, port=8000))


@pytest.fixture
async def browser(application: FastAPI) -> AsyncIterator[AsyncClient]:
    """One who has not been there yet."""
    transport = ASGITransport(app=application)
    async with AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        yield client


def data(page: Response, element_id: str) -> Any:
    found = search(rf'<script type="application/json" id="{element_id}">(.*?)</script>', page.text)
    assert found
    return loads(found[1])


class TestEveryPage:
    @pytest.mark.parametrize("address", [ROOM, HELLO, "/r/nowhere", "/nothing"])
    async def test_has_no_inline_script_or_style_and_loads_nothing_from_elsewhere(
        self, browser: AsyncClient, address: str
    ) -> None:
        page = (await browser.get(address)).text
        assert "style=" not in page
        assert "<style" not in page
        assert findall(r"\son\w+=", page) == []
        for attributes in findall(r"<script([^>]*)>", page):
            assert "src=" in attributes or 'type="application/json"' in attributes
        assert findall(r'(?:src=|<link[^>]*href=)"(?:https?:)?//', page) == []

    @pytest.mark.parametrize("address", [ROOM, HELLO, "/r/nowhere"])
    async def test_all_files_that_it_names_exist_and_may_be_kept(
        self, browser: AsyncClient, address: str
    ) -> None:
        files = findall(r'(?:src|href)="(/static/[^"]+)"', (await browser.get(address)).text)
        assert files
        for file in files:
            answer = await browser.get(file)
            assert answer.status_code == HTTPStatus.OK, file
            assert "immutable" in answer.headers["cache-control"]

    async def test_speaks_the_language_of_the_browser_and_says_so(
        self, browser: AsyncClient
    ) -> None:
        russian = await browser.get(ROOM, headers={"accept-language": "ru"})
        assert '<html lang="ru"' in russian.text
        assert "Сейчас запущено" in russian.text
        assert russian.headers["content-language"] == "ru"
        assert "Running now" in (await browser.get(ROOM)).text

    @pytest.mark.parametrize("encoding", ["gzip", "br"])
    async def test_comes_compressed_where_the_browser_takes_it(
        self, browser: AsyncClient, encoding: str
    ) -> None:
        plain = await browser.get(ROOM, headers={"accept-encoding": "identity"})
        packed = await browser.get(ROOM, headers={"accept-encoding": encoding})
        assert packed.headers["content-encoding"] == encoding
        assert int(packed.headers["content-length"]) < len(plain.content) / 3
        assert "accept-encoding" in packed.headers["vary"]
        assert "content-encoding" not in plain.headers

    async def test_keeps_a_chosen_language(self, browser: AsyncClient) -> None:
        await browser.get(f"{ROOM}?lang=ru")
        assert '<html lang="ru"' in (await browser.get(HELLO)).text

    async def test_the_switch_of_language_stays_on_the_page(self, browser: AsyncClient) -> None:
        page = (await browser.get(f"{HELLO}?lang=ru")).text
        assert f'href="{HELLO}?lang=en"' in page

    async def test_has_a_script_in_its_language(self, browser: AsyncClient) -> None:
        for language, word in (("en", "learn({"), ("ru", '"List":"Список"')):
            page = (await browser.get(f"{HELLO}?lang={language}")).text
            [address] = findall(r'<script type="module" src="([^"]+)"', page)
            script = (await browser.get(address)).text
            assert (word in script) == (language == "ru")

    async def test_can_be_had_with_plain_modules(self, browser: AsyncClient) -> None:
        page = await browser.get(f"{HELLO}?lang=ru&modules=plain")
        scripts = findall(r'<script type="module" src="([^"]+)"', page.text)
        assert findall(r'<link rel="modulepreload" href="([^"]+)"', page.text) == scripts
        assert scripts[-1].endswith("/js/pages/theme.js")
        assert data(page, "messages")["List"] == "Список"
        answers = [await browser.get(script) for script in scripts]
        assert {answer.status_code for answer in answers} == {HTTPStatus.OK}

    @pytest.mark.parametrize(
        ("cookie", "root"),
        [("dark", '<html lang="en" data-theme="dark">'), ('"><b>', '<html lang="en">')],
    )
    async def test_takes_the_theme_of_the_cookie_if_it_is_one(
        self, browser: AsyncClient, cookie: str, root: str
    ) -> None:
        page = await browser.get(ROOM, headers={"cookie": f"theme={cookie}"})
        assert root in page.text


class TestHome:
    async def test_leads_to_the_local_room_with_its_language(self, browser: AsyncClient) -> None:
        answer = await browser.get("/?lang=ru")
        assert answer.status_code == HTTPStatus.TEMPORARY_REDIRECT
        assert answer.headers["location"] == f"{ROOM}?lang=ru"


class TestCatalogue:
    async def test_lists_each_lab_once_in_order_with_its_number(self, browser: AsyncClient) -> None:
        page = (await browser.get(ROOM)).text
        assert findall(r'data-lab="([^"]+)"', page) == ["udp/hello", "udp/window", "threads/event"]
        assert findall(r'station-number" aria-hidden="true">(\d+)<', page) == ["1", "2", "3"]

    async def test_says_title_summary_transport_port_and_origin(self, browser: AsyncClient) -> None:
        page = (await browser.get(f"{ROOM}?lang=ru")).text
        for words in ("Привет", "Одна датаграмма.", "UDP 12345", "без сети", "← 1"):
            assert words in page

    async def test_tells_the_scripts_where_they_are(self, browser: AsyncClient) -> None:
        page = data(await browser.get(ROOM), "page")
        assert (page["room"], page["lang"]) == ("local", "en")
        assert page["clock_offset_s"] > 0
        room = (await browser.get("/api/rooms/local")).json()
        assert page["epoch"] == room["epoch"] != ""


class TestWorkbench:
    async def test_tells_the_scripts_the_lab_as_the_api_does(self, browser: AsyncClient) -> None:
        page = data(await browser.get(HELLO), "page")
        listed = (await browser.get("/api/labs")).json()["labs"]
        assert page["lab"] == next(lab for lab in listed if lab["id"] == "udp/hello")

    async def test_has_the_elements_of_the_three_columns(self, browser: AsyncClient) -> None:
        page = (await browser.get(HELLO)).text
        for name in ("lab-reader", "run-state", "see-view", "run-panel", "client-desk"):
            assert page.count(f"</{name}>") == 1

    async def test_has_a_tab_for_the_task_and_for_each_file(self, browser: AsyncClient) -> None:
        page = (await browser.get(HELLO)).text
        controls = findall(r'role="tab" id="tab-([^"]+)" aria-controls="panel-([^"]+)"', page)
        assert controls == [(name, name) for name in ("task", "server.py", "client.py")]
        demo = (await browser.get(f"{ROOM}/labs/threads/event")).text
        assert findall(r'id="tab-([^"]+)"', demo) == ["task", "demo.py"]

    async def test_each_line_of_a_program_is_an_element_with_its_number(
        self, browser: AsyncClient
    ) -> None:
        page = (await browser.get(HELLO)).text
        lines = findall(r'id="server\.py-L(\d+)" data-line="(\d+)"', page)
        wanted = [str(number) for number in range(1, SERVER.count("\n") + 1)]
        assert lines == [(number, number) for number in wanted]

    async def test_a_line_with_a_note_leads_to_it_and_the_note_names_its_lines(
        self, browser: AsyncClient
    ) -> None:
        page = (await browser.get(f"{HELLO}?lang=ru")).text
        line = search(r'id="server\.py-L6".*?</li>', page, DOTALL)
        assert line
        assert 'href="#server-note-1"' in line[0]
        assert 'id="server-note-1" data-first="6" data-last="7"' in page
        assert "<code>recvfrom()</code> ждёт &lt;датаграмму&gt;." in page
        assert "1 из 1" in page

    async def test_a_borrowed_server_says_whose_it_is(self, browser: AsyncClient) -> None:
        page = (await browser.get(f"{ROOM}/labs/udp/window")).text
        assert f'The server of the lab <a href="{HELLO}">Hello</a>' in page

    async def test_the_task_is_markdown_without_anything_that_acts(
        self, browser: AsyncClient
    ) -> None:
        page = (await browser.get(HELLO)).text
        assert "<h2>Try</h2>" in page
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page
        assert 'href="javascript' not in page
        assert "<img" not in page


class TestWhatIsNotThere:
    @pytest.mark.parametrize(
        ("address", "words"),
        [
            ("/r/nowhere", "Такой комнаты нет"),
            ("/r/nowhere/labs/udp/hello", "Такой комнаты нет"),
            (f"{ROOM}/labs/udp/nothing", "Такой работы нет"),
            ("/nothing", "Такой страницы нет"),
            ("/static/js/nothing.js", "Такой страницы нет"),
            ("/<b>%E2%80%AE", "/%3Cb%3E%E2%80%AE → 404"),
        ],
    )
    async def test_is_a_page_that_says_so_and_leads_on(
        self, browser: AsyncClient, address: str, words: str
    ) -> None:
        page = await browser.get(address, headers={"accept-language": "ru"})
        assert page.status_code == HTTPStatus.NOT_FOUND
        assert words in page.text
        assert 'href="/">В каталог</a>' in page.text


class TestFiles:
    async def test_an_old_version_is_served_as_the_present_file_but_not_kept(
        self, browser: AsyncClient
    ) -> None:
        old = await browser.get("/static/v-000000000000/js/words/i18n.js")
        assert old.text == (FRONTEND / "static/js/words/i18n.js").read_text(encoding="utf-8")
        assert old.headers["cache-control"] == "no-cache"

    @pytest.mark.parametrize("path", ["../templates/base.html", "v-1/../../templates/base.html"])
    async def test_nothing_outside_the_folder_is_served(
        self, browser: AsyncClient, path: str
    ) -> None:
        answer = await browser.get("/static/" + path.replace("..", "%2e%2e"))
        assert answer.status_code == HTTPStatus.NOT_FOUND


def test_a_token_over_several_lines_is_whole_in_each() -> None:
    lines = listing("server.py", '"""One\n\n<two>"""\nx = 1\n')
    assert [str(line) for line in lines] == [
        '<span class="tok-sd">&#34;&#34;&#34;One</span>',
        "",
        '<span class="tok-sd">&lt;two&gt;&#34;&#34;&#34;</span>',
        'x = <span class="tok-mi">1</span>',
    ]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a `b <c>`\n d", "a <code>b &lt;c&gt;</code> d"),
        ("`a``b`", "<code>a</code><code>b</code>"),
        ("a ` b", "a ` b"),
        ("`a` b ` c", "<code>a</code> b ` c"),
    ],
)
def test_backticks_mark_code_in_a_note(text: str, html: str) -> None:
    assert with_code(text) == html


def test_a_link_in_a_task_may_only_lead_to_a_page() -> None:
    assert 'href="https://docs.python.org"' in markdown("[x](https://docs.python.org)")
    assert "href" not in markdown("[x](data:text/html,x)")


async def test_the_api_is_shown_from_its_own_description(browser: AsyncClient) -> None:
    page = (await browser.get("/api/docs")).text
    paths = (await browser.get("/api/openapi.json")).json()["paths"]
    assert len(paths) >= 7
    assert all(path in page for path in paths)
    for said in ("<code>port_in_use</code>", "integer 0…65535", '"eof": true'):
        assert said in page
