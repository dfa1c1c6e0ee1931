"""Whatever the locale of the server, and whatever its paths are: arguments and paths arrive."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.labs.programs import ROOT, Program
from tests.server import LABS, ROOM, serving
from tests.sweeps import in_the_soak

ASCII = {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "POSIX"}


@pytest.fixture
def ascii_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ASCII.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("ascii_locale")
async def test_an_argument_beyond_ascii_arrives_and_the_run_ends_in_order() -> None:
    with serving(by_command=True, labs_dir=ROOT / "labs") as playground:
        server = await playground.start("udp/hello")
        client = await playground.start("udp/hello", "client", "é", port=server["port"])
        exited = await playground.wait_for(
            lambda event: event.get("run") == client["id"] and event["type"].startswith("run.e")
        )
        assert exited["exit_status"] == 0
        events = await playground.events(after=0)
        started = [one for one in events if one["type"] == "run.started"]
        assert [one["args"][:1] for one in started if one["run"] == client["id"]] == [["é"]]
        sent = [one for one in events if one["type"] == "call" and one["call"] == "sendto"]
        assert "w6k" in {one.get("data", "")[:3] for one in sent}  # é in UTF-8, in base64
        for run in (client, server):
            assert (await playground.stop(run))["state"] == "exited"
        await playground.start("udp/hello")  # what still runs ends with the server, in order


@pytest.mark.usefixtures("ascii_locale")
@pytest.mark.parametrize("name", [b"nicht \xff utf-8", *in_the_soak("где é")])
async def test_labs_work_in_a_folder_of_any_name(tmp_path: Path, name: str | bytes) -> None:
    folder = tmp_path / os.fsdecode(name)
    shutil.copytree(LABS, folder)
    shutil.copytree(LABS / "udp" / "echo", folder / "udp" / "é")
    with serving(by_command=True, labs_dir=folder) as playground:
        assert "udp/é" in str(await playground.get("/api/labs"))
        await playground.stop(await playground.start("udp/é"))
        run = await playground.start("udp/echo")
        async with playground.open_client(run) as client:
            await client.send("é".encode())
            assert await client.data() == "é".encode()
        assert (await playground.stop(run))["state"] == "exited"
        assert (await playground.request("GET", f"{ROOM}/recording")).status_code == 200
        assert (await playground.request("GET", "/api/labs/udp/echo")).status_code == 200
        assert (await playground.request("GET", "/r/local/labs/udp/echo")).status_code == 200
        for event in await playground.events(after=0):
            json.dumps(event)


@pytest.mark.usefixtures("ascii_locale")
async def test_a_program_from_outside_joins_the_room_whatever_it_is_called(tmp_path: Path) -> None:
    path = tmp_path / "где é.py"
    path.write_text("import socket; socket.socket().close()", encoding="utf-8")
    with serving() as playground:
        room = f"{playground.url}/r/local"
        command = (sys.executable, "-m", "backend.cli", "trace", "--room", room, str(path), "é")
        with Program(*command) as program:
            assert (program.finish(), program.errors) == (0, "")
        started = await playground.wait_for_event("run.started")
    assert (started["program"], started["args"]) == ("где é.py", ["é"])
