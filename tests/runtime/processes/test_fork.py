"""The fork server: its children are as a fresh interpreter, and it can be lost at any time."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import psutil
import pytest

from backend.domain.launch import StartOrder
from backend.runtime.processes import fork
from backend.runtime.processes.fork import LOST_STATUS, ForkLauncher
from backend.runtime.processes.spawn import SpawnLauncher
from tests.labs.programs import ROOT, WAIT_S
from tests.runtime.processes.forked import all_of, launched, line_of, order, programs_of, server_of
from tests.server import is_alive, until

pytestmark = pytest.mark.skipif(not fork.CAN_FORK, reason="only Linux' CPython is forked")


@pytest.fixture
def launcher() -> Iterator[ForkLauncher]:
    with contextlib.closing(ForkLauncher()) as made:
        yield made


async def test_each_has_random_numbers_of_its_own(tmp_path: Path, launcher: ForkLauncher) -> None:
    start = order(tmp_path, "import random; print(random.random())")
    told = set()
    for _ in range(2):
        async with launched(launcher, start) as process:
            told.add(await line_of(process))
    assert len(told) == 2


@pytest.mark.parametrize(
    "source",
    [
        "print('no end",
        "x = '\\d'\nprint(x)",
        "x = 1 is 1\nprint(x)\nprint('no end",
        "#\xff\nprint(1)",
        "print(1)\0",
        "",
    ],
    ids=["error", "warning", "both", "not utf-8", "nul", "empty"],
)
async def test_what_the_compiler_says_is_said_as_ever(
    tmp_path: Path, launcher: ForkLauncher, source: str
) -> None:
    start = order(tmp_path, "")
    start.path.write_bytes(source.encode("latin-1"))
    async with launched(launcher, start) as process:
        forked = await all_of(process)
    with contextlib.closing(SpawnLauncher()) as plain:
        async with launched(plain, start) as process:
            assert forked == await all_of(process)


async def test_a_fork_server_that_is_lost_is_replaced_and_what_runs_goes_on(
    tmp_path: Path, launcher: ForkLauncher
) -> None:
    start = order(tmp_path, "print('begun'); print(input())")
    async with launched(launcher, start) as first:
        assert await line_of(first) == "begun"
        lost = server_of(launcher)
        lost.kill()
        await until(lambda: not is_alive(lost.pid), within_s=WAIT_S, what="the server is gone")
        async with launched(launcher, start) as second:
            assert await all_of(second, b"two\n") == (0, ["begun", "two"])
            assert psutil.Process(server_of(launcher).pid).is_running()
            assert server_of(launcher).pid != lost.pid
        # How it ends nobody can tell; that it ends is known.
        assert await all_of(first, b"one\n") == (LOST_STATUS, ["one"])


async def test_a_run_that_was_starting_when_the_server_was_lost_is_started_again(
    tmp_path: Path, launcher: ForkLauncher
) -> None:
    launcher.warm_up()
    lost = server_of(launcher)
    lost.suspend()
    starting = asyncio.create_task(launcher.start(order(tmp_path, "print('here')"), run="r1"))
    await asyncio.sleep(0)  # it has asked
    lost.kill()
    process = await asyncio.wait_for(starting, WAIT_S)
    with contextlib.closing(process):
        assert await all_of(process) == (0, ["here"])
        assert server_of(launcher).pid != lost.pid


async def test_where_there_is_no_fork_server_programs_are_started_plainly(
    tmp_path: Path, launcher: ForkLauncher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fork, "CAN_FORK", False)
    async with launched(launcher, order(tmp_path, "print('here')")) as process:
        assert psutil.Process(process.pid).ppid() == os.getpid()
        assert await all_of(process) == (0, ["here"])


@pytest.mark.parametrize("kind", ["folder", "large"])
async def test_what_cannot_be_forked_is_started_plainly(
    tmp_path: Path, launcher: ForkLauncher, kind: str
) -> None:
    start = order(tmp_path, "import sys; print(len(sys.argv[1]))", "x" * 100_000)
    if kind == "folder":
        folder = tmp_path / "program"
        folder.mkdir()
        start.path.rename(folder / "__main__.py")
        start = StartOrder(lab="", program="program", path=folder, args=("x" * 100_000,))
    async with launched(launcher, start) as process:
        assert await all_of(process) == (0, ["100000"])


async def test_the_environment_is_that_of_now(
    tmp_path: Path, launcher: ForkLauncher, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = order(tmp_path, "import os, time; print(os.environ.get('TZ'), time.tzname[0])")
    for zone in ("UTC", "EST5"):
        monkeypatch.setenv("TZ", zone)
        async with launched(launcher, start) as process:
            assert await line_of(process) == f"{zone} {zone.rstrip('5')}"


async def test_many_start_at_the_same_time(tmp_path: Path, launcher: ForkLauncher) -> None:
    start = order(tmp_path, "import sys; print('here'); sys.exit(7)")
    processes = await asyncio.gather(*(launcher.start(start, run=f"r{n}") for n in range(60)))
    try:
        assert len({process.pid for process in processes}) == 60
        for process in processes:
            assert await all_of(process) == (7, ["here"])
    finally:
        for process in processes:
            await process.reap()
            process.close()


# A playground that starts a program and is killed.
OWNER = """
    import asyncio, sys
    from pathlib import Path
    from backend.domain.launch import StartOrder
    from backend.runtime.processes.fork import ForkLauncher

    async def main(path):
        launcher = ForkLauncher()
        order = StartOrder(lab="", program="p", path=path)
        process = await launcher.start(order, run="r1")
        print(process.pid, launcher._server._popen.pid, flush=True)
        await asyncio.sleep(600)

    asyncio.run(main(Path(sys.argv[1])))
"""


@pytest.mark.parametrize("is_stopped", [False, True], ids=["", "stopped"])
async def test_it_dies_with_the_playground(tmp_path: Path, is_stopped: bool) -> None:
    program = order(tmp_path, "import signal; signal.pause()").path
    with subprocess.Popen(
        [sys.executable, "-c", dedent(OWNER), program], stdout=subprocess.PIPE, cwd=ROOT
    ) as owner:
        assert owner.stdout is not None
        pids = [int(word) for word in owner.stdout.readline().split()]
        if is_stopped:
            for pid in pids:
                os.kill(pid, signal.SIGSTOP)
        owner.kill()
        await until(lambda: not any(map(is_alive, pids)), within_s=WAIT_S, what="both are gone")


async def test_nothing_is_left_of_it(tmp_path: Path) -> None:
    before = os.listdir("/proc/self/fd")
    launcher = ForkLauncher()
    async with launched(launcher, order(tmp_path, "pass")) as process:
        assert await all_of(process) == (0, [])
    server = server_of(launcher)
    launcher.close()
    assert not server.is_running()
    assert os.listdir("/proc/self/fd") == before


async def test_a_start_that_is_given_up_leaves_no_process(
    tmp_path: Path, launcher: ForkLauncher
) -> None:
    launcher.warm_up()
    server = server_of(launcher)
    starting = asyncio.create_task(launcher.start(order(tmp_path, "input()"), run="r1"))
    await asyncio.sleep(0)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    async with launched(launcher, order(tmp_path, "print('here')")) as process:
        assert await all_of(process) == (0, ["here"])
    await until(lambda: programs_of(server) == [], within_s=WAIT_S, what="it has no children")
