"""The one writer: takes what is to be kept, in order, and writes it in few transactions.

A job is done on the writer's connection, within a transaction that others share. Who waits for it
knows when that is committed. Events wait for each other for `interval_s`, so that many of them are
one commit. When the database refuses, all stays where it was and is tried again: events as long as
there is room (then the oldest go, counted), jobs that somebody waits for at most `patience_s`.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field

from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backend.domain.errors import NotKept

Work = Callable[[AsyncConnection], Awaitable[None]]

PIECE_EVENTS = 256  # that go together when there is no room for them
RETRY_S = (0.2, 0.5, 1.0, 2.0)  # after a failure; the last one from then on

log = logging.getLogger(__name__)


@dataclass(eq=False)
class Job:
    """Something to be done in a transaction; `done` tells who waits for it."""

    work: Work
    done: asyncio.Future[None] | None = None
    since_s: float = 0.0


@dataclass(eq=False)
class Lines:
    """Events of one room that follow each other."""

    room: str
    first: int
    oldest: int  # those before are forgotten
    lines: list[bytes] = field(default_factory=list)
    size: int = 0


@dataclass(frozen=True, kw_only=True)
class WriterLimits:
    """What a writer may hold, and how long anything may take."""

    interval_s: float
    patience_s: float
    events: int
    size_bytes: int


class Writer:
    """Writes on a connection of its own, from a task of its own."""

    def __init__(
        self,
        engine: AsyncEngine,
        *,
        write_lines: Callable[[AsyncConnection, list[Lines]], Awaitable[None]],
        limits: WriterLimits,
        on_change: Callable[[str | None, int], None],
    ) -> None:
        """`on_change` is told why it fails, None when that is over; and how much was lost."""
        self._engine = engine
        self._write_lines = write_lines
        self._limits = limits
        self._on_change = on_change
        self._queue: deque[Lines | Job] = deque()
        self._latest: dict[Hashable, Work] = {}
        self._news = asyncio.Event()
        self._hurry = asyncio.Event()
        self._events = 0
        self._size = 0
        self._lost = 0
        self._reason: str | None = None
        self._connection: AsyncConnection | None = None
        self._is_closing = False
        self._task = asyncio.create_task(self._run(), name="store writer")

    def note_line(self, room: str, seq: int, line: bytes, oldest: int) -> None:
        """Write an event soon."""
        tail = self._queue[-1] if self._queue else None
        if not (isinstance(tail, Lines) and tail.room == room and len(tail.lines) < PIECE_EVENTS):
            tail = Lines(room, seq, oldest)
            self._queue.append(tail)
        tail.lines.append(line)
        tail.oldest = oldest
        tail.size += len(line)
        self._events += 1
        self._size += len(line)
        if self._events > self._limits.events or self._size > self._limits.size_bytes:
            self._drop_oldest()
        self._news.set()

    def note(self, key: Hashable, work: Work) -> None:
        """Do this soon, unless something of the same key comes before that and takes its place."""
        self._latest[key] = work
        self._news.set()

    def note_in_order(self, work: Work) -> None:
        """Do this soon, after what came before."""
        self._queue.append(Job(work))
        self._news.set()

    async def do(self, work: Work) -> None:
        """Do this; return when it is committed. Raises NotKept."""
        if self._is_closing:
            raise NotKept("the playground is ending")
        loop = asyncio.get_running_loop()
        job = Job(work, loop.create_future(), loop.time())
        self._queue.append(job)
        self._news.set()
        self._hurry.set()
        assert job.done is not None
        await job.done

    async def close(self, last: Work) -> None:
        """Write what is still to be written, then `last`; give up after `patience_s`."""
        if not self._is_closing:
            self._queue.append(Job(last))
            self._is_closing = True
            self._news.set()
            self._hurry.set()
        await asyncio.wait([self._task], timeout=self._limits.patience_s)
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await self._disconnect()

    # The task

    async def _run(self) -> None:
        failures = 0
        while True:
            await self._news.wait()
            await self._collect()
            queue, latest = self._take()
            try:
                await self._write(queue, latest)
            except Exception as error:
                if not isinstance(error, DBAPIError | OSError):
                    log.error("a defect of Socket Lab keeps it from remembering", exc_info=error)
                await self._disconnect()
                self._give_back(queue, latest)
                self._fail(words_of(error))
                await self._rest(RETRY_S[min(failures, len(RETRY_S) - 1)])
                failures += 1
                continue
            failures = 0
            self._succeed(queue)
            if self._is_closing and not self._queue and not self._latest:
                return

    async def _collect(self) -> None:
        """Let events come together, unless somebody waits."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._hurry.wait(), self._limits.interval_s)

    def _take(self) -> tuple[list[Lines | Job], dict[Hashable, Work]]:
        queue, latest = list(self._queue), self._latest
        self._queue.clear()
        self._latest = {}
        self._events = self._size = 0
        self._news.clear()
        self._hurry.clear()
        return queue, latest

    async def _write(self, queue: list[Lines | Job], latest: dict[Hashable, Work]) -> None:
        if self._connection is None:
            self._connection = await self._engine.connect()
        connection = self._connection
        async with connection.begin():
            for entry in _together(queue):
                if isinstance(entry, Job):
                    await self._try(entry, connection)
                else:
                    await self._write_lines(connection, entry)
            for work in latest.values():
                await self._try(Job(work), connection)

    async def _try(self, job: Job, connection: AsyncConnection) -> None:
        """Do a job; one that breaks for a reason of its own takes no other along."""
        try:
            async with connection.begin_nested():
                await job.work(connection)
        except OperationalError:
            raise
        except Exception as error:
            if isinstance(error, DBAPIError) and not isinstance(error, IntegrityError):
                raise
            if job.done is None:
                log.error("something could not be kept: %s", words_of(error))
            elif not job.done.done():
                job.done.set_exception(error)

    def _succeed(self, queue: list[Lines | Job]) -> None:
        for entry in queue:
            if isinstance(entry, Job) and entry.done is not None and not entry.done.done():
                entry.done.set_result(None)
        if self._reason is not None or self._lost:
            self._on_change(None, self._lost)
            self._reason, self._lost = None, 0

    def _fail(self, reason: str) -> None:
        """Note why, and tell those who have waited long enough."""
        if reason != self._reason:
            self._reason = reason
            self._on_change(reason, self._lost)
        now_s = asyncio.get_running_loop().time()
        for entry in list(self._queue):
            if not isinstance(entry, Job) or entry.done is None:
                continue
            if entry.done.done():  # whoever waited has gone
                self._queue.remove(entry)
            elif now_s - entry.since_s >= self._limits.patience_s:
                self._queue.remove(entry)
                entry.done.set_exception(NotKept(reason))

    async def _rest(self, for_s: float) -> None:
        """Wait before the next try; whoever asks for something meanwhile does not shorten it."""
        await asyncio.sleep(for_s)
        self._news.set()

    async def _disconnect(self) -> None:
        """Let go of the connection: the file may be another one when it is there again."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(DBAPIError, OSError):
                await connection.close()

    # What waits

    def _give_back(self, queue: list[Lines | Job], latest: dict[Hashable, Work]) -> None:
        self._queue.extendleft(reversed(queue))
        self._latest = {**latest, **self._latest}
        for entry in queue:
            if isinstance(entry, Lines):
                self._events += len(entry.lines)
                self._size += entry.size
        if self._events > self._limits.events or self._size > self._limits.size_bytes:
            self._drop_oldest()

    def _drop_oldest(self) -> None:
        """Make room: let the oldest events go, an eighth of all at once, and count them."""
        events = self._limits.events * 7 // 8
        size = self._limits.size_bytes * 7 // 8
        kept: deque[Lines | Job] = deque()
        while self._queue and (self._events > events or self._size > size):
            entry = self._queue.popleft()
            if isinstance(entry, Job):
                kept.append(entry)
                continue
            self._lost += len(entry.lines)
            self._events -= len(entry.lines)
            self._size -= entry.size
        self._queue.extendleft(reversed(kept))


def _together(queue: list[Lines | Job]) -> list[list[Lines] | Job]:
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
            raise_to = Lines(entry.room, before.first, entry.oldest, joined)
            group = result[-1]
            assert isinstance(group, list)
            group[group.index(before)] = raise_to
            by_room[entry.room] = raise_to
            continue
        if not result or isinstance(result[-1], Job):
            result.append([])
        group = result[-1]
        assert isinstance(group, list)
        group.append(entry)
        by_room[entry.room] = entry
    return result


def words_of(error: Exception) -> str:
    """Return what SQLite or the kernel said, without the statement."""
    return str(error.orig if isinstance(error, DBAPIError) else error)
