"""Programs of the fork server: started, listened to, found among processes."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
from collections.abc import AsyncIterator
from pathlib import Path
from textwrap import dedent

import psutil

from backend.domain.launch import StartOrder
from backend.runtime.processes.fork import ForkLauncher
from backend.runtime.processes.launcher import Launcher, Process
from tests.labs.programs import WAIT_S
from tests.server import is_spare, until


def order(tmp_path: Path, source: str, *args: str) -> StartOrder:
    path = tmp_path / "program.py"
    path.write_text(dedent(source))
    return StartOrder(lab="", program="program.py", path=path, args=args)


@contextlib.asynccontextmanager
async def launched(launcher: Launcher, start: StartOrder) -> AsyncIterator[Process]:
    process = await launcher.start(start, run="r1")
    with contextlib.closing(process):
        try:
            yield process
        finally:
            await process.reap()


async def line_of(process: Process) -> str:
    assert process.streams is not None
    os.set_blocking(process.streams.stdout.fileno(), True)
    return (await asyncio.to_thread(process.streams.stdout.readline)).decode().strip()


async def all_of(process: Process, text: bytes = b"") -> tuple[int, list[str]]:
    """Let a program read this and run to its end; return its status and its lines."""
    streams = process.streams
    assert streams is not None
    streams.stdin.write(text)
    streams.stdin.close()
    told = []
    for stream in (streams.stdout, streams.stderr):
        os.set_blocking(stream.fileno(), True)
        read = (await asyncio.to_thread(stream.read)).decode()
        told += re.sub(r"\b0x[0-9a-f]+", "0x…", read).splitlines()
    await asyncio.wait_for(process.ended(), WAIT_S)
    return await process.reap(), told


def server_of(launcher: ForkLauncher) -> psutil.Process:
    assert launcher._server is not None
    return psutil.Process(launcher._server._popen.pid)


async def spare_of(launcher: ForkLauncher) -> int:
    """Return the process id of the spare child, once there is one."""
    server = server_of(launcher)

    found: list[int] = []

    def look() -> bool:
        pids = [each.pid for each in server.children()]
        found.extend(pid for pid in pids if is_spare(pid, of=server.pid))
        return bool(found)

    await until(look, within_s=WAIT_S, what="there is a spare")
    return found[0]


def programs_of(server: psutil.Process) -> list[psutil.Process]:
    """Return its children but for the one spare."""
    children = server.children()
    spare = [each for each in children if is_spare(each.pid, of=server.pid)][:1]
    return [each for each in children if each not in spare]
