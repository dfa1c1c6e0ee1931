"""`socketlab trace`: a program of one's own under the tracer, its calls in the terminal.

The program runs here, as whoever runs it, with this terminal as its own. Its calls are a table on
standard error, a row as each happens, so that what the program itself prints stays apart; with
`--json` they are JSON lines. With a room they go to a playground's page as well.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import Sequence
from typing import Protocol

from backend.domain.launch import StartOrder
from backend.runtime.processes.launcher import Launcher

READ_BYTES = 65536
RUN = "trace"


class Sink(Protocol):
    """Where the events of a traced program go."""

    def take(self, lines: list[bytes]) -> None:
        """Take events, each one JSON object."""

    def end(self, exit_status: int) -> None:
        """Take note that the program has ended."""


def trace_program(order: StartOrder, sinks: Sequence[Sink], launcher: Launcher) -> int:
    """Run a program under the tracer to its end; return its exit status.

    A sink that fails is told of once and left out from then on: the program goes on. Raises
    OSError when there can be no process.
    """
    # Ctrl+C is for the program, which the terminal sends it to as well.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return asyncio.run(_trace(order, list(sinks), launcher))


async def _trace(order: StartOrder, sinks: list[Sink], launcher: Launcher) -> int:
    loop = asyncio.get_running_loop()
    process = await launcher.start(order, run=RUN)
    with contextlib.closing(process):
        loop.add_signal_handler(signal.SIGTERM, process.signal_group, signal.SIGTERM)
        rest = b""
        while data := await loop.sock_recv(process.trace, READ_BYTES):
            *lines, rest = (rest + data).split(b"\n")
            _hand_out(sinks, lines)
        await process.ended()
        exit_status = await process.reap()
    for sink in sinks:
        with contextlib.suppress(OSError):
            sink.end(exit_status)
    return exit_status


def _hand_out(sinks: list[Sink], lines: list[bytes]) -> None:
    for sink in list(sinks):
        try:
            sink.take(lines)
        except OSError as error:
            sinks.remove(sink)
            print(f"socketlab trace: {error}", file=sys.stderr)
