"""Viewers of one stream of events: how many events each has, and when it had them.

They look for the numbers of events in the bytes that come and at nothing else, so that 500 of them
cost less than what sends to them.
"""

from __future__ import annotations

import bisect
import contextlib
import select
import statistics
import time
from collections.abc import Iterator, Sequence

from tests.bench.load.wires import BUFFER_BYTES, Wire

NEEDLE = b'{"seq":'  # at the beginning of each event; inside of texts quotes are escaped


class Viewer:
    """One viewer. `counts` and `times` grow together: so many events were there at that time."""

    def __init__(self, wire: Wire) -> None:
        self.sock = wire.sock
        self.counts = [0]
        self.times = [0.0]
        self._buffer = bytearray(BUFFER_BYTES)
        self._early = wire.early
        self._rest = b""

    def take(self) -> None:
        """Take what has come. Raises ConnectionError at the end."""
        took = self.sock.recv_into(self._buffer)
        if not took:
            raise ConnectionResetError("the other side has closed")
        self._note(self._buffer[:took])

    def _note(self, data: bytes | bytearray) -> None:
        came = self._rest + data
        self._rest = came[1 - len(NEEDLE) :]
        if count := came.count(NEEDLE):
            self.counts.append(self.counts[-1] + count)
            self.times.append(time.monotonic())

    def forget(self) -> None:
        """Count from 0 again, but for what came with the handshake."""
        self.counts, self.times = [0], [0.0]
        early, self._early = self._early, b""
        self._note(early)

    def had(self, count: int) -> float:
        """Return when so many events were there."""
        return self.times[bisect.bisect_left(self.counts, count)]


class Audience:
    """All viewers of one stream."""

    def __init__(self, wires: Sequence[Wire]) -> None:
        self.viewers = [Viewer(wire) for wire in wires]
        self._by_number = {viewer.sock.fileno(): viewer for viewer in self.viewers}

    @contextlib.contextmanager
    def looking(self) -> Iterator[select.epoll]:
        """Forget what was; yield what tells who has something to take."""
        for viewer in self.viewers:
            viewer.forget()
        with select.epoll() as ready:
            for number in self._by_number:
                ready.register(number, select.EPOLLIN)
            yield ready

    def take(self, ready: select.epoll, within_s: float) -> None:
        """Take what comes in a time, once."""
        for number, _ in ready.poll(max(within_s, 0.0)):
            self._by_number[number].take()

    def have(self, count: int) -> bool:
        """Whether all have so many events."""
        return all(viewer.counts[-1] >= count for viewer in self.viewers)

    def last_behind_first_ms(self) -> float:
        """Return how far the last is behind the first, in the median of the batches.

        Where one viewer has a batch, it is looked when each of them had as many events.
        """
        common = min(viewer.counts[-1] for viewer in self.viewers)
        marks = [count for count in self.viewers[0].counts[1:] if count <= common]
        spreads = []
        for count in marks:
            had = [viewer.had(count) for viewer in self.viewers]
            spreads.append((max(had) - min(had)) * 1000)
        return statistics.median(spreads)
