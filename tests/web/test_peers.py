"""Programs in a terminal are called what they are, where the machine can know it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from backend.runtime.processes.fork import ForkLauncher
from backend.runtime.processes.proc import IS_HERE
from backend.runtime.processes.spawn import SpawnLauncher
from tests.classroom import hosting, make_room
from tests.labs.programs import WAIT_S, Program
from tests.ports import unused_port
from tests.runtime.processes.forked import launched, line_of, order
from tests.server import Playground

pytestmark = pytest.mark.skipif(not IS_HERE, reason="only Linux tells whose a socket is")

TALKER = """
import socket, sys
kind, what, port = sys.argv[1:]
with socket.socket(type=getattr(socket, kind)) as sock:
    if what == "bind":
        sock.bind(("127.0.0.1", int(port)))
        if kind == "SOCK_STREAM":
            sock.listen()
    else:
        sock.connect(("127.0.0.1", int(port)))
        sock.send(b"hello")
    print(sock.getsockname()[1], flush=True)
    sys.stdin.read()
"""


@contextmanager
def talker(folder: Path, kind: str, what: str, port: int) -> Iterator[tuple[int, int]]:
    """Run a program that has a socket; yield its pid and the socket's port."""
    program = folder / "talker.py"
    program.write_text(TALKER)
    command = [sys.executable, str(program), kind, what, str(port)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        with closing(process.stdin):
            yield process.pid, int(process.stdout.readline())


@pytest.mark.parametrize(("lab", "kind"), [("tcp/echo", "SOCK_STREAM"), ("udp/echo", "SOCK_DGRAM")])
async def test_a_program_that_talks_to_a_lab_bears_its_name(
    playground: Playground, tmp_path: Path, lab: str, kind: str
) -> None:
    run = await playground.start(lab)
    with talker(tmp_path, kind, "connect", run["port"]) as (pid, port):
        event = await playground.wait_for_event("peer.named", address=f"127.0.0.1:{port}")
        assert (event["name"], event["pid"]) == ("python talker.py", pid)
        assert (await playground.room())["peers"][event["address"]] == "python talker.py"


async def test_who_holds_the_port_that_a_server_wanted_is_named(
    playground: Playground, tmp_path: Path
) -> None:
    wanted = unused_port()
    with talker(tmp_path, "SOCK_STREAM", "bind", wanted) as (pid, _):
        answer = await playground.try_start("tcp/echo", port=wanted)
        assert answer.status_code == 409
        event = await playground.wait_for_event("peer.named", address=f"127.0.0.1:{wanted}")
        assert (event["name"], event["pid"]) == ("python talker.py", pid)


async def test_a_program_that_is_told_here_bears_the_name_that_it_has_here(
    playground: Playground, tmp_path: Path
) -> None:
    wanted = unused_port()
    (tmp_path / "talker.py").write_text(TALKER)
    room = f"{playground.url}/r/local"
    arguments = [str(tmp_path / "talker.py"), "SOCK_STREAM", "bind", str(wanted)]
    with Program(sys.executable, "-m", "backend.cli", "trace", "--room", room, *arguments) as own:
        own.wait_for(str(wanted))
        await playground.wait_for_event("run.started", program="talker.py")
        await playground.try_start("tcp/echo", port=wanted)
        event = await playground.wait_for_event("peer.named", address=f"127.0.0.1:{wanted}")
        assert event["name"] == "talker.py"
        own.type("\n")


@pytest.mark.parametrize("launcher", [ForkLauncher, SpawnLauncher])
async def test_a_program_of_another_playground_bears_the_name_of_its_lab(
    playground: Playground, tmp_path: Path, launcher: type[ForkLauncher | SpawnLauncher]
) -> None:
    wanted = unused_port()
    (tmp_path / "udp" / "mine").mkdir(parents=True)
    start = order(tmp_path / "udp" / "mine", TALKER, "SOCK_STREAM", "bind", str(wanted))
    with closing(launcher()) as elsewhere:
        async with launched(elsewhere, start) as process:
            await line_of(process)
            await playground.try_start("tcp/echo", port=wanted)
            event = await playground.wait_for_event("peer.named", address=f"127.0.0.1:{wanted}")
            assert event["name"] == "Socket Lab: udp/mine program.py"
            assert process.streams is not None
            process.streams.stdin.close()
            await asyncio.wait_for(process.ended(), WAIT_S)


async def test_a_client_of_the_page_and_a_program_of_the_room_are_named_by_nobody_else(
    playground: Playground, tmp_path: Path
) -> None:
    run = await playground.start("tcp/echo")
    async with playground.client(run):
        with talker(tmp_path, "SOCK_STREAM", "connect", run["port"]) as (_, port):
            await playground.wait_for_event("peer.named", address=f"127.0.0.1:{port}")
    named = [e["address"] for e in await playground.events() if e["type"] == "peer.named"]
    assert named == [f"127.0.0.1:{port}"]


async def test_nobodys_processes_are_told_where_others_look(tmp_path: Path) -> None:
    with hosting() as served:
        host = await make_room(served)
        run = await host.start("tcp/echo")
        async with host.view() as view:
            with talker(tmp_path, "SOCK_STREAM", "connect", run["port"]) as (_, port):
                told = ""
                while f'"peer":"127.0.0.1:{port}"' not in told:
                    told = str(await asyncio.wait_for(view.recv(), WAIT_S))
                await host.ask("DELETE", f"runs/{run['id']}")  # takes longer than a look
        assert (await host.info())["peers"] == {}
