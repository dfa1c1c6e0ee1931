"""Tells what the program prints through sys.stdout and sys.stderr, and changes nothing of it.

The streams stay the very objects that the interpreter made, with their buffers, their encoding and
what their `isatty` says: only `write` of each is hidden by one of ours, which is where `print`,
`logging`, `writelines` and tracebacks come through. The real one writes, and what it took is told
then; a signal in between finds the text in the stream, as after any print. What goes past the text
(`sys.stdout.buffer`, `os.write`, a stream that the program makes, child processes) is in the
terminal alone.
"""

from __future__ import annotations

import atexit
import io
import sys
import time
from collections.abc import Callable
from typing import Any

from backend.tracing.channel import Channel
from backend.tracing.notes import compact

PIECE = 4096  # characters of a record
COST = 100  # of a record beside its characters
RATE = 40_000.0  # characters and costs a second that can be told for ever
BURST = 200_000.0  # the same at once, after a pause

_monotonic = time.monotonic


def install(channel: Channel) -> None:
    """Tell from now on what is printed. A stream that is none, or no text stream, is left alone."""
    teller = _Teller(channel)
    # What is left is told after the program's own exit handlers, for it is registered before them.
    atexit.register(teller.report)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if type(stream) is io.TextIOWrapper:
            vars(stream)["write"] = _writer(stream.write, name, teller)


def _writer(real: Callable[..., int], name: str, teller: _Teller) -> Callable[..., int]:
    def write(*args: Any, **kwargs: Any) -> int:
        written = real(*args, **kwargs)
        teller.tell(name, args[0])
        return written

    return write


class _Teller:
    """Records of what is printed, up to a rate; the rest is counted.

    Two threads that print at the same moment may be counted a little wrong, and never wait.
    """

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._run = compact(channel.run)
        self._tokens = BURST
        self._earned = _monotonic()
        self._shut = False
        self._dropped = 0
        self._dropped_bytes = 0

    def tell(self, stream: str, text: str) -> None:
        """Tell a text that has been printed, in pieces."""
        for at in range(0, len(text), PIECE):
            piece = text[at : at + PIECE]
            if not piece.isascii():  # a lone surrogate is no Unicode, and nobody else's
                piece = piece.encode("utf-8", "replace").decode()
            if self._passes(COST + len(piece)):
                self.report()
                self._channel.tell_surely(self._record("output", stream=stream, text=piece))
            else:
                self._dropped += 1
                self._dropped_bytes += len(piece.encode())

    def report(self) -> None:
        """Tell how much has not been told."""
        count, size = self._dropped, self._dropped_bytes
        if count:
            self._dropped -= count
            self._dropped_bytes -= size
            record = self._record("dropped", what="output", count=count, bytes=size)
            self._channel.tell_surely(record)

    def _passes(self, cost: int) -> bool:
        """Whether so much may be told; after a flood not before half a burst has come together."""
        now = _monotonic()
        self._tokens = min(BURST, self._tokens + (now - self._earned) * RATE)
        self._earned = now
        self._shut = self._tokens < (BURST / 2 if self._shut else cost)
        if not self._shut:
            self._tokens -= cost
        return not self._shut

    def _record(self, kind: str, **fields: Any) -> str:
        members = compact(fields)[1:]
        return f'{{"type":"{kind}","t":{_monotonic()!r},"run":{self._run},{members}'
