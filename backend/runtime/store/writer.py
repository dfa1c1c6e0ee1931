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
import time
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from backend.domain.errors import NotKept
from backend.domain.remembered import StoreLoad
from backend.runtime.store.backlog import Backlog, Batch, Job, Lines, Work, together

RETRY_S = (0.2, 0.5, 1.0, 2.0)  # after a failure; the last one from then on

log = logging.getLogger(__name__)
T = TypeVar("T")
Refused = dict[Job, Exception]


@dataclass(frozen=True, kw_only=True)
class WriterLimits:
    """What a writer may hold, and how long anything may take."""

    interval_s: float
    patience_s: float
    events: int
    size_bytes: int


class Writer:
    """Writes on a connection of its own: a task says what and when, a thread of its own does it.

    So nothing else of the playground waits while the database works.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        write_lines: Callable[[Connection, list[Lines]], None],
        limits: WriterLimits,
        on_change: Callable[[str | None, int], None],
    ) -> None:
        """`on_change` is told why it fails, None when that is over; and how much was lost."""
        self._engine = engine
        self._write_lines = write_lines
        self._limits = limits
        self._on_change = on_change
        self._backlog = Backlog(events=limits.events, size_bytes=limits.size_bytes)
        self._batch: Batch | None = None  # what is being written
        self._news = asyncio.Event()
        self._hurry = asyncio.Event()
        self._reason: str | None = None
        self._connection: Connection | None = None  # the thread's
        self._thread = ThreadPoolExecutor(1, "store writer")
        self._is_closing = False
        self._task = asyncio.create_task(self._run(), name="store writer")

    def note_lines(self, room: str, first: int, lines: Sequence[bytes], oldest: int) -> None:
        """Write events soon."""
        self._backlog.add_lines(room, first, lines, oldest=oldest, now_s=self._now_s())
        self._news.set()

    def note(self, key: Hashable, work: Work) -> None:
        """Do this soon, unless something of the same key comes before that and takes its place."""
        self._backlog.put_latest(key, work, now_s=self._now_s())
        self._news.set()

    def note_in_order(self, work: Work) -> None:
        """Do this soon, after what came before."""
        self._backlog.add_job(Job(work, self._now_s()))
        self._news.set()

    async def do(self, work: Work) -> None:
        """Do this; return when it is committed. Raises NotKept."""
        if self._is_closing:
            raise NotKept("the playground is ending")
        done = asyncio.get_running_loop().create_future()
        self._backlog.add_job(Job(work, self._now_s(), done))
        self._news.set()
        self._hurry.set()
        await done

    def load(self) -> StoreLoad:
        """Return how much waits to be written, and for how long."""
        backlog, batch = self._backlog, self._batch
        since_s = backlog.since_s if batch is None else batch.since_s
        return StoreLoad(
            waiting_events=backlog.events + (0 if batch is None else batch.events),
            lag_s=0.0 if since_s is None else self._now_s() - since_s,
        )

    async def close(self, last: Work) -> None:
        """Write what is still to be written, then `last`; give up after `patience_s`."""
        if not self._is_closing:
            self._backlog.add_job(Job(last, self._now_s()))
            self._is_closing = True
            self._news.set()
            self._hurry.set()
        await asyncio.wait([self._task], timeout=self._limits.patience_s)
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await self._in_thread(self._disconnect)
        self._thread.shutdown(wait=False)

    # The task

    async def _run(self) -> None:
        failures = 0
        while True:
            await self._news.wait()
            await self._collect()
            batch = self._batch = self._take()
            try:
                refused = await self._in_thread(partial(self._write, batch))
            except Exception as error:
                if not isinstance(error, DBAPIError | OSError):
                    log.error("a defect of Socket Lab keeps it from remembering", exc_info=error)
                await self._in_thread(self._disconnect)
                self._backlog.give_back(batch)
                self._batch = None
                self._fail(words_of(error))
                await self._rest(RETRY_S[min(failures, len(RETRY_S) - 1)])
                failures += 1
                continue
            failures = 0
            self._batch = None
            self._succeed(batch, refused)
            if self._is_closing and not self._backlog:
                return

    async def _collect(self) -> None:
        """Let events come together, unless somebody waits."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._hurry.wait(), self._limits.interval_s)

    def _take(self) -> Batch:
        self._news.clear()
        self._hurry.clear()
        return self._backlog.take()

    def _succeed(self, batch: Batch, refused: Refused) -> None:
        for entry in batch.queue:
            if isinstance(entry, Job) and entry.done is not None and not entry.done.done():
                if entry in refused:
                    entry.done.set_exception(refused[entry])
                else:
                    entry.done.set_result(None)
        if self._reason is not None or self._backlog.lost:
            self._on_change(None, self._backlog.lost)
            self._reason, self._backlog.lost = None, 0

    def _fail(self, reason: str) -> None:
        """Note why, and tell those who have waited long enough."""
        if reason != self._reason:
            self._reason = reason
            self._on_change(reason, self._backlog.lost)
        now_s = self._now_s()

        def is_over(job: Job) -> bool:
            if job.done is None:
                return False
            if not job.done.done() and now_s - job.since_s >= self._limits.patience_s:
                job.done.set_exception(NotKept(reason))
            return job.done.done()  # also if whoever waited has gone

        self._backlog.remove_jobs(is_over)

    def _now_s(self) -> float:
        return time.monotonic()

    async def _rest(self, for_s: float) -> None:
        """Wait before the next try; whoever asks for something meanwhile does not shorten it."""
        await asyncio.sleep(for_s)
        self._news.set()

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    # What the thread does

    def _write(self, batch: Batch) -> Refused:
        """Write a batch and commit it; return what broke for a reason of its own."""
        if self._connection is None:
            self._connection = self._engine.connect()
        connection, refused = self._connection, Refused()
        with connection.begin():
            for entry in together(batch.queue):
                if isinstance(entry, Job):
                    _try(entry, connection, refused)
                else:
                    self._write_lines(connection, entry)
            for work in batch.latest.values():
                _try(Job(work, batch.since_s), connection, refused)
        return refused

    def _disconnect(self) -> None:
        """Let go of the connection: the file may be another one when it is there again."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(DBAPIError, OSError):
                connection.close()


def _try(job: Job, connection: Connection, refused: Refused) -> None:
    """Do a job; one that breaks for a reason of its own takes no other along."""
    try:
        with connection.begin_nested():
            job.work(connection)
    except OperationalError:
        raise
    except Exception as error:
        if isinstance(error, DBAPIError) and not isinstance(error, IntegrityError):
            raise
        if job.done is None:
            log.error("something could not be kept: %s", words_of(error))
        else:
            refused[job] = error


def words_of(error: Exception) -> str:
    """Return what SQLite or the kernel said, without the statement."""
    return str(error.orig if isinstance(error, DBAPIError) else error)
