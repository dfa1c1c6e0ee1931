"""A store in a folder made for the test, and what is put into it."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

from backend.domain.remembered import (
    MemoryInfo,
    PersonRecord,
    RoomMemory,
    RoomRecord,
    RunRecord,
    StartRequest,
)
from backend.domain.room_info import RunInfo
from backend.domain.run_state import RunState
from backend.runtime.store.opening import store_for
from backend.runtime.store.sqlite import SqliteStore
from backend.settings import Settings
from tests.labs.programs import WAIT_S


class Stage:
    """An open store, and what it said of itself."""

    def __init__(self, store: SqliteStore, memories: tuple[RoomMemory, ...]) -> None:
        self.store = store
        self.rooms = {memory.record.id: memory for memory in memories}
        self.told: list[MemoryInfo] = []
        self._news = asyncio.Event()
        store.watch(self._note)

    def _note(self, info: MemoryInfo) -> None:
        self.told.append(info)
        self._news.set()

    async def becomes(self, state: str) -> MemoryInfo:
        """Wait until the store is in that state."""
        async with asyncio.timeout(WAIT_S):
            while self.store.info().state != state:
                self._news.clear()
                await self._news.wait()
        return self.store.info()

    def tell(self, room: str, first: int, last: int, *, oldest: int = 1, fill: str = "") -> None:
        """Note these events of a room."""
        for seq in range(first, last + 1):
            self.store.note_events(room, seq, [line_of(seq, fill)], oldest)


@contextlib.asynccontextmanager
async def opened(folder: Path, **settings: Any) -> AsyncIterator[Stage]:
    """Open the store of a folder; it is closed in the end."""
    store = store_for(Settings(data=str(folder), **settings), tell=fail)
    assert isinstance(store, SqliteStore)
    try:
        yield Stage(store, await store.open())
    finally:
        await store.close()


def fail(line: str) -> None:
    raise AssertionError(line)


def line_of(seq: int, fill: str = "") -> bytes:
    return b'{"seq":%d,"type":"output","t":%d.5,"run":"r1","stream":"stdout","text":"%s"}' % (
        *(seq, seq),
        fill.encode(),
    )


def room(room_id: str, **values: Any) -> RoomRecord:
    return RoomRecord(id=room_id, **values)


def person(room_id: str, number: int, **values: Any) -> PersonRecord:
    values = {"name": f"Guest {number}", "role": "guest", "muted": False, **values}
    return PersonRecord(room=room_id, id=f"p{number}", token_hash=b"%032d" % number, **values)


def run(room_id: str, number: int, state: RunState = RunState.LISTENING) -> RunRecord:
    info = RunInfo(
        id=f"r{number}",
        room=room_id,
        lab="udp/hello",
        program="server",
        state=state,
        host="127.0.0.1",
        port=12345,
        pid=1,
        started_at="2026-11-28T12:00:00.000+00:00",
        exit_status=None,
        error=None,
    )
    request = StartRequest(lab="udp/hello", program="server", port=None, args=("a", "б"))
    return RunRecord(info=info, request=request)


def lines(memory: RoomMemory) -> list[bytes]:
    """Return all remembered events of a room."""
    return [line for stretch in memory.history for line in stretch.lines]


@contextlib.contextmanager
def database(folder: Path) -> Iterator[sqlite3.Connection]:
    """Look into the database as anybody could."""
    with contextlib.closing(sqlite3.connect(folder / "socketlab.sqlite")) as connection:
        yield connection


def integrity_of(folder: Path) -> str:
    with database(folder) as connection:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])


async def rows_become(folder: Path, query: str, wanted: Callable[[Any], bool]) -> None:
    """Wait until somebody else sees this in the database."""
    async with asyncio.timeout(WAIT_S):
        while True:
            with database(folder) as connection:
                if wanted(connection.execute(query).fetchone()[0]):
                    return
            await asyncio.sleep(0.01)
