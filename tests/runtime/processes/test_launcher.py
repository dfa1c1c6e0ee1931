"""How a program becomes a process: what it gets, and that nothing else reaches it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from backend.runtime.processes.launcher import Command, Process, launch
from tests.labs.programs import WAIT_S
from tests.server import is_alive, until


@contextlib.contextmanager
def launched(tmp_path: Path, source: str, *args: str) -> Iterator[Process]:
    program = tmp_path / "program.py"
    program.write_text(dedent(source))
    cwd = tmp_path / "cwd"
    cwd.mkdir(exist_ok=True)
    with contextlib.closing(
        launch(Command(run="r1", program=program, args=args, cwd=cwd))
    ) as process:
        try:
            yield process
        finally:
            process.kill_and_reap()


async def output_of(process: Process) -> str:
    """Read standard output to its end."""
    os.set_blocking(process.stdout.fileno(), True)
    return (await asyncio.to_thread(process.stdout.read)).decode()


async def test_a_program_gets_its_arguments_directory_and_a_group_of_its_own(
    tmp_path: Path,
) -> None:
    source = """
        import json, os, sys
        print(json.dumps([sys.argv[1:], os.getcwd(), os.getpid(), os.getpgrp(), os.getsid(0)]))
    """
    with launched(tmp_path, source, "one", "два", "") as process:
        args, cwd, pid, group, session = json.loads(await output_of(process))
        assert args == ["one", "два", ""]
        assert cwd == str(tmp_path / "cwd")
        assert pid == group == session == process.pid
        assert process.kill_and_reap() == 0


async def test_a_program_gets_no_descriptor_and_no_variable_that_is_not_meant_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOCKETLAB_SECRET", "key")
    monkeypatch.setenv("PYTHONSTARTUP", "x.py")
    monkeypatch.setenv("TZ", "Europe/Minsk")
    source = """
        import json, os
        print(json.dumps([sorted(os.listdir('/proc/self/fd'), key=int), sorted(os.environ)]))
    """
    with socket.socket() as ours, launched(tmp_path, source) as process:
        os.set_inheritable(ours.fileno(), True)
        descriptors, names = json.loads(await output_of(process))
    assert descriptors[:3] == ["0", "1", "2"]
    assert len(descriptors) == 5  # and the channel, and the folder that is listed
    assert "TZ" in names
    assert not {"SOCKETLAB_SECRET", "PYTHONSTARTUP"} & set(names)


async def test_the_channel_tells_what_the_program_calls(tmp_path: Path) -> None:
    source = "import signal, socket; sock = socket.socket(); signal.pause()"
    with launched(tmp_path, source) as process:
        loop = asyncio.get_running_loop()
        told = await asyncio.wait_for(loop.sock_recv(process.trace, 4096), WAIT_S)
        first = json.loads(told.splitlines()[0])
    assert (first["type"], first["call"], first["run"]) == ("call", "socket", "r1")


async def test_when_the_channel_closes_the_program_dies(tmp_path: Path) -> None:
    source = "import signal, socket; sock = socket.socket(); signal.pause()"
    with launched(tmp_path, source) as process:
        told = asyncio.get_running_loop().sock_recv(process.trace, 4096)
        assert b'"call":"socket"' in await asyncio.wait_for(told, WAIT_S)
        process.trace.close()
        await asyncio.wait_for(process.ended(), WAIT_S)
        assert process.kill_and_reap() == -signal.SIGKILL


async def test_an_ended_process_is_a_zombie_until_it_is_reaped(tmp_path: Path) -> None:
    with launched(tmp_path, "import sys; sys.exit(3)") as process:
        await asyncio.wait_for(process.ended(), WAIT_S)
        await asyncio.wait_for(process.ended(), WAIT_S)  # and may be waited for again
        os.kill(process.pid, 0)
        assert process.kill_and_reap() == 3
        with pytest.raises(ProcessLookupError):
            os.kill(process.pid, 0)
        assert process.kill_and_reap() == 3


async def test_what_is_left_of_the_group_dies_with_its_leader(tmp_path: Path) -> None:
    source = """
        import os, signal
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        child = os.fork()
        if child == 0:
            signal.pause()
        print(child)
    """
    with launched(tmp_path, source) as process:
        os.set_blocking(process.stdout.fileno(), True)
        child = int(await asyncio.to_thread(process.stdout.readline))
        await asyncio.wait_for(process.ended(), WAIT_S)
        assert is_alive(child)
        assert process.kill_and_reap() == 0
        assert await output_of(process) == ""  # ends when the child has let go of it
        await until(lambda: not is_alive(child), within_s=1, what="the child is gone")


async def test_a_group_that_is_gone_gets_no_signal(tmp_path: Path) -> None:
    with launched(tmp_path, "pass") as process:
        await asyncio.wait_for(process.ended(), WAIT_S)
        process.kill_and_reap()
        process.signal_group(signal.SIGTERM)


def test_a_process_that_cannot_be_made_leaves_no_descriptor(tmp_path: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))
    with pytest.raises(FileNotFoundError):
        launch(Command(run="r1", program=tmp_path / "p.py", args=(), cwd=tmp_path / "none"))
    assert len(os.listdir("/proc/self/fd")) == before
