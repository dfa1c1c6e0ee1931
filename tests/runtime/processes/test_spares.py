"""A child that is forked ahead: as good as one that is forked now, and gone with its server."""

from __future__ import annotations

import contextlib
import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from backend.runtime.processes import fork
from backend.runtime.processes.fork import ForkLauncher
from backend.runtime.processes.spawn import SpawnLauncher
from backend.tracing.pipe import FIRST_FD
from tests.labs.programs import WAIT_S
from tests.runtime.processes.forked import (
    all_of,
    launched,
    line_of,
    order,
    programs_of,
    server_of,
    spare_of,
)
from tests.server import is_alive, until

pytestmark = pytest.mark.skipif(not fork.CAN_FORK, reason="only Linux' CPython is forked")

# All that a program can see of where and how it runs, but what differs from run to run.
SHOWS_ITSELF = """
    import sys

    print(sorted(globals()), [(name, str(globals()[name])) for name in sorted(globals())])
    print(sorted(sys.modules), sys.meta_path, sys.path, sorted(sys.path_importer_cache))
    print(sys.argv, sys.orig_argv, sys.executable, sys.flags, sys.warnoptions, sys._xoptions)
    print(open("/proc/self/cmdline", "rb").read().rstrip(b"\\0"))
    print(sys.getrecursionlimit(), sys.getswitchinterval(), sys.gettrace(), sys.getprofile())
    print(sys.getrefcount(sys) > 0, sys.excepthook, sys.displayhook, sys.path_hooks)
    frame = sys._getframe()
    print(frame.f_back, frame.f_code.co_name, frame.f_code.co_filename)

    import os, signal, stat, threading, time, gc

    print(dict(os.environ), os.umask(0), os.getpriority(os.PRIO_PROCESS, 0))
    print([signal.getsignal(number) for number in sorted(signal.valid_signals())])
    print(signal.pthread_sigmask(signal.SIG_BLOCK, ()))
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        print(stream.name, stream.encoding, stream.errors, stream.line_buffering, stream.mode)
        print(stream.write_through, type(stream.buffer), stream.seekable(), stream.fileno())
        print(stat.filemode(os.fstat(stream.fileno()).st_mode), os.get_blocking(stream.fileno()))
    print(threading.main_thread().native_id == os.getpid(), threading.active_count())
    print(time.process_time() < 60, gc.isenabled(), gc.get_threshold(), gc.get_freeze_count())
    print(len(os.listdir("/proc/self/fd")), os.listdir())
    print(input(), sys.stdin.read())
"""


@pytest.fixture
def launcher() -> Iterator[ForkLauncher]:
    with contextlib.closing(ForkLauncher()) as made:
        yield made


@pytest.mark.parametrize("is_spare", [False, True], ids=["forked for it", "forked ahead"])
async def test_a_program_finds_everything_as_a_fresh_interpreter_has_it(
    tmp_path: Path, launcher: ForkLauncher, is_spare: bool
) -> None:
    start = order(tmp_path, SHOWS_ITSELF, "one", "два")
    text = "первая\nвторая\n".encode()
    if is_spare:
        async with launched(launcher, start):
            spare = await spare_of(launcher)
    async with launched(launcher, start) as process:
        assert not is_spare or process.pid == spare
        assert psutil.Process(process.pid).ppid() == server_of(launcher).pid
        forked = await all_of(process, text)
    with contextlib.closing(SpawnLauncher()) as plain:
        async with launched(plain, start) as process:
            expected = await all_of(process, text)
    assert expected[0] == 0, expected
    assert forked == expected


async def test_a_source_that_has_changed_is_run_as_it_is_now(
    tmp_path: Path, launcher: ForkLauncher
) -> None:
    for text in ("one", "two", "no end"):
        start = order(tmp_path, f"print('{text}'" + ")" * (text != "no end"))
        async with launched(launcher, start) as process:
            status, lines = await all_of(process)
            assert (status, lines[-1]) in ((0, text), (1, "SyntaxError: '(' was never closed"))
            assert (status == 0) == (text != "no end")
        await spare_of(launcher)


async def test_where_it_is_lost_a_program_is_forked_as_ever(
    tmp_path: Path, launcher: ForkLauncher
) -> None:
    start = order(tmp_path, "print('here')")
    async with launched(launcher, start):
        spare = await spare_of(launcher)
    server = server_of(launcher)
    os.kill(spare, signal.SIGKILL)
    await until(lambda: not is_alive(spare), within_s=WAIT_S, what="it is lost")
    async with launched(launcher, start) as process:
        assert await all_of(process) == (0, ["here"])
        assert process.pid != spare
    assert server_of(launcher) == server
    await until(lambda: programs_of(server) == [], within_s=WAIT_S, what="no zombie is left")


async def test_it_gets_its_order_past_the_fork_server(
    tmp_path: Path, launcher: ForkLauncher
) -> None:
    launcher.warm_up()
    spare = psutil.Process(await spare_of(launcher))
    await until(lambda: spare.num_threads() == 3, within_s=WAIT_S, what="it is ready")
    server = server_of(launcher)
    server.suspend()
    try:
        process = await launcher.start(order(tmp_path, "print('here'); input()"), run="r1")
        assert process.pid == spare.pid
        assert await line_of(process) == "here"
    finally:
        server.resume()
    with contextlib.closing(process):
        await process.reap()


async def test_one_that_takes_no_order_is_let_go(tmp_path: Path, launcher: ForkLauncher) -> None:
    launcher.warm_up()
    spare = psutil.Process(await spare_of(launcher))
    spare.suspend()
    waits = launcher._spare._waits[0].trace
    with contextlib.suppress(BlockingIOError):
        while True:
            waits.send(bytes(4096))
    async with launched(launcher, order(tmp_path, "print('here')")) as process:
        assert await all_of(process) == (0, ["here"])
        assert process.pid != spare.pid
    await until(lambda: not is_alive(spare.pid), within_s=WAIT_S, what="it has gone")


@pytest.mark.parametrize("is_closed", [True, False], ids=["closed", "killed"])
async def test_it_ends_with_the_fork_server(launcher: ForkLauncher, is_closed: bool) -> None:
    launcher.warm_up()
    spare = psutil.Process(await spare_of(launcher))
    if is_closed:
        launcher.close()
        assert not is_alive(spare.pid)
    else:
        server_of(launcher).kill()
        await until(lambda: not is_alive(spare.pid), within_s=WAIT_S, what="it has ended, too")


async def test_a_program_keeps_no_other_ones_descriptors(
    tmp_path: Path, launcher: ForkLauncher
) -> None:
    start = order(tmp_path, "import os; print(len(os.listdir('/proc/self/fd'))); input()")
    async with launched(launcher, start) as first:
        counts = [await line_of(first)]
        spare = await spare_of(launcher)
        async with launched(launcher, start) as second:
            assert second.pid == spare
            counts.append(await line_of(second))
    assert counts[0] == counts[1]


async def test_what_tells_of_a_program_is_there_before_its_request(
    tmp_path: Path, launcher: ForkLauncher
) -> None:
    start = order(tmp_path, "print('here'); input()")
    async with launched(launcher, start) as first:
        assert await line_of(first) == "here"
        spare = psutil.Process(await spare_of(launcher))
        threads = psutil.Process(first.pid).num_threads()
        assert threads == 3  # the program's, one that writes, one that watches
        await until(
            lambda: spare.num_threads() == threads, within_s=WAIT_S, what="it has all threads"
        )
        # Room for descriptors is made before: a process with threads waits 5 to 15 ms for it.
        status = Path(f"/proc/{spare.pid}/status").read_text()
        assert int(re.findall(r"FDSize:\s*(\d+)", status)[0]) > FIRST_FD
        async with launched(launcher, start) as second:
            assert await line_of(second) == "here"
            assert (second.pid, spare.num_threads()) == (spare.pid, threads)
