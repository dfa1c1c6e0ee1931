"""Tasks that cannot be looked at when their loop becomes idle are looked at later, if it still is.

Until then nobody would say what they wait for, however long that is.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from backend.tracing import channel as channels
from backend.tracing.notes import Call, compact
from backend.tracing.tasks import LONG_NS, PAUSES
from tests.tracing.end import End
from tests.tracing.runs import Record, Traced

LINES = """\
import asyncio, socket, sys
async def lines():
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, sys.stdin)
    return reader
"""
# To find what each of so many waits for takes long.
CROWD = f"""{LINES}
async def wait(deep):
    await (wait(deep - 1) if deep else asyncio.Event().wait())
async def main():
    typed = await lines()
    crowd = [asyncio.create_task(wait(90)) for _ in range(190)]
    await typed.readline()  # one
    await typed.readline()  # two
asyncio.run(main())
"""
FLOOD = f"""{LINES}
async def main():
    typed = await lines()
    left, right = socket.socketpair()
    for _ in range(20_000):
        left.send(b"x")
        right.recv(1)
    await typed.readline()  # one
asyncio.run(main())
"""


def waiting(text: str, mark: str) -> Callable[[Record], bool]:
    """Return whether a record says that `main` waits in a line of a program with that mark."""
    line = 1 + next(n for n, each in enumerate(text.splitlines()) if each.endswith(mark))
    return lambda record: (
        record["type"] == "thread"
        and (record["event"], record.get("line")) == ("waits", line)
        and record["thread"].endswith("(main)")
    )


def go_on(run: Traced) -> None:
    assert run.process.stdin is not None
    run.process.stdin.write(b"\n")
    run.process.stdin.flush()


def test_what_awaits_in_the_pause_after_a_long_look_is_told_after_it(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(CROWD)
    with Traced(program) as run:
        first = run.records(until=waiting(CROWD, "# one"))[-1]
        go_on(run)
        second = run.records(until=waiting(CROWD, "# two"))[-1]
        assert time.monotonic() - first["t"] >= LONG_NS * PAUSES / 1e9
        assert second["t"] > first["t"]
        go_on(run)
        run.records()
        assert (run.outcome().status, run.outcome().err) == (0, "")


def test_what_awaits_while_nothing_more_can_be_told_is_told_afterwards(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(FLOOD)
    with Traced(program) as run:
        told = run.records(until=waiting(FLOOD, "# one"))
        assert [record for record in told if record["type"] == "dropped"]
        go_on(run)
        run.records()
        assert (run.outcome().status, run.outcome().err) == (0, "")


class Looked:
    """Tasks of which something is to be told, once."""

    def __init__(self, count: int) -> None:
        self.not_before_ns, self._count = 0, count
        self.seen_in: Call | None = None

    def look(self, call: Call) -> list[str]:
        self.seen_in = call
        return [compact({"task": number}) for number in range(self._count)]


def test_what_a_look_finds_is_told_though_there_is_hardly_room(
    end: End, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channels, "RATE", 0.0)
    end.channel._tokens = 1
    end.thread.tasks = Looked(3)
    end.enter((time.monotonic_ns(), "recv", "", "", "", "", None))
    assert end.record()["phase"] == "enter"
    assert [end.record() for _ in range(3)] == [{"task": number} for number in range(3)]
