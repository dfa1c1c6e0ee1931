"""`socketlab trace`: a program of one's own under the tracer, its calls in the terminal.

The program runs here, as whoever runs it, with this terminal as its own. Its calls are a table on
standard error, a row as each happens, so that what the program itself prints stays apart; with
`--json` they are JSON lines. With a room they go to a playground's page as well, and with them what
the program prints.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import signal
import socket
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol, TextIO

from backend.domain.launch import StartOrder
from backend.runtime.processes.launcher import Launcher
from backend.runtime.processes.spawn import SpawnLauncher

READ_BYTES = 65536
OUTPUT = re.compile(rb'\{"type":"output"|\{"type":"dropped"[^{}]*"what":"output"')  # prints.py
REST_S = 0.5  # after the end of the program, for what was told before
RUN = "trace"


class Sink(Protocol):
    """Where the events of a traced program go; `hears_output`: also those of what it prints."""

    hears_output: bool

    def take(self, lines: list[bytes]) -> None:
        """Take events, each one JSON object."""

    def end(self, exit_status: int) -> None:
        """Take note that the program has ended."""


def run_traced(order: StartOrder, *, as_json: bool, output: Path | None, room: str | None) -> int:
    """Run a program of one's own to its end, its calls shown; return its exit status.

    They go to `output`, else to standard error, unless they go to a `room`, the address of a
    playground's page. Raises OSError, with words, when it cannot begin.
    """
    with contextlib.ExitStack() as stack:
        sinks: list[Sink] = []
        file = sys.stderr if output is None else stack.enter_context(_written(output))
        if room is not None:
            from backend.terminal.room import join_room

            sinks.append(stack.enter_context(join_room(room, order)))
        if as_json:
            from backend.terminal.json_lines import JsonLines

            sinks.append(JsonLines(file))
        elif room is None or output:
            from backend.terminal.table import Table

            sinks.append(Table(file))
        return trace_program(order, sinks, SpawnLauncher(here=True, prints=room is not None))


@contextlib.contextmanager
def _written(path: Path) -> Iterator[TextIO]:
    """Open a file to be written. All is flushed before its end, where nothing is left to fail."""
    file = path.open("w", encoding="utf-8", errors="backslashreplace")
    try:
        yield file
    finally:
        with contextlib.suppress(OSError):
            file.close()


def trace_program(order: StartOrder, sinks: Sequence[Sink], launcher: Launcher) -> int:
    """Run a program under the tracer to its end; return its exit status.

    It outlives whoever reads what it tells: a sink that fails is told of once and left out from
    then on. Raises OSError when there can be no process.
    """
    # Ctrl+C is for the program, which the terminal sends it to as well.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return asyncio.run(_trace(order, list(sinks), launcher))


async def _trace(order: StartOrder, sinks: list[Sink], launcher: Launcher) -> int:
    loop = asyncio.get_running_loop()
    process = await launcher.start(order, run=RUN)
    with contextlib.closing(process):
        loop.add_signal_handler(signal.SIGTERM, process.signal_group, signal.SIGTERM)
        reader = asyncio.create_task(_read(process.trace, sinks))
        await process.ended()
        # Children that were forked may live on, and hold the channel's other end.
        await asyncio.wait({reader}, timeout=REST_S)
        if reader.done():
            reader.result()
        else:
            reader.cancel()
        exit_status = await process.reap()
    for sink in sinks:
        with contextlib.suppress(OSError):
            sink.end(exit_status)
    return exit_status


async def _read(channel: socket.socket, sinks: list[Sink]) -> None:
    loop = asyncio.get_running_loop()
    rest = b""
    while data := await loop.sock_recv(channel, READ_BYTES):
        *lines, rest = (rest + data).split(b"\n")
        _hand_out(sinks, lines)


def _hand_out(sinks: list[Sink], lines: list[bytes]) -> None:
    calls = [line for line in lines if not OUTPUT.match(line)]
    for sink in list(sinks):
        try:
            sink.take(lines if sink.hears_output else calls)
        except OSError as error:
            sinks.remove(sink)
            _say(error)


def _say(error: OSError) -> None:
    # Standard error may be what has gone.
    with contextlib.suppress(OSError):
        print(f"socketlab trace: {error}. Its calls are not shown there any more.", file=sys.stderr)
