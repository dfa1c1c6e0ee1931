from collections.abc import AsyncIterator
from http import HTTPStatus
from pathlib import Path
from re import DOTALL, findall, search

import pytest
from httpx import ASGITransport, AsyncClient

from backend.app import create_app
from backend.runtime.catalog import Catalog
from backend.settings import Settings
from backend.web.pages.differences import ProgramDifference, lab_differences
from tests.lab_folder import CLIENT, LAB, SERVER, write_lab

NEW_SERVER = SERVER.replace("65535", "BUFFER").replace(
    "import socket\n", "import socket\n\nBUFFER = 9\n"
)
EVOLVED = LAB.replace("[client]", 'evolves = "udp/hello"\n\n[client]').replace("12345", "12346")


@pytest.fixture
def labs_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "labs"
    write_lab(folder)
    walkthrough = (folder / "udp/hello/walkthrough.toml").read_text().replace("65535", "BUFFER")
    write_lab(
        folder,
        "udp/transform",
        lab=EVOLVED,
        walkthrough=walkthrough,
        server=NEW_SERVER,
        client=CLIENT,
    )
    return folder


@pytest.fixture
async def browser(labs_dir: Path) -> AsyncIterator[AsyncClient]:
    transport = ASGITransport(app=create_app(Settings(labs_dir=labs_dir, port=8000)))
    async with AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        yield client


def compared(labs_dir: Path, old: str = "udp/hello", new: str = "udp/transform") -> list[str]:
    catalog = Catalog.read(labs_dir)
    return [each.file_name for each in lab_differences(catalog.get(old), catalog.get(new))]


def server_difference(labs_dir: Path) -> ProgramDifference:
    catalog = Catalog.read(labs_dir)
    return lab_differences(catalog.get("udp/hello"), catalog.get("udp/transform"))[0]


class TestPrograms:
    def test_those_of_both_labs_are_compared(self, labs_dir: Path) -> None:
        assert compared(labs_dir) == ["server.py", "client.py"]

    def test_a_borrowed_server_is_not_compared(self, labs_dir: Path) -> None:
        window = EVOLVED.replace("[client]", 'server = "udp/hello"\n\n[client]')
        walkthrough = (labs_dir / "udp/hello/walkthrough.toml").read_text()
        write_lab(labs_dir, "udp/window", lab=window, walkthrough=walkthrough, client=CLIENT)
        assert compared(labs_dir, new="udp/window") == ["client.py"]

    def test_changed_lines_count_on_both_sides(self, labs_dir: Path) -> None:
        server = server_difference(labs_dir)
        assert (server.added, server.removed) == (3, 1)


class TestSections:
    def test_what_belongs_together_stands_in_one_row(self, labs_dir: Path) -> None:
        for section in server_difference(labs_dir).sections:
            assert len(section.old) == len(section.new)

    def test_words_are_marked_inside_the_colours(self, labs_dir: Path) -> None:
        changed = [
            (old.html, new.html)
            for section in server_difference(labs_dir).sections
            for old, new in zip(section.old, section.new, strict=True)
            if old and new
        ]
        ((old, new),) = changed
        assert '<mark><span class="tok-mi">65535</span></mark>' in old
        assert "<mark>BUFFER</mark>" in new


NEW = "/r/local/labs/udp/transform"
PAGE = f"{NEW}/differences"


class TestTab:
    async def test_is_there_only_where_a_lab_evolved(self, browser: AsyncClient) -> None:
        old = (await browser.get("/r/local/labs/udp/hello")).text
        new = (await browser.get(NEW)).text
        assert 'id="tab-differences"' not in old
        assert 'id="tab-differences"' in new

    async def test_is_a_link_until_somebody_opens_it(self, browser: AsyncClient) -> None:
        page = (await browser.get(f"{NEW}?lang=ru")).text
        panel = search(r'id="panel-differences".*?</div>', page, DOTALL)
        assert panel
        assert f'<a href="{PAGE}">Чем эта работа отличается от работы «Привет»</a>' in panel[0]
        assert "diff-line" not in page

    async def test_of_a_replay_has_an_address_that_needs_no_room(
        self, browser: AsyncClient
    ) -> None:
        replay = "/replay/labs/udp/transform"
        assert f'href="{replay}/differences"' in (await browser.get(replay)).text
        page = (await browser.get(f"{replay}/differences")).text
        assert findall(r'<div class="diff">', page) != []


class TestPage:
    async def test_is_none_where_nothing_is_compared(self, browser: AsyncClient) -> None:
        answer = await browser.get("/r/local/labs/udp/hello/differences")
        assert answer.status_code == HTTPStatus.NOT_FOUND

    async def test_leads_to_both_labs_by_their_titles(self, browser: AsyncClient) -> None:
        page = (await browser.get(f"{PAGE}?lang=ru")).text
        assert '<a href="/r/local/labs/udp/hello">Привет</a>' in page
        assert f'<a href="{NEW}">← Привет</a>' in page

    async def test_names_both_numbers_of_each_line(self, browser: AsyncClient) -> None:
        page = (await browser.get(f"{PAGE}?lang=en")).text
        server = search(r'data-program="server" aria-label.*?</section>', page, DOTALL)
        assert server
        assert 'data-old="3" data-new="3"' in server[0]
        assert findall(r'diff-line--new" data-new="(\d+)"', server[0]) == ["5", "6", "9"]
        assert findall(r'diff-line--old" data-old="(\d+)"', server[0]) == ["7"]

    async def test_says_so_when_nothing_changed(self, browser: AsyncClient) -> None:
        page = (await browser.get(f"{PAGE}?lang=ru")).text
        assert "Файл client.py в обеих работах один и тот же" in page

    async def test_names_its_choices_for_who_cannot_see(self, browser: AsyncClient) -> None:
        page = (await browser.get(f"{PAGE}?lang=en")).text
        assert findall(r'<input[^>]*type="radio"[^>]*value="(\w+)"', page) == ["server", "client"]
        assert "Which program to compare" in page

    async def test_comes_once_to_a_browser_that_has_it(self, browser: AsyncClient) -> None:
        etag = (await browser.get(PAGE, headers={"accept-encoding": "gzip"})).headers["etag"]
        again = await browser.get(PAGE, headers={"if-none-match": etag})
        assert (again.status_code, again.content) == (HTTPStatus.NOT_MODIFIED, b"")
        russian = await browser.get(f"{PAGE}?lang=ru", headers={"if-none-match": etag})
        assert russian.status_code == HTTPStatus.OK


CHECKS = """
[[check]]
id = "goes_on"
title = { ru = "Отвечает каждому", en = "Answers everybody" }
hint = { ru = "Цикл.", en = "A loop." }
steps = [ { client = "b", send = "two" }, { receives = "<b>", within_s = 2 } ]
"""


class TestFirstVersions:
    async def test_stand_beside_the_finished_programs_with_what_those_promise_more(
        self, labs_dir: Path
    ) -> None:
        folder = labs_dir / "udp/hello"
        (folder / "first_server.py").write_text(SERVER.replace("65535", "1024"))
        core = CHECKS.replace('"goes_on"', '"answers"\ncore = true').replace("everybody", "once")
        (folder / "checks.toml").write_text(CHECKS + core)
        application = create_app(Settings(labs_dir=labs_dir, port=8000))
        transport = ASGITransport(app=application)
        async with AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as browser:
            reader = (await browser.get("/r/local/labs/udp/hello?lang=en")).text
            page = (await browser.get("/r/local/labs/udp/hello/differences?lang=en")).text
        assert "From the first version to the finished program</a>" in reader
        assert 'data-start="first_server">Run it</button>' in reader
        assert findall(r'<input[^>]*type="radio"[^>]*value="(\w+)"', page) == ["first_server"]
        body = page[page.index('data-program="first_server" aria-label') :]
        assert findall(r'diff-line--(old|new)" data-\w+="\d+"', body) == ["old", "new"]
        assert findall(r"<li>\s*<b>(.*?)</b>", body) == ["Answers everybody"]
        steps = findall(r"<li><code>(.*?)</code></li>", body)
        assert steps == [
            "client = &#34;b&#34;, send = &#34;two&#34;",
            "receives = &#34;&lt;b&gt;&#34;",
        ]
        assert 'data-start="first_server" aria-label="Try it: start first_server.py"' in body
