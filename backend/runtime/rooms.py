"""All rooms of this playground, by their ids and codes.

Local use has one room, `local`, in which whoever is there is host. A hosted playground has none at
first: whoever holds the host key makes them. A desk is made when somebody comes to it first. What
is changed of rooms and people, runtime/changes.py does.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

from backend.domain.class_events import MemoryChanged
from backend.domain.errors import (
    LimitReached,
    UnknownPerson,
    UnknownRoom,
)
from backend.domain.people import Policy
from backend.domain.remembered import MemoryInfo, RoomMemory, StoreLoad
from backend.domain.restart import RESTARTED
from backend.domain.tally import Census, Tally
from backend.runtime.catalog import Catalog
from backend.runtime.credentials import new_code, new_room_id
from backend.runtime.ground import Ground
from backend.runtime.processes.launcher import Launcher
from backend.runtime.room import Room
from backend.runtime.store.forgetful import ForgetfulStore
from backend.runtime.store.store import Store
from backend.settings import Settings

LOCAL = "local"


class Rooms:
    """All rooms of this playground."""

    def __init__(self, *, catalog: Catalog, settings: Settings, launcher: Launcher) -> None:
        self._store: Store = ForgetfulStore(settings)
        self._catalog = catalog
        self._settings = settings
        self._launcher = launcher
        self.tally = Tally()
        self.is_closing = False
        self._ground = Ground(settings, ports_in_use=self._ports_in_use)
        self._rooms: dict[str, Room] = {}
        self._by_code: dict[str, Room] = {}
        if not settings.is_hosted:
            self._rooms[LOCAL] = self._make_room(LOCAL)

    async def take_up(self, store: Store) -> None:
        """Go on where the store remembers, before anybody comes. Raises NotKept.

        A hosted playground leaves the local room alone, and a local one those of a hosted one.
        """
        memories = await store.open()
        self._store = store
        self._rooms.clear()
        for memory in sorted(memories, key=lambda each: each.record.parent is not None):
            if (memory.record.id == LOCAL) is not self._settings.is_hosted:
                self._restore(memory)
        if not self._settings.is_hosted and LOCAL not in self._rooms:
            self._rooms[LOCAL] = self._make_room(LOCAL)
        store.watch(self._tell_memory)
        if store.info().reason is not None:
            self._tell_memory(store.info())

    def _restore(self, memory: RoomMemory) -> None:
        record = memory.record
        parent = self._rooms.get(record.parent or "")
        if parent is None and record.parent is not None:
            return  # somebody has taken its row away
        room = self._make_room(
            record.id,
            code=record.code,
            name=record.name,
            policy=record.policy,
            parent=parent,
            owner=record.owner,
            memory=memory,
        )
        self._rooms[room.id] = room
        if room.code is not None:
            self._by_code[room.code] = room

    def _tell_memory(self, info: MemoryInfo) -> None:
        """Tell everybody whether what happens is remembered."""
        for room in self:
            changed = MemoryChanged(
                t=time.monotonic(), state=info.state, reason=info.reason, lost=info.lost
            )
            room.hub.publish(changed)

    def __iter__(self) -> Iterator[Room]:
        return iter(tuple(self._rooms.values()))

    def get(self, room_id: str) -> Room:
        """Return a room by its id; a desk that may exist begins to. Raises UnknownRoom."""
        room = self._rooms.get(room_id) or self._make_desk(room_id)
        if room is None:
            raise UnknownRoom(room_id)
        return room

    def find(self, id_or_code: str) -> Room:
        """Return a room by its id or its code. Raises UnknownRoom."""
        return self._by_code.get(id_or_code) or self.get(id_or_code)

    def store_load(self) -> StoreLoad:
        """Return whether what happens is remembered, and what waits to be."""
        return self._store.load()

    def census(self) -> Census:
        """Return how much of everything there is now."""
        infos = [room.info() for room in self]
        classes = self.classes()
        return Census(
            classes=len(classes),
            desks=len(infos) - len(classes),
            people_online=sum(person.online for room in classes for person in room.people),
            runs=Counter(run.state for info in infos for run in info.runs),
            clients=sum(len(info.clients) for info in infos),
            viewers=sum(room.hub.viewers for room in self),
        )

    def desks_of(self, room: Room) -> list[Room]:
        """Return the desks of a class that somebody has come to."""
        return [desk for desk in self._rooms.values() if desk.parent is room]

    def classes(self) -> list[Room]:
        """Return the rooms that are no desks."""
        return [room for room in self._rooms.values() if room.parent is None]

    def open_class(self, *, name: str, policy: Policy) -> Room:
        """Make a room with an id and a code of its own. Raises LimitReached."""
        if len(self.classes()) >= self._settings.rooms_limit:
            raise LimitReached("rooms", self._settings.rooms_limit)
        code = self._free_code()
        room = self._make_room(self._free_id(), code=code, name=name, policy=policy)
        self._rooms[room.id] = room
        self._by_code[code] = room
        return room

    def forget(self, room: Room) -> None:
        """Let a room go: nobody comes to it any more."""
        self._rooms.pop(room.id, None)
        self._by_code.pop(room.code or "", None)

    def _make_desk(self, room_id: str) -> Room | None:
        """Make the desk of this id, if somebody is to have one."""
        parent_id, _, person_id = room_id.rpartition(".")
        parent = self._rooms.get(parent_id)
        if parent is None or parent.parent is not None:
            return None
        with contextlib.suppress(UnknownPerson):
            person = parent.people.get(person_id)
            if parent.info_of(person).desk == room_id:
                desk = self._make_room(room_id, parent=parent, owner=person_id)
                self._rooms[room_id] = desk
                return desk
        return None

    def _make_room(self, room_id: str, **more: Any) -> Room:
        return Room(
            room_id,
            catalog=self._catalog,
            settings=self._settings,
            launcher=self._launcher,
            tally=self.tally,
            ground=self._ground,
            store=self._store,
            **more,
        )

    def _ports_in_use(self) -> set[int]:
        return {port for room in self._rooms.values() for port in room.ports_in_use()}

    def _free_id(self) -> str:
        while (room_id := new_room_id()) in self._rooms:
            pass
        return room_id

    def _free_code(self) -> str:
        while (code := new_code()) in self._by_code:
            pass
        return code

    async def close(self) -> None:
        """Stop everything in every room, since the playground ends."""
        self.is_closing = True
        await asyncio.gather(*(room.close(why=RESTARTED) for room in self._rooms.values()))

    def kill_runs(self) -> None:
        """End all programs without asking: nobody waits for them any more."""
        for room in self._rooms.values():
            for run in room.runs:
                run.kill()
