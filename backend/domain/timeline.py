"""A room's history: numbered events, bounded by count and by bytes.

Events are kept as they go out, encoded. Numbers start at 1 and have no gaps; when the oldest
events have been let go, a reader that asks for them gets a Gap that says how many it missed, as it
does in the midst of it for those that a restart has lost. A history has an identity, its epoch:
numbers of different epochs are not comparable.

An event is one line wherever it is read: what JSON may hold as it is and `str.splitlines`, and so
many an HTTP client, cuts at (U+0085, U+2028, U+2029) is escaped. JSON itself escapes the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import msgspec
from msgspec.structs import replace

from backend.domain.events import Event

MISSING = b""  # stands for an event that a restart has lost

_encode = msgspec.json.Encoder().encode


def encode_line(value: msgspec.Struct) -> bytes:
    """Return a value as JSON that no reader of lines cuts in two (see above)."""
    encoded = _encode(value)
    if encoded.isascii():  # as most are: nothing that can be measured
        return encoded
    # To look for one byte is many times quicker than for two or three.
    if b"\xc2" in encoded:
        encoded = encoded.replace(b"\xc2\x85", rb"\u0085")
    if b"\xe2" in encoded:
        encoded = encoded.replace(b"\xe2\x80\xa8", rb"\u2028").replace(b"\xe2\x80\xa9", rb"\u2029")
    return encoded


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
        return encode_line(self)


@dataclass(frozen=True)
class Excerpt:
    """What a reader gets: perhaps a gap, then encoded events; and where it stands after them."""

    gap: Gap | None
    events: list[bytes]
    end: Cursor

    @property
    def lines(self) -> list[bytes]:
        """The JSON forms of all of it, in order."""
        return [self.gap.encoded(), *self.events] if self.gap else self.events


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

    @property
    def first_seq(self) -> int:
        """The number of the oldest event that is kept, one more than the newest if none is."""
        return self._first

    def restore(self, stretches: Iterable[tuple[int, Iterable[bytes]]], last_seq: int) -> None:
        """Take back a history: events that follow each other, each time from a number on.

        It must be empty. What is missing between stretches, and up to `last_seq`, is a gap.
        """
        for first, lines in stretches:
            self._leave_out(first - 1 - self.last_seq)
            for line in lines:  # one at a time: a history may be longer than this one may be now
                self._add([line])
        self._leave_out(last_seq - self.last_seq)

    def _leave_out(self, count: int) -> None:
        """Go on as many numbers later."""
        if self._start == len(self._events) or count > self._limit_events:
            self._first = self.last_seq + 1 + count
            self._events, self._start, self._bytes = [], 0, 0
            return
        self._add([MISSING] * count)

    def append(self, event: Event) -> int:
        """Give the event its number, keep it, let the oldest go; return the number."""
        self.extend((event,))
        return self.last_seq

    def extend(self, events: Iterable[Event]) -> list[bytes]:
        """Give events their numbers, keep them, let the oldest go; return the events, encoded."""
        first = self.last_seq + 1
        encoded = [
            b'{"seq":%d,' % seq + encode_line(event)[1:] for seq, event in enumerate(events, first)
        ]
        self._add(encoded)
        return encoded

    def _add(self, encoded: list[bytes]) -> None:
        self._events += encoded
        self._bytes += sum(map(len, encoded))
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
            if encoded is MISSING or (events and size > limit_bytes):
                break
            events.append(encoded)
        return Excerpt(gap, events, Cursor(seq + len(events), self.epoch))

    def pieces(
        self, cursor: Cursor, *, limit_events: int, piece_events: int, piece_bytes: int
    ) -> Iterator[Excerpt]:
        """Yield the events after a cursor up to the newest of now, piece by piece.

        Each piece is read when it is asked for, so that what nobody asks for is held nowhere but in
        the history. What that has let go meanwhile is a gap, and counts for `limit_events`.
        """
        excerpt = self.read(
            cursor, limit_events=min(piece_events, limit_events), limit_bytes=piece_bytes
        )
        first = excerpt.end.after - len(excerpt.events) + 1
        last = min(self.last_seq, first + limit_events - 1)
        yield excerpt
        while (left := last - excerpt.end.after) > 0:
            excerpt = self.read(
                excerpt.end, limit_events=min(piece_events, left), limit_bytes=piece_bytes
            )
            yield self._up_to(last, excerpt)

    def _up_to(self, last: int, excerpt: Excerpt) -> Excerpt:
        """Leave out what a gap has brought in from beyond a number."""
        gap, surplus = excerpt.gap, excerpt.end.after - last
        if gap is None or surplus <= 0:
            return excerpt
        if gap.next > last + 1:
            gap = replace(gap, next=last + 1, missed=last - gap.after)
        events = excerpt.events[: max(0, len(excerpt.events) - surplus)]
        return Excerpt(gap, events, Cursor(last, self.epoch))

    def _gap_after(self, cursor: Cursor) -> Gap | None:
        after = cursor.after
        is_other = cursor.epoch not in (None, self.epoch) or after > self.last_seq
        following = self._first if is_other else max(after + 1, self._first)
        index = self._start + following - self._first
        while index < len(self._events) and self._events[index] is MISSING:
            index += 1
            following += 1
        if not is_other and following == after + 1:
            return None
        missed = 0 if is_other else following - after - 1
        return Gap(after=after, next=following, missed=missed, epoch=self.epoch)
