"""What waits to be written, in order: events of rooms, and jobs; with a bound for the events.

Events of a room that follow each other are one entry. When there is no room for more, the oldest
events go, an eighth of all at once, and are counted: jobs never go that way.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

Work = Callable[[Connection], None]

PIECE_EVENTS = 256  # that go together when there is no room for them


@dataclass(eq=False)
class Job:
    """Something to be done in a transaction; `done` tells who waits for it."""

    work: Work
    since_s: float  # when it came
    done: asyncio.Future[None] | None = None


@dataclass(eq=False)
class Lines:
    """Events of one room that follow each other."""

    room: str
    first: int
    oldest: int  # those before are forgotten
    since_s: float  # when the first of them came
    lines: list[bytes] = field(default_factory=list)
    size: int = 0


@dataclass(frozen=True, kw_only=True)
class Batch:
    """What was taken to be written in one go; `latest` by key."""

    queue: list[Lines | Job]
    latest: dict[Hashable, Work]
    since_s: float  # when the first of it came

    @property
    def events(self) -> int:
        """How many events it has."""
        return sum(len(entry.lines) for entry in self.queue if isinstance(entry, Lines))


class Backlog:
    """What waits. Times are in seconds, given by the caller."""

    def __init__(self, *, events: int, size_bytes: int) -> None:
        self.lost = 0  # events that went for want of room
        self._events_limit = events
        self._size_limit = size_bytes
        self._queue: deque[Lines | Job] = deque()
        self._latest: dict[Hashable, Work] = {}
        self._events = 0
        self._size = 0
        self._since_s: float | None = None

    def __bool__(self) -> bool:
        """Whether anything waits."""
        return bool(self._queue or self._latest)

    @property
    def events(self) -> int:
        """How many events wait."""
        return self._events

    @property
    def since_s(self) -> float | None:
        """When the first of what waits came; None when nothing does."""
        return self._since_s if self else None

    def add_lines(
        self, room: str, first: int, lines: Sequence[bytes], *, oldest: int, now_s: float
    ) -> None:
        """Add events that follow each other, `first` the number of the first of them."""
        self._note_time(now_s)
        done = 0
        while done < len(lines):
            tail = self._tail_of(room, first + done, oldest, now_s)
            part = lines[done : done + PIECE_EVENTS - len(tail.lines)]
            size = sum(map(len, part))
            tail.lines += part
            tail.oldest = oldest
            tail.size += size
            self._events += len(part)
            self._size += size
            done += len(part)
        self._hold_to_bounds()

    def _tail_of(self, room: str, seq: int, oldest: int, now_s: float) -> Lines:
        """Return the entry that takes the event with this number."""
        tail = self._queue[-1] if self._queue else None
        if isinstance(tail, Lines) and tail.room == room and len(tail.lines) < PIECE_EVENTS:
            return tail
        made = Lines(room, seq, oldest, now_s)
        self._queue.append(made)
        return made

    def add_job(self, job: Job) -> None:
        """Add a job."""
        self._note_time(job.since_s)
        self._queue.append(job)

    def put_latest(self, key: Hashable, work: Work, *, now_s: float) -> None:
        """Add something that takes the place of what waits under the same key."""
        self._note_time(now_s)
        self._latest[key] = work

    def take(self) -> Batch:
        """Take all that waits."""
        batch = Batch(queue=list(self._queue), latest=self._latest, since_s=self._since_s or 0.0)
        self._queue.clear()
        self._latest = {}
        self._events = self._size = 0
        self._since_s = None
        return batch

    def give_back(self, batch: Batch) -> None:
        """Put what was taken before what has come since."""
        self._since_s = batch.since_s
        self._queue.extendleft(reversed(batch.queue))
        self._latest = {**batch.latest, **self._latest}
        for entry in batch.queue:
            if isinstance(entry, Lines):
                self._events += len(entry.lines)
                self._size += entry.size
        self._hold_to_bounds()

    def remove_jobs(self, is_over: Callable[[Job], bool]) -> None:
        """Let those jobs go of which this is true."""
        for entry in [each for each in self._queue if isinstance(each, Job) and is_over(each)]:
            self._queue.remove(entry)

    def _note_time(self, now_s: float) -> None:
        if not self:
            self._since_s = now_s

    def _hold_to_bounds(self) -> None:
        if self._events <= self._events_limit and self._size <= self._size_limit:
            return
        events, size = self._events_limit * 7 // 8, self._size_limit * 7 // 8
        kept: deque[Lines | Job] = deque()
        while self._queue and (self._events > events or self._size > size):
            entry = self._queue.popleft()
            if isinstance(entry, Job):
                kept.append(entry)
                continue
            self.lost += len(entry.lines)
            self._events -= len(entry.lines)
            self._size -= entry.size
        self._queue.extendleft(reversed(kept))


def together(queue: list[Lines | Job]) -> list[list[Lines] | Job]:
    """Put events between two jobs together, those of a room into one where nothing is missing."""
    result: list[list[Lines] | Job] = []
    by_room: dict[str, Lines] = {}
    for entry in queue:
        if isinstance(entry, Job):
            result.append(entry)
            by_room = {}
            continue
        before = by_room.get(entry.room)
        if before is not None and before.first + len(before.lines) == entry.first:
            joined = [*before.lines, *entry.lines]
            both = Lines(entry.room, before.first, entry.oldest, before.since_s, joined)
            group = result[-1]
            assert isinstance(group, list)
            group[group.index(before)] = both
            by_room[entry.room] = both
            continue
        if not result or isinstance(result[-1], Job):
            result.append([])
        group = result[-1]
        assert isinstance(group, list)
        group.append(entry)
        by_room[entry.room] = entry
    return result
