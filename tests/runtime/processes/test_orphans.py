"""What has left its program's session outlives the program, as a daemon does, but no playground."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path
from textwrap import dedent

import psutil
import pytest

from backend.runtime.processes import fork
from backend.runtime.processes.fork import ForkLauncher
from backend.tracing import orphans
from tests.labs.programs import ROOT, WAIT_S
from tests.runtime.processes.forked import launched, order, programs_of, server_of
from tests.runtime.processes.test_fork import OWNER
from tests.server import is_alive, until

pytestmark = pytest.mark.skipif(not fork.CAN_FORK, reason="only Linux' CPython is forked")

# Forked twice with a session between, as daemons are; it has a child in its session, and says when
# both are there. Its program ends then.
DAEMON = """
    import os, signal
    reader, writer = os.pipe()
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            child = os.fork()
            if child:
                os.write(writer, b"%d %d" % (os.getpid(), child))
            for fd in (0, 1, 2, reader, writer):
                os.close(fd)
            signal.alarm(600)
            signal.pause()
        os._exit(0)
    os.wait()
    with open(FILE + ".new", "wb") as file:
        file.write(os.read(reader, 100))
    os.rename(FILE + ".new", FILE)
"""


def daemon(tmp_path: Path) -> tuple[Path, Path]:
    """Return such a program, and the file in which it says what it has left."""
    file = tmp_path / "left"
    source = dedent(DAEMON).replace("FILE", repr(str(file)))
    return order(tmp_path, source).path, file


async def left_in(file: Path) -> list[int]:
    """Return the processes that it has left, once they are there."""
    await until(file.exists, within_s=WAIT_S, what="the daemon is there")
    return [int(word) for word in file.read_text().split()]


def is_buried(pid: int) -> bool:
    return not psutil.pid_exists(pid)


def none_lives(pids: list[int]) -> bool:
    return not any(map(is_alive, pids))


@pytest.fixture
def launcher() -> Iterator[ForkLauncher]:
    with contextlib.closing(ForkLauncher()) as made:
        yield made


@contextlib.asynccontextmanager
async def left_by_one(launcher: ForkLauncher, tmp_path: Path) -> AsyncIterator[list[int]]:
    """Let a program leave a daemon, and end; what is still there in the end is killed."""
    program, file = daemon(tmp_path)
    left: list[int] = []
    try:
        async with launched(launcher, order(tmp_path, program.read_text())) as process:
            left = await left_in(file)
            await asyncio.wait_for(process.ended(), WAIT_S)
        yield left
    finally:
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


async def test_it_outlives_its_program_and_ends_with_the_launcher(
    tmp_path: Path, launcher: ForkLauncher
) -> None:
    async with left_by_one(launcher, tmp_path) as left:
        assert len(left) == 2
        assert all(map(is_alive, left))
        assert psutil.Process(left[0]).ppid() == server_of(launcher).pid
        launcher.close()
        assert none_lives(left)


async def test_where_it_ends_by_itself_no_zombie_is_left(
    tmp_path: Path, launcher: ForkLauncher
) -> None:
    async with left_by_one(launcher, tmp_path) as left:
        for pid in left:
            os.kill(pid, signal.SIGKILL)
            await until(partial(is_buried, pid), within_s=WAIT_S, what="it is buried")
        assert programs_of(server_of(launcher)) == []


@pytest.mark.parametrize("is_stopped", [False, True], ids=["", "stopped"])
async def test_it_ends_with_a_playground_that_is_killed(tmp_path: Path, is_stopped: bool) -> None:
    program, file = daemon(tmp_path)
    with subprocess.Popen(
        [sys.executable, "-c", dedent(OWNER), program], stdout=subprocess.PIPE, cwd=ROOT
    ) as owner:
        assert owner.stdout is not None
        _, server = map(int, owner.stdout.readline().split())
        left = await left_in(file)
        try:
            assert all(map(is_alive, left))
            if is_stopped:  # the watcher ends it, then
                os.kill(server, signal.SIGSTOP)
            owner.kill()
            await until(lambda: none_lives([*left, server]), within_s=WAIT_S, what="all are gone")
        finally:
            for pid in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)


async def test_a_fork_server_that_another_replaces_leaves_what_runs(
    tmp_path: Path, launcher: ForkLauncher, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with launched(launcher, order(tmp_path, "print(input())")) as process:
        first = server_of(launcher)
        monkeypatch.setenv("TZ", "EST5")
        launcher.warm_up()
        assert server_of(launcher) != first
        assert not first.is_running()
        assert is_alive(process.pid)


def test_where_children_are_not_listed_nobody_is_adopted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(orphans, "_list_of_children", lambda: "/nowhere")
    monkeypatch.setitem(sys.modules, "_ctypes", None)  # it is not even asked for
    orphans.adopt()
    assert orphans._children() == []
