"""All desks of a class at once: summaries of them, now and as they change.

A desk's events are read when somebody looks, from where the last look ended, and never while nobody
does. A look at many events goes piece by piece, so that others come in between.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass, field

import msgspec

from backend.domain.desk_summary import DeskSummary, Recent, summary
from backend.domain.errors import LimitReached
from backend.domain.people import PersonInfo
from backend.domain.room_info import RoomInfo
from backend.domain.timeline import Cursor
from backend.runtime.room import Room
from backend.runtime.rooms import Rooms
from backend.settings import Settings

_encode = msgspec.json.Encoder().encode


@dataclass
class _Watched:
    """A desk, and how far it has been read."""

    desk: Room
    cursor: Cursor = field(default_factory=lambda: Cursor(0))
    recent: Recent = field(default_factory=Recent)
    info: RoomInfo | None = None


class ClassView:
    """The desks of one class."""

    def __init__(self, room: Room, rooms: Rooms, settings: Settings) -> None:
        self.room = room
        self._rooms = rooms
        self._settings = settings
        self._watched: dict[str, _Watched] = {}
        self._viewers = 0

    async def look(self) -> list[DeskSummary]:
        """Sum up every desk, in the order in which their people came."""
        desks = {desk.owner: desk for desk in self._rooms.desks_of(self.room)}
        people = [self.room.info_of(person) for person in self.room.people]
        there = [person for person in people if person.desk or person.id in desks]
        self._watched = {
            person.id: self._watching(person.id, desks[person.id])
            for person in there
            if person.id in desks
        }
        watched = dict(self._watched)
        for each in watched.values():
            await self._catch_up(each)
        now = time.time()
        return [self._summary(person, watched.get(person.id), now) for person in there]

    async def follow(self) -> AsyncGenerator[bytes, None]:
        """Yield JSON arrays of the summaries that have changed, first of all of them, without end.

        Raises LimitReached when too many follow already.
        """
        with self._viewing():
            told: dict[str, DeskSummary] = {}
            message = b""
            while True:
                now = {each.desk: each for each in await self.look()}
                news = [each for desk, each in now.items() if told.get(desk) != each]
                news += [
                    msgspec.structs.replace(each, online=False, gone=True)
                    for desk, each in told.items()
                    if desk not in now
                ]
                if news or not message:
                    message = _encode(news)
                    yield message
                told = now
                await asyncio.sleep(self._pause_s(len(message) if news else 0))

    def _pause_s(self, size: int) -> float:
        """Return how long to wait after so many bytes."""
        return max(self._settings.class_interval_s, size / self._settings.class_rate_bytes)

    @contextlib.contextmanager
    def _viewing(self) -> Iterator[None]:
        if self._viewers >= self._settings.viewers_per_room:
            raise LimitReached("viewers", self._settings.viewers_per_room)
        self._viewers += 1
        try:
            yield
        finally:
            self._viewers -= 1

    def _watching(self, person_id: str, desk: Room) -> _Watched:
        known = self._watched.get(person_id)
        return known if known is not None and known.desk is desk else _Watched(desk)

    async def _catch_up(self, watched: _Watched) -> None:
        hub = watched.desk.hub
        offset_s = time.time() - time.monotonic()
        while hub.last_seq != watched.cursor.after or hub.epoch != watched.cursor.epoch:
            excerpt = hub.read(watched.cursor, self._settings.batch_limit_events)
            if excerpt.gap is not None:
                watched.recent.forget()
            for line in excerpt.events:
                watched.recent.take(line, clock_offset_s=offset_s)
            watched.cursor = excerpt.end
            watched.info = None
            await asyncio.sleep(0)

    def _summary(self, person: PersonInfo, watched: _Watched | None, now: float) -> DeskSummary:
        desk = person.desk or f"{self.room.id}.{person.id}"
        if watched is None:
            return summary(person, desk=desk)
        watched.info = info = watched.info or watched.desk.info()
        return summary(
            person,
            desk=desk,
            runs=info.runs,
            clients=len(info.clients),
            recent=watched.recent,
            now=now,
        )


class ClassViews:
    """The views of all classes, each kept as long as its room."""

    def __init__(self, rooms: Rooms, settings: Settings) -> None:
        self._rooms = rooms
        self._settings = settings
        self._views: dict[str, ClassView] = {}

    def of(self, room: Room) -> ClassView:
        """Return the view of a class."""
        there = set(self._rooms)
        self._views = {id_: view for id_, view in self._views.items() if view.room in there}
        if room.id not in self._views:
            self._views[room.id] = ClassView(room, self._rooms, self._settings)
        return self._views[room.id]
