"""Reads what a program prints, as fast as it prints it, and tells no more than anybody can read.

A program is never blocked by us: what is over its rate is read, counted and let go. Text is
decoded piece by piece, so that a character that two reads cut in half stays whole; one that the
rate cuts in half is let go and counted with the rest, so that what is told is what was printed.
"""

from __future__ import annotations

import asyncio
import codecs
import os
import time
from collections.abc import Callable
from typing import IO

from backend.domain.meter import Bucket, Meter

READ_BYTES = 256 * 1024
REPORT_DROPPED_S = 0.5
TAIL_BYTES = 2048


class OutputReader:
    """One stream of one process, from its first byte to its end.

    `tell(text)` gets the pieces that pass, `tell_dropped(count, bytes)` the number of reads and
    bytes that did not, at most every REPORT_DROPPED_S. What they raise ends the reading, and is
    raised by `ended`.
    """

    def __init__(
        self,
        stream: IO[bytes],
        *,
        bucket: Bucket,
        piece_bytes: int,
        tell: Callable[[str], None],
        tell_dropped: Callable[[int, int], None],
    ) -> None:
        self._fd = stream.fileno()
        self._meter = Meter(bucket)
        self._piece_bytes = piece_bytes
        self._tell = tell
        self._tell_dropped = tell_dropped
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._loop = asyncio.get_running_loop()
        self._cut = False  # the next byte may be in the middle of a character
        self._report: asyncio.TimerHandle | None = None
        self._ended = asyncio.Event()
        self._defect: Exception | None = None
        self.tail = b""
        self._loop.add_reader(self._fd, self._guard, self._readable)

    async def ended(self) -> None:
        """Wait until the stream has ended."""
        await self._ended.wait()
        if self._defect is not None:
            raise self._defect

    def close(self) -> None:
        """Stop reading; tell what is left to tell. More than once does no harm."""
        if self._ended.is_set():
            return
        self._stop()
        if text := self._decoder.decode(b"", final=True):
            self._tell(text)
        self._report_dropped()

    def _stop(self) -> None:
        self._loop.remove_reader(self._fd)
        if self._report is not None:
            self._report.cancel()
        self._ended.set()

    def _guard(self, work: Callable[[], None]) -> None:
        """Do what the loop calls us for: nobody but the loop would see what is raised here."""
        try:
            work()
        except Exception as defect:
            self._defect = defect
            self._stop()

    def _readable(self) -> None:
        try:
            data = os.read(self._fd, READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.close()
            return
        self.tail = (self.tail + data[-TAIL_BYTES:])[-TAIL_BYTES:]
        passed = self._meter.take(len(data), time.monotonic())
        if passed:
            self._pass_on(data[:passed])
        if passed < len(data):
            self._drop(len(data) - passed)

    def _pass_on(self, data: bytes) -> None:
        if self._cut:
            self._cut = False
            rest = _rest_of_character(data)
            self._meter.add_bytes(rest)
            data = data[rest:]
        self._report_dropped()
        for start in range(0, len(data), self._piece_bytes):
            text = self._decoder.decode(data[start : start + self._piece_bytes])
            if text:
                self._tell(text)

    def _drop(self, n: int) -> None:
        undecoded, _ = self._decoder.getstate()
        self._decoder.reset()
        self._cut = True
        self._meter.drop(len(undecoded) + n)
        if self._report is None:
            self._report = self._loop.call_later(
                REPORT_DROPPED_S, self._guard, self._report_dropped
            )

    def _report_dropped(self) -> None:
        if self._report is not None:
            self._report.cancel()
            self._report = None
        if untold := self._meter.collect():
            self._tell_dropped(untold.count, untold.bytes)


def _rest_of_character(data: bytes) -> int:
    """Return how many bytes at the start continue a character: 3 at most (RFC 3629, 3)."""
    return next((n for n, byte in enumerate(data[:3]) if byte & 0xC0 != 0x80), len(data[:3]))
