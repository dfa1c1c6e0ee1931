"""A room's history: numbered events, bounded by count and by bytes.

Events are kept as they go out, encoded. Numbers start at 1 and have no gaps; when the oldest
events have been let go, a reader that asks for them gets a Gap that says how many it missed. A
history has an identity, its epoch: numbers of different epochs are not comparable.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from backend.domain.events import Event

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True)
class Cursor:
    """Where a reader stands: the number of the last event that it has, 0 for none.

    `epoch` is the history that this number is of; None where the reader does not say.
    """

    after: int
    epoch: str | None = None


class Gap(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="gap"):
    """Events between `after` and `next` that a reader cannot have any more.

    `missed` is how many, 0 when that cannot be known, because `after` is of another history than
    `epoch`, in which `next` counts.
    """

    after: int
    next: int
    missed: int
    epoch: str

    def encoded(self) -> bytes:
        """Return the JSON form, which has no number of its own."""
        return _encode(self)


@dataclass(frozen=True)
class Excerpt:
    """What a reader gets: perhaps a gap, then encoded events; and where it stands after them."""

    gap: Gap | None
    events: list[bytes]
    end: Cursor


class Timeline:
    """The bounded history of one room."""

    def __init__(self, *, epoch: str, limit_events: int, limit_bytes: int) -> None:
        self.epoch = epoch
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

    def read(self, cursor: Cursor, *, limit_events: int, limit_bytes: int) -> Excerpt:
        """Return the events after a cursor, the oldest first, at most so many.

        At least one event comes if there is one, even if it alone is over `limit_bytes`.
        """
        gap = self._gap_after(cursor)
        seq = cursor.after if gap is None else gap.next - 1
        index = self._start + seq - (self._first - 1)
        events: list[bytes] = []
        size = 0
        for encoded in self._events[index : index + limit_events]:
            size += len(encoded)
            if events and size > limit_bytes:
                break
            events.append(encoded)
        return Excerpt(gap, events, Cursor(seq + len(events), self.epoch))

    def _gap_after(self, cursor: Cursor) -> Gap | None:
        after, first = cursor.after, self._first
        is_other = cursor.epoch not in (None, self.epoch) or after > self.last_seq
        if not is_other and after >= first - 1:
            return None
        missed = 0 if is_other else first - after - 1
        return Gap(after=after, next=first, missed=missed, epoch=self.epoch)
