"""Whatever is changed of rooms and their people, whoever was given them.

Every change goes through here, so that there is one place where it is made durable. What lets
somebody in is kept before it is done; what holds somebody back is done first, whatever the disk
does. Whoever asked is told (NotKept) when it could not be kept.
"""

from __future__ import annotations

import asyncio

from backend.domain.errors import DoorLocked, UnknownRoom
from backend.domain.people import Policy, Role, clean_name, hash_of
from backend.domain.remembered import PersonRecord
from backend.domain.room_info import RoomInfo, Shown
from backend.runtime.catalog import Catalog
from backend.runtime.credentials import new_token
from backend.runtime.people import Person
from backend.runtime.room import Room
from backend.runtime.rooms import Rooms
from backend.runtime.store.store import Store

REMOVED = 4403  # close codes of ours (DESIGN.md, "Credentials")
GONE = 4404  # the room is closed


HOST = "Host"  # the name of a host who gives none


class Changes:
    """Changes rooms and people; is no way to get any."""

    def __init__(self, rooms: Rooms, catalog: Catalog, store: Store) -> None:
        self._rooms = rooms
        self._catalog = catalog
        self._store = store

    def classes(self) -> tuple[RoomInfo, ...]:
        """Return what is shown of all rooms, without their desks."""
        return tuple(room.info() for room in self._rooms.classes())

    async def make(
        self, *, name: str, policy: Policy, host: str = HOST
    ) -> tuple[Room, Person, str]:
        """Make a room; return it, its host and their token. Raises InvalidRequest, LimitReached."""
        room = self._rooms.open_class(name=clean_name(name), policy=policy)
        try:
            await self._keep(room)
            person, token = await self._let_in(room, host, "host")
        except BaseException:
            self._rooms.forget(room)
            raise
        return room, person, token

    async def change(
        self,
        room: Room,
        *,
        name: str | None = None,
        policy: Policy | None = None,
        locked: bool | None = None,
    ) -> None:
        """Give a room another name, policy or door; what is None stays. Raises InvalidRequest."""
        room.change(
            name=room.name if name is None else clean_name(name),
            policy=room.policy if policy is None else policy,
            locked=room.locked if locked is None else locked,
        )
        self._cut_what_is_not_allowed_now(room)
        await self._keep(room)

    async def show(self, room: Room, shown: Shown | None) -> None:
        """Show everybody of a class a room of it. Raises UnknownRoom, UnknownLab."""
        if shown is not None:
            if self._rooms.get(shown.room).in_class is not room:
                raise UnknownRoom(shown.room)
            if shown.lab is not None:
                self._catalog.get(shown.lab)
        room.show(shown)
        self._cut_what_is_not_allowed_now(room)
        await self._keep(room)

    async def clear(self, room: Room) -> None:
        """Forget a room's timeline."""
        room.hub.clear()

    async def close_room(self, room: Room, *, reason: str) -> None:
        """End a room with all its desks: everybody is told, everything in it stops."""
        ending = [room, *self._rooms.desks_of(room)]
        for each in ending:
            each.announce_end(reason)
            self._rooms.forget(each)
        for person in room.people:
            person.cut_all(GONE, reason)
        await asyncio.gather(*(each.close() for each in ending))
        await self._store.forget_room(room.id)

    async def _keep(self, room: Room) -> None:
        await self._store.keep_room(room.record(), room.hub.epoch)

    # People

    async def join(self, room: Room, name: str) -> tuple[Person, str]:
        """Let a guest in; return them and their token.

        Raises InvalidRequest, LimitReached, DoorLocked, UnknownRoom for the local room and desks.
        """
        if room.code is None:
            raise UnknownRoom(room.id)
        if room.locked:
            raise DoorLocked
        return await self._let_in(room, name, "guest")

    async def join_as_host(self, room: Room, name: str) -> tuple[Person, str]:
        """Let in who holds the host key. Raises InvalidRequest, LimitReached, UnknownRoom."""
        if room.code is None:
            raise UnknownRoom(room.id)
        return await self._let_in(room, name, "host")

    async def _let_in(self, room: Room, name: str, role: Role) -> tuple[Person, str]:
        name = clean_name(name)
        room.people.require_place()
        token = new_token()
        person = Person(id=room.people.next_id(), name=name, role=role, token_hash=hash_of(token))
        await self._keep_person(room, person)
        room.people.add(person)
        return person, token

    async def change_person(
        self, room: Room, person: Person, *, name: str | None = None, muted: bool | None = None
    ) -> None:
        """Rename or mute somebody; what is None stays. Raises InvalidRequest."""
        if name is not None:
            room.people.rename(person, clean_name(name))
        if muted is not None:
            room.people.mute(person, muted=muted)
            self._cut_what_is_not_allowed_now(room)
        await self._keep_person(room, person)

    async def _keep_person(self, room: Room, person: Person) -> None:
        await self._store.keep_person(
            PersonRecord(
                room=room.id,
                id=person.id,
                name=person.name,
                role=person.role,
                muted=person.muted,
                token_hash=person.token_hash,
            )
        )

    async def renew_token(self, room: Room, person: Person) -> str:
        """Give somebody another credential; who holds the old one has to go."""
        token = new_token()
        room.people.renew(person, token)
        await self._keep_person(room, person)
        person.cut_all(REMOVED, "another browser took over")
        return token

    async def remove_person(self, room: Room, person: Person, *, removed: bool) -> None:
        """Let somebody go for good, their desk with them."""
        room.people.remove(person, removed=removed)
        person.cut_all(REMOVED, "removed by the host" if removed else "left")
        for desk in self._rooms.desks_of(room):
            if desk.owner == person.id:
                self._rooms.forget(desk)
                await desk.close()
                await self._store.forget_room(desk.id)
        await self._store.forget_person(room.id, person.id)

    def _cut_what_is_not_allowed_now(self, room: Room) -> None:
        for person in room.people:
            person.cut_what_is_not_theirs(REMOVED, "not allowed any more")
