"""A room's history: numbered events, bounded by count and by bytes.

Events are kept as they go out, encoded. Numbers start at 1 and have no gaps; when the oldest
events have been let go, a reader that asks for them gets a Gap that says how many it missed.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from backend.domain.events import Event

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, kw_only=True)
class Gap:
    """Events between `after` and `next` that a reader cannot have any more.

    `next` <= `after` means that the reader's numbers are of another history.
    """

    after: int
    next: int

    @property
    def missed(self) -> int:
        """How many events are missing, 0 when that cannot be known."""
        return max(0, self.next - self.after - 1)

    def encoded(self) -> bytes:
        """Return the JSON form, which has no number of its own."""
        return _encode(
            {"type": "gap", "after": self.after, "next": self.next, "missed": self.missed}
        )


@dataclass(frozen=True)
class Page:
    """What a reader gets: perhaps a gap, then encoded events, and the number of the last one."""

    gap: Gap | None
    events: list[bytes]
    last: int


class Timeline:
    """The bounded history of one room."""

    def __init__(self, *, limit_events: int, limit_bytes: int) -> None:
        self._limit_events = limit_events
        self._limit_bytes = limit_bytes
        self._events: list[bytes] = []
        self._start = 0  # index of the oldest event that is still kept
        self._first = 1  # its number
        self._bytes = 0

    @property
    def last_seq(self) -> int:
        """The number of the newest event, 0 when there was none."""
        return self._first + len(self._events) - self._start - 1

    @property
    def held_bytes(self) -> int:
        """Size of the kept events."""
        return self._bytes

    def append(self, event: Event) -> int:
        """Give the event its number, keep it, let the oldest go; return the number."""
        seq = self.last_seq + 1
        encoded = b'{"seq":%d,' % seq + _encode(event)[1:]
        self._events.append(encoded)
        self._bytes += len(encoded)
        while self._bytes > self._limit_bytes or len(self._events) - self._start > (
            self._limit_events
        ):
            self._bytes -= len(self._events[self._start])
            self._events[self._start] = b""
            self._start += 1
            self._first += 1
        if self._start > 1024 and self._start > len(self._events) // 2:
            del self._events[: self._start]
            self._start = 0
        return seq

    def after(self, seq: int, *, limit_events: int, limit_bytes: int) -> Page:
        """Return the events after number `seq`, the oldest first, at most so many.

        At least one event comes if there is one, even if it alone is over `limit_bytes`.
        """
        gap = None
        if seq > self.last_seq or seq < self._first - 1:
            gap = Gap(after=seq, next=self._first)
            seq = self._first - 1
        index = self._start + seq - (self._first - 1)
        events: list[bytes] = []
        size = 0
        for encoded in self._events[index : index + limit_events]:
            size += len(encoded)
            if events and size > limit_bytes:
                break
            events.append(encoded)
        return Page(gap, events, seq + len(events))
