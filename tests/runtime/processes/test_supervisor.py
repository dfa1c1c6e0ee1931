"""One child: read, typed into, ended with a bound."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from backend.domain.errors import InputFull, RunEnded
from backend.domain.launch import StartOrder
from backend.domain.traced_events import Call, TraceEvent
from backend.runtime.processes.launcher import Process
from backend.runtime.processes.supervisor import Child
from backend.settings import Settings
from tests.labs.programs import WAIT_S
from tests.launching import make_launcher
from tests.server import is_alive


class Ear:
    """An observer that keeps what it is told, and wakes who waits for something."""

    def __init__(self) -> None:
        self.text = {"stdout": "", "stderr": ""}
        self.lost: list[tuple[int, int]] = []
        self.events: list[TraceEvent] = []
        self.unfit = 0
        self._news = asyncio.Event()

    def take_output(self, stream: str, text: str) -> None:
        self.text[stream] += text
        self._news.set()

    def note_dropped_output(self, count: int, size_bytes: int) -> None:
        self.lost.append((count, size_bytes))

    def take_trace(self, events: Sequence[TraceEvent]) -> None:
        self.events += events

    def note_unfit_calls(self, count: int) -> None:
        self.unfit += count

    def note_slowed(self, slowed: bool) -> None:
        raise AssertionError("nothing here has bounds")

    async def hears(self, text: str) -> None:
        """Wait until the program has printed this."""
        async with asyncio.timeout(WAIT_S):
            while text not in self.text["stdout"]:
                self._news.clear()
                await self._news.wait()


class Started:
    """A child that lives, its observer, and the task that runs it."""

    def __init__(self, process: Process, settings: Settings, ear: Ear) -> None:
        assert process.streams is not None
        self.ear = ear
        self.pid = process.pid
        self.child = Child(process, process.streams, observer=ear, settings=settings)
        self.life = asyncio.create_task(self.child.run())

    async def status(self) -> int:
        return await asyncio.wait_for(asyncio.shield(self.life), WAIT_S)


@contextlib.asynccontextmanager
async def started(
    tmp_path: Path, source: str, *, ear: Ear | None = None, **settings: Any
) -> AsyncIterator[Started]:
    path = tmp_path / "program.py"
    path.write_text(dedent(source))
    order = StartOrder(lab="", program="program.py", path=path)
    process = await make_launcher().start(order, run="r1")
    made = Started(process, Settings(**settings), ear or Ear())
    try:
        yield made
    finally:
        made.child.kill()
        await made.status()


# A signal between Python's last look for one and pause(2) would wait for the next: so it looks on.
PAUSE = "import time\nprint('ready')\nwhile True:\n    time.sleep(0.05)"


async def test_both_streams_and_the_status_are_told(tmp_path: Path) -> None:
    source = "import sys; print('out'); print('err', file=sys.stderr); sys.exit(5)"
    async with started(tmp_path, source) as run:
        assert await run.status() == 5
    assert run.ear.text == {"stdout": "out\n", "stderr": "err\n"}
    assert run.child.last_words == "err"


async def test_everything_that_was_printed_before_the_end_is_told(tmp_path: Path) -> None:
    source = "import os, sys; os.write(1, b'x' * 60_000); os.write(2, b'y' * 60_000); os._exit(0)"
    async with started(tmp_path, source) as run:
        assert await run.status() == 0
    assert {stream: len(text) for stream, text in run.ear.text.items()} == {
        "stdout": 60_000,
        "stderr": 60_000,
    }


async def test_calls_are_told_and_what_is_no_record_is_counted(tmp_path: Path) -> None:
    source = """
        import os, socket, stat
        for fd in range(3, 300):
            try:
                if stat.S_ISSOCK(os.fstat(fd).st_mode):
                    channel = fd
            except OSError:
                pass
        os.write(channel, b'nonsense\\n[]\\n{"type": 5}\\n' + b'x' * 100_000 + b'\\n')
        os.write(channel, b'{"type": "call", "more": ' + b'[' * 20_000 + b']' * 20_000 + b'}\\n')
        socket.create_server(('127.0.0.1', 0)).close()
    """
    async with started(tmp_path, source) as run:
        assert await run.status() == 0
    calls = [event.call for event in run.ear.events if isinstance(event, Call)]
    assert [call for call in calls if call in ("bind", "listen")] == ["bind", "listen"]
    assert run.ear.unfit in (4, 5)  # the long one may come in one piece


async def test_a_program_is_typed_into(tmp_path: Path) -> None:
    source = "import sys\nfor line in sys.stdin: print(line.upper(), end='')\nprint('end')"
    async with started(tmp_path, "print('ready')\n" + source) as run:
        await run.ear.hears("ready\n")
        run.child.type("привет\n")
        await run.ear.hears("ПРИВЕТ\n")
        run.child.end_input()
        assert await run.status() == 0
        assert run.ear.text["stdout"].endswith("end\n")
        with pytest.raises(RunEnded):
            run.child.type("more")
        with pytest.raises(RunEnded):
            run.child.end_input()


async def test_what_nobody_reads_may_not_pile_up(tmp_path: Path) -> None:
    async with started(tmp_path, PAUSE, stdin_limit_bytes=1000) as run:
        await run.ear.hears("ready\n")
        with pytest.raises(InputFull, match=r"limit of 1000"):
            type_on(run.child)
        with pytest.raises(InputFull):
            run.child.type("x" * 1001)


def type_on(child: Child) -> None:
    for _ in range(200):  # the pipe itself takes 64 KiB
        child.type("x" * 1000)


async def test_typing_into_a_program_that_has_closed_its_input_harms_nobody(
    tmp_path: Path,
) -> None:
    source = "import os\nos.close(0)\n" + PAUSE
    async with started(tmp_path, source, stop_int_s=WAIT_S) as run:
        await run.ear.hears("ready\n")
        with contextlib.suppress(RunEnded):
            run.child.type("x")
            await asyncio.sleep(0)
            run.child.type("y")
        await run.child.end()
        assert await run.status() == -signal.SIGINT


async def test_an_end_begins_with_sigint(tmp_path: Path) -> None:
    source = """
        import time
        try:
            print('ready')
            while True:
                time.sleep(0.05)
        except KeyboardInterrupt:
            print('cleaned up')
    """
    async with started(tmp_path, source, stop_int_s=WAIT_S) as run:
        await run.ear.hears("ready\n")
        await asyncio.wait_for(run.child.end(), WAIT_S)
        assert await run.status() == 0
    assert run.ear.text["stdout"] == "ready\ncleaned up\n"


@pytest.mark.parametrize(
    ("ignored", "status", "least_s"),
    [
        ("SIGINT", -signal.SIGTERM, 0.2),
        ("SIGTERM", -signal.SIGINT, 0.0),
        ("SIGINT SIGTERM", -signal.SIGKILL, 0.5),
    ],
)
async def test_an_end_goes_on_to_sigterm_and_sigkill(
    tmp_path: Path, ignored: str, status: int, least_s: float
) -> None:
    source = f"""
        import signal, time
        for name in {ignored.split()}:
            signal.signal(getattr(signal, name), signal.SIG_IGN)
        print('ready')
        while True:
            time.sleep(0.05)
    """
    waits: dict[str, Any] = {"stop_int_s": 0.2, "stop_term_s": 0.3}
    if "SIGINT" not in ignored:
        waits["stop_int_s"] = WAIT_S
    elif "SIGTERM" not in ignored:
        waits["stop_term_s"] = WAIT_S
    async with started(tmp_path, source, **waits) as run:
        await run.ear.hears("ready\n")
        began = time.monotonic()
        await asyncio.wait_for(run.child.end(), WAIT_S)
        assert time.monotonic() - began >= least_s
        assert await run.status() == status


async def test_a_descendant_that_holds_the_output_holds_the_end_no_longer_than_the_drain(
    tmp_path: Path,
) -> None:
    source = """
        import os, signal
        reader, writer = os.pipe()
        if os.fork() == 0:
            os.setsid()
            print(os.getpid(), flush=True)
            os.close(writer)
            signal.alarm(30)
            signal.pause()
        os.close(writer)
        os.read(reader, 1)
    """
    async with started(tmp_path, source, drain_s=0.3) as run:
        began = time.monotonic()
        assert await run.status() == 0
        assert time.monotonic() - began < 5
        os.kill(int(run.ear.text["stdout"]), signal.SIGKILL)


async def test_an_end_after_the_end_returns_at_once(tmp_path: Path) -> None:
    async with started(tmp_path, "pass") as run:
        assert await run.status() == 0
        await asyncio.wait_for(run.child.end(), 1)


@pytest.mark.parametrize("what", ["take_output", "take_trace", "note_dropped_output"])
async def test_what_an_observer_raises_ends_the_child_and_is_raised(
    tmp_path: Path, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> None:
        raise LookupError("a defect")

    ear = Ear()
    monkeypatch.setattr(ear, what, fail)
    source = "import socket; sock = socket.socket(); print('x' * 5000, flush=True)\n" + PAUSE
    async with started(tmp_path, source, ear=ear, output_burst_bytes=100) as run:
        with pytest.raises(ExceptionGroup) as raised:
            await run.status()
        assert raised.group_contains(LookupError, match="a defect")
        assert not is_alive(run.pid)
        await asyncio.wait_for(run.child.end(), WAIT_S)
        run.life = asyncio.create_task(asyncio.sleep(0, 0))


async def test_a_child_whose_task_is_cancelled_is_dead_and_reaped(tmp_path: Path) -> None:
    async with started(tmp_path, PAUSE) as run:
        await run.ear.hears("ready\n")
        before = len(os.listdir("/proc/self/fd"))
        run.life.cancel()
        with pytest.raises(asyncio.CancelledError):
            await run.life
        with pytest.raises(ProcessLookupError):
            os.kill(run.pid, 0)
        await asyncio.sleep(0)
        assert len(os.listdir("/proc/self/fd")) < before
        run.life = asyncio.create_task(asyncio.sleep(0, 0))


async def test_a_flood_on_one_stream_does_not_keep_the_other_from_being_read(
    tmp_path: Path,
) -> None:
    source = """
        import os
        for _ in range(200):
            os.write(1, b'x' * 65536)
            os.write(2, b'y' * 65536)
    """
    async with started(tmp_path, source, output_burst_bytes=1000, output_rate_bytes=1) as run:
        assert await run.status() == 0
    told = sum(map(len, run.ear.text.values()))
    assert told + sum(size for _, size in run.ear.lost) == 2 * 200 * 65536
    assert told <= 1100
