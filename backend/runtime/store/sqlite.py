"""The store on SQLite: one file, one writer; whoever reads opens a connection and closes it.

Whether the playground before us kept all that it told is known from its row of `starts`. If it did
not (`kill -9`), numbers may have been told that are not here, so each history goes on in another
epoch, and no viewer takes new numbers for old ones.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

from msgspec.structs import replace
from sqlalchemy import Connection, insert, update
from sqlalchemy.exc import DBAPIError

from backend.domain.errors import NotKept
from backend.domain.remembered import (
    Draft,
    MemoryInfo,
    Numbers,
    PersonRecord,
    RecordingInfo,
    RoomMemory,
    RoomRecord,
    RunRecord,
    StoreLoad,
)
from backend.runtime.hub import new_epoch
from backend.runtime.kernel import boot_id, clock_offset_s
from backend.runtime.store import keepsakes, rows, tidying
from backend.runtime.store.backlog import Lines
from backend.runtime.store.engine import engine_of, for_writing
from backend.runtime.store.folder import DataFolder
from backend.runtime.store.loading import Clock, ended_well, load
from backend.runtime.store.store import Watcher
from backend.runtime.store.tables import rooms, starts
from backend.runtime.store.writer import Writer, WriterLimits, words_of
from backend.settings import Settings

TIDY_S = 3600.0

log = logging.getLogger(__name__)
T = TypeVar("T")


class SqliteStore:
    """Remembers in a data folder, which it has until it is closed."""

    def __init__(self, folder: DataFolder, settings: Settings) -> None:
        self._folder = folder
        self._settings = settings
        self._engine = engine_of(folder.database)
        self._writer: Writer | None = None
        self._start = 0  # our row of `starts`
        self._watchers: list[Watcher] = []
        self._info = MemoryInfo(state="kept")
        self._tidying: asyncio.Task[None] | None = None

    def info(self) -> MemoryInfo:
        """Return whether it remembers now."""
        return self._info

    def load(self) -> StoreLoad:
        """Return what waits to be kept."""
        load = StoreLoad() if self._writer is None else self._writer.load()
        return replace(load, memory=self._info.state, lost_events=self._info.lost)

    def watch(self, watcher: Watcher) -> None:
        """Call this whenever that changes."""
        self._watchers.append(watcher)

    async def open(self) -> tuple[RoomMemory, ...]:
        """Begin; return what is remembered. Raises NotKept when it cannot even be read."""
        clock = Clock(boot=boot_id(), offset_s=clock_offset_s())
        has_ended_well = await self._read(ended_well)
        memories = await self._read(partial(load, clock=clock))
        self._writer = self._new_writer()
        if not has_ended_well:
            memories = _in_new_epochs(memories)
        try:
            await self._writer.do(partial(self._begin, clock, memories))
        except NotKept:
            # What is told from now on may be lost, and the database does not know that we are here.
            memories = _in_new_epochs(memories)
            self._writer.note_in_order(partial(self._begin, clock, memories))
        self._tidying = asyncio.create_task(self._tidy_now_and_then(), name="store tidying")
        return memories

    def _new_writer(self) -> Writer:
        limits = WriterLimits(
            interval_s=self._settings.store_interval_s,
            patience_s=self._settings.store_patience_s,
            events=self._settings.store_queue_events,
            size_bytes=self._settings.store_queue_bytes,
        )
        engine = for_writing(self._engine)
        return Writer(engine, write_lines=self._write_lines, limits=limits, on_change=self._change)

    async def close(self) -> None:
        """Keep what was noted, and that nothing is missing; give the folder back."""
        if self._tidying is not None:
            self._tidying.cancel()
            await asyncio.gather(self._tidying, return_exceptions=True)
            self._tidying = None
        if self._writer is not None:
            await self._writer.close(self._end)
            self._writer = None
            self._engine.dispose()
        self._folder.close()

    # Rooms and people: durable when the call returns

    async def keep_room(self, room: RoomRecord, epoch: str) -> None:
        """Keep a room as it is now."""
        await self._do(rows.keep_room, room, epoch)

    def note_room(self, room: RoomRecord, epoch: str) -> None:
        """Note a room as it is now; it is kept before what is noted of it after this."""
        self._writing.note_in_order(_work(rows.keep_room, room, epoch))

    async def forget_room(self, room_id: str) -> None:
        """Forget a room with everything in it."""
        await self._do(rows.forget_room, room_id)

    async def keep_person(self, person: PersonRecord) -> None:
        """Keep a person as they are now."""
        await self._do(rows.keep_person, person)

    async def forget_person(self, room_id: str, person_id: str) -> None:
        """Forget a person with their drafts."""
        await self._do(rows.forget_person, room_id, person_id)

    # What happened: durable within a second

    def begin_history(self, room_id: str, epoch: str) -> None:
        """Note that a room's history was cleared and goes on in another epoch."""
        self._writing.note_in_order(_work(rows.begin_history, room_id, epoch))

    def note_events(self, room_id: str, first: int, lines: Sequence[bytes], oldest: int) -> None:
        """Note events from a number on; those before the number `oldest` are forgotten."""
        self._writing.note_lines(room_id, first, lines, oldest)

    def note_run(self, room_id: str, run: RunRecord) -> None:
        """Note a run as it is now."""
        self._writing.note(("run", room_id, run.info.id), _work(rows.keep_run, room_id, run))

    def forget_run(self, room_id: str, run_id: str) -> None:
        """Note that a run is forgotten."""
        self._writing.note(("run", room_id, run_id), _work(rows.forget_run, room_id, run_id))

    def note_numbers(self, room_id: str, numbers: Numbers) -> None:
        """Note the last numbers that a room gave."""
        self._writing.note(("numbers", room_id), _work(rows.keep_numbers, room_id, numbers))

    # Recordings and drafts

    async def recordings(self, room_id: str) -> tuple[RecordingInfo, ...]:
        """Return the recordings of a room, the newest first."""
        return await self._read(_work(keepsakes.recordings_of, room_id))

    async def recording(self, room_id: str, recording_id: str) -> tuple[RecordingInfo, bytes]:
        """Return a recording with its file, compressed by zlib. Raises UnknownRecording."""
        return await self._read(_work(keepsakes.recording_of, room_id, recording_id))

    async def keep_recording(self, recording: RecordingInfo, file: bytes) -> None:
        """Keep a recording. Raises LimitReached."""
        keep = partial(
            keepsakes.keep_recording,
            count=self._settings.recordings_per_room,
            size_bytes=self._settings.recordings_bytes,
        )
        await self._do(keep, recording, file)

    async def change_recording(
        self,
        room_id: str,
        recording_id: str,
        *,
        name: str | None = None,
        deleted: bool | None = None,
    ) -> RecordingInfo:
        """Rename, delete or bring back a recording; return it. Raises UnknownRecording."""
        change = partial(keepsakes.change_recording, name=name, deleted=deleted)
        return await self._do(change, room_id, recording_id)

    async def drafts(self, room_id: str, person_id: str, lab: str) -> tuple[Draft, ...]:
        """Return what a person has drafted for a lab."""
        return await self._read(_work(keepsakes.drafts_of, room_id, person_id, lab))

    async def draft(self, room_id: str, person_id: str, lab: str, program: str) -> Draft:
        """Return one of them. Raises UnknownDraft."""
        return await self._read(_work(keepsakes.draft_of, room_id, person_id, lab, program))

    async def keep_draft(self, room_id: str, person_id: str, lab: str, draft: Draft) -> None:
        """Keep a draft in place of the one before. Raises LimitReached."""
        keep = partial(keepsakes.keep_draft, count=self._settings.drafts_per_person)
        await self._do(keep, room_id, person_id, lab, draft)

    async def forget_draft(self, room_id: str, person_id: str, lab: str, program: str) -> None:
        """Forget a draft, if it is there."""
        await self._do(keepsakes.forget_draft, room_id, person_id, lab, program)

    # How it is done

    @property
    def _writing(self) -> Writer:
        if self._writer is None:
            raise NotKept("the playground is ending")
        return self._writer

    async def _do(self, work: Callable[..., T], *args: Any) -> T:
        """Do this in a transaction; return what it returned, once that is durable."""
        result: list[T] = []

        def do(connection: Connection) -> None:
            result[:] = [work(connection, *args)]

        await self._writing.do(do)
        return result[0]

    async def _read(self, work: Callable[[Connection], T]) -> T:
        return await asyncio.to_thread(self._read_here, work)

    def _read_here(self, work: Callable[[Connection], T]) -> T:
        try:
            with self._engine.connect() as connection:
                return work(connection)
        except (DBAPIError, OSError) as error:
            raise NotKept(words_of(error)) from None

    # What is done in a transaction, in the writer's thread

    def _begin(
        self, clock: Clock, memories: tuple[RoomMemory, ...], connection: Connection
    ) -> None:
        """Write that a playground is here; until it ends well, it counts as one that did not."""
        values = {"at": time.time(), "boot": clock.boot, "clock_offset_s": clock.offset_s}
        made = connection.execute(insert(starts).values(**values, ended_well=False))
        (self._start,) = made.inserted_primary_key or (0,)
        for memory in memories:
            same = rooms.c.id == memory.record.id
            connection.execute(update(rooms).where(same).values(epoch=memory.epoch))
        self._tidy(connection)

    def _end(self, connection: Connection) -> None:
        connection.execute(update(starts).where(starts.c.id == self._start).values(ended_well=True))

    def _write_lines(self, connection: Connection, groups: list[Lines]) -> None:
        rows.add_lines(connection, groups, self._start)

    def _tidy(self, connection: Connection) -> None:
        tidying.tidy(
            connection,
            start=self._start,
            history_days=self._settings.history_kept_days,
            recordings_days=self._settings.recordings_kept_days,
        )

    async def _tidy_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(TIDY_S)
            with contextlib.suppress(NotKept):
                await self._writing.do(self._tidy)

    def _change(self, reason: str | None, lost: int) -> None:
        if reason is None:
            log.warning("Socket Lab remembers again; %d events were not kept", lost)
            self._info = MemoryInfo(state="kept", lost=self._info.lost + lost)
        else:
            log.warning("Socket Lab does not remember what happens now: %s", reason)
            self._info = MemoryInfo(state="failing", reason=reason, lost=self._info.lost)
        for watcher in self._watchers:
            watcher(self._info)


def _work(work: Callable[..., T], *args: Any) -> Callable[[Connection], T]:
    return lambda connection: work(connection, *args)


def _in_new_epochs(memories: tuple[RoomMemory, ...]) -> tuple[RoomMemory, ...]:
    return tuple(replace(memory, epoch=new_epoch()) for memory in memories)
