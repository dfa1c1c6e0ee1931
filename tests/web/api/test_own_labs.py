"""Labs of one's own over the API and in the page: they run; broken ones are told to hosts only."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.classroom import hosting, join, make_room
from tests.lab_folder import LAB, write_lab
from tests.server import LABS, serving
from tests.web.api.answers import code_of


@pytest.fixture
def own(tmp_path: Path) -> Path:
    write_lab(tmp_path, "dns/lookup", lab=LAB.replace('"Hello"', '"Lookup of names"'))
    write_lab(tmp_path, "dns/wrong", lab="port = <b>\n")
    return tmp_path


async def test_a_lab_of_ones_own_runs_like_any_other(own: Path) -> None:
    with serving(labs_dir=LABS, labs=json.dumps([str(own)])) as playground:
        labs = {lab["id"]: lab for lab in (await playground.get("/api/labs"))["labs"]}
        assert labs["dns/lookup"]["is_own"]
        assert not labs["udp/echo"]["is_own"]
        started = await playground.try_start("dns/lookup", "server")
        assert (started.status_code, started.json()["state"]) == (201, "listening")


async def test_the_local_page_tells_of_broken_ones_and_of_edits(own: Path) -> None:
    with serving(labs_dir=LABS, labs=json.dumps([str(own)])) as playground:
        page = (await playground.request("GET", "/r/local")).text
        assert "Lookup of names" in page
        assert "dns/wrong/lab.toml:1: no TOML" in page
        (own / "dns/wrong/lab.toml").write_text(LAB.replace('"Hello"', '"Mended"'))
        page = (await playground.request("GET", "/r/local")).text
        assert "Mended" in page
        assert "no TOML" not in page
        (own / "dns/wrong/lab.toml").write_text("port = nothing\n")
        gone = await playground.request("GET", "/api/labs/dns/wrong")
        assert (gone.status_code, code_of(gone)) == (404, "unknown_lab")


async def test_a_page_of_a_lab_of_ones_own_says_where_a_terminal_finds_it(own: Path) -> None:
    with serving(labs_dir=LABS, labs=json.dumps([str(own)])) as playground:
        page = (await playground.request("GET", "/r/local/labs/dns/lookup")).text
        assert f'"folder": "{own.resolve()}"' in page
        assert '"is_own": true' in page
        path = re.search(r'<span class="mono">(dns/lookup/)<span class="code-file">(.+?)<', page)
        assert path is not None
        assert path.groups() == ("dns/lookup/", "server.py")


async def test_a_guest_of_a_class_is_not_told_what_is_broken(own: Path) -> None:
    with hosting(labs_dir=LABS, labs=json.dumps([str(own)])) as playground:
        host = await make_room(playground)
        guest = await join(host, "Guest")
        told = await host.ask("GET", "broken-labs")
        assert [lab["id"] for lab in told.json()["labs"]] == ["dns/wrong"]
        refused = await guest.ask("GET", "broken-labs")
        assert (refused.status_code, code_of(refused)) == (403, "forbidden")
        page = await guest.ask("GET", f"/r/{host.room}")
        assert "Lookup of names" in page.text
        assert "no TOML" not in page.text
