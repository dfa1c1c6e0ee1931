"""The launcher: whoever starts programs is given one, and knows nothing of how it does it.

A program is started under the tracer, which tells what it does over the trace channel, one of the
process's two ends of a socket pair; when our end closes, the program is killed. Its signals are as
a terminal has them, whatever we were started with.
"""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Protocol

from backend.domain.launch import StartOrder


@dataclass(frozen=True)
class Streams:
    """Our ends of a program's standard streams: pipes. Reading from them does not block."""

    stdin: IO[bytes]
    stdout: IO[bytes]
    stderr: IO[bytes]


class Process(Protocol):
    """One process: its streams, its trace channel, its end."""

    @property
    def pid(self) -> int:
        """Its id, which is no other process's before `reap` has returned."""

    @property
    def streams(self) -> Streams | None:
        """Its standard streams; None when they are ours: it shares our terminal."""

    @property
    def trace(self) -> socket.socket:
        """Our end of the trace channel. Reading from it does not block."""

    @property
    def excess(self) -> str | None:
        """Which of its bounds it had passed, as a sentence, if it was ended for that."""

    def on_slowed(self, tell: Callable[[bool], None]) -> None:
        """Tell from now on when it begins to be slowed for its use of the processor, and ends."""

    async def ended(self) -> None:
        """Wait for its end. It is a zombie then: its ids are not yet free."""

    def signal_group(self, number: signal.Signals) -> None:
        """Send a signal to the process and its group; to it alone if the group is ours, too.

        Does nothing once it is reaped. Raises nothing.
        """

    async def reap(self) -> int:
        """End what is left of it and its group, take the zombie away; return the exit status.

        Negative for a signal, as in subprocess. A second time it only returns the status again.
        """

    def close(self) -> None:
        """Close our ends of its streams and trace channel, clear its directory away.

        To be called once all is read and the process is reaped.
        """


class Launcher(Protocol):
    """Makes processes of programs."""

    async def start(self, order: StartOrder, *, run: str, port: int | None = None) -> Process:
        """Start the order's program under the tracer, with the arguments for this port.

        `run` is the id that the tracer puts into everything that it tells. Raises OSError when the
        operating system cannot make a process, ValueError for an argument with a NUL or a lone
        surrogate in it.
        """
