"""What a request may reach: one value, and the dependencies through which a handler gets its part.

This is the one seam of authority. A handler asks for the room or run to do something with
(`RoomHere` to look at, `RunToStop`), over HTTP and WebSocket alike, and never looks one up by
itself, so that whoever may not do that never gets the object. A test walks all routes and holds it.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Path
from starlette.requests import HTTPConnection

from backend.domain.errors import Defect, Forbidden, ShuttingDown, UnknownClient
from backend.domain.findings import FindingWords
from backend.domain.labs import Lab
from backend.domain.permissions import Action
from backend.domain.remembered import StoreLoad
from backend.domain.tally import Census, Tally
from backend.runtime.catalog import Catalog
from backend.runtime.changes import Changes
from backend.runtime.class_view import ClassView, ClassViews
from backend.runtime.held_clients import HeldClient, HeldClients
from backend.runtime.idle_ends import IdleEnds
from backend.runtime.people import Person
from backend.runtime.room import Room
from backend.runtime.rooms import Rooms
from backend.runtime.runs import Run
from backend.runtime.store.store import Store
from backend.settings import Settings
from backend.web.access import Caller, caller_in
from backend.web.attempts import Door
from backend.web.meanings import Meanings
from backend.web.pages.site import Site


@dataclass(frozen=True, kw_only=True)
class Playground:
    """All that one server has; the lifespan of the application ends it."""

    settings: Settings
    catalog: Catalog
    rooms: Rooms
    held_clients: HeldClients
    door: Door
    changes: Changes
    class_views: ClassViews
    store: Store
    site: Site
    meanings: Mapping[str, Meanings]  # by language
    finding_words: FindingWords
    instance: str = field(default_factory=lambda: secrets.token_hex(8))  # another one each start

    @property
    def tally(self) -> Tally:
        """What was counted since the start."""
        return self.rooms.tally

    @property
    def is_ending(self) -> bool:
        """Whether everything is being stopped."""
        return self.rooms.is_closing

    def store_load(self) -> StoreLoad:
        """Return whether what happens is remembered, and what waits to be."""
        return self.rooms.store_load()

    def census(self) -> Census:
        """Return how much of everything there is now."""
        return self.rooms.census()

    def require_ready(self) -> None:
        """See that work can be done. Raises ShuttingDown, Defect."""
        if self.is_ending:
            raise ShuttingDown
        if not self.settings.labs_dir.is_dir():
            raise Defect("The labs cannot be read.")

    @asynccontextmanager
    async def living(self) -> AsyncIterator[None]:
        """Live: what nobody uses ends meanwhile, and everything that runs does afterwards."""
        async with IdleEnds(self.rooms, self.changes, self.settings).watching():
            try:
                yield
            finally:
                await self.close()

    async def close(self) -> None:
        """Stop everything that runs."""
        await self.rooms.close()
        await self.held_clients.close()

    def kill_runs(self) -> None:
        """End all programs without asking."""
        self.rooms.kill_runs()


def playground_served_by(application: FastAPI) -> Playground:
    """Return the playground that `create_app` gave this application."""
    playground: Playground = application.state.playground
    return playground


async def playground_of(connection: HTTPConnection) -> Playground:
    """Return the playground that this request or WebSocket came to."""
    return playground_served_by(connection.app)


PlaygroundHere = Annotated[Playground, Depends(playground_of)]


@dataclass(frozen=True, kw_only=True)
class PageRoom:
    """All that a page knows of its room before its script has said who asks.

    A page itself is asked for without credentials, so it holds nothing that is not everybody's.
    """

    id: str
    is_hosted: bool
    epoch: str | None
    last_seq: int | None


RoomId = Annotated[str, Path(description="The id of a room.", examples=["local"])]
PersonId = Annotated[
    str, Path(description="The id of a person of this room; `me` is who asks.", examples=["p2"])
]
RunId = Annotated[str, Path(description="The id of a run of this room.", examples=["r1"])]
LabGroup = Annotated[str, Path(description="The lab's group, the first part of its id.")]
LabName = Annotated[str, Path(description="Its name, the second part of its id.")]


RoomOrCode = Annotated[
    str, Path(alias="room", description="The id of a room, or its code.", examples=["483216"])
]


async def door_of(room: RoomOrCode, connection: HTTPConnection, playground: PlaygroundHere) -> Room:
    """Return the room at whose door somebody stands. Raises UnknownRoom, TooManyAttempts."""
    with playground.door.attempt(connection):
        return playground.rooms.find(room)


RoomDoorHere = Annotated[Room, Depends(door_of)]


async def caller_of(connection: HTTPConnection, room: RoomId) -> AsyncIterator[Caller]:
    """Find out who came to the room that the path names. Raises UnknownRoom, Unauthorized.

    Asks for no other dependency: FastAPI goes through all that are below one each time that it
    stands in the way of a request, though it calls each once.
    """
    playground = playground_served_by(connection.app)
    async with caller_in(playground.rooms.get(room), connection, playground.settings) as caller:
        yield caller


CallerHere = Annotated[Caller, Depends(caller_of)]


def room_to(action: Action) -> Any:
    """Return the dependency that gives a room to a caller who may do this there."""

    async def room_of(caller: CallerHere) -> Room:
        caller.require(action)
        return caller.room

    return Depends(room_of)


RoomHere = Annotated[Room, room_to("look")]
RoomToStart = Annotated[Room, room_to("start")]
RoomToTrace = Annotated[Room, room_to("trace")]
RoomToKeep = Annotated[Room, room_to("keep")]
RoomToNamePeers = Annotated[Room, room_to("name_peer")]
RoomToClear = Annotated[Room, room_to("clear")]
RoomToManage = Annotated[Room, room_to("manage")]


async def class_view_of(room: RoomToManage, playground: PlaygroundHere) -> ClassView:
    """Return the view of all desks of the class that the path names."""
    return playground.class_views.of(room)


ClassViewHere = Annotated[ClassView, Depends(class_view_of)]


def _run_to(action: Action) -> Any:
    room_here = room_to(action)

    async def run_of(run: RunId, room: Room = room_here) -> Run:
        return room.run(run)

    return Depends(run_of)


RunHere = Annotated[Run, _run_to("look")]
RunToConnect = Annotated[Run, _run_to("connect")]
RunToStart = Annotated[Run, _run_to("start")]
RunToStop = Annotated[Run, _run_to("stop")]
RunToType = Annotated[Run, _run_to("type")]


ClientId = Annotated[str, Path(description="The id of a client of this run.", examples=["c1"])]


async def client_of(
    client: ClientId, run: RunHere, caller: CallerHere, playground: PlaygroundHere
) -> HeldClient:
    """Return the client over plain HTTP that the path names; its browser is there.

    It belongs to who made it. Raises UnknownClient, Forbidden.
    """
    held = playground.held_clients.get(caller.room, client)
    if held.run_id != run.id:
        raise UnknownClient(client)
    if held.owner != caller.person_id:
        raise Forbidden(f"Client {client} belongs to somebody else.")
    held.hear()
    return held


ClientHere = Annotated[HeldClient, Depends(client_of)]
FindClient = Callable[[str], HeldClient | None]


async def clients_of(caller: CallerHere, _room: RoomHere, playground: PlaygroundHere) -> FindClient:
    """Return what finds clients of the caller in this room by their ids."""
    return lambda name: playground.held_clients.find(caller.room, name, caller.person_id)


ClientsHere = Annotated[FindClient, Depends(clients_of)]


async def shell_of(room: RoomId, playground: PlaygroundHere) -> PageRoom:
    """Return what a page may know of the room that the path names. Raises UnknownRoom."""
    here = playground.rooms.get(room)
    is_local = here.in_class.code is None
    return PageRoom(
        id=here.id,
        is_hosted=not is_local,
        epoch=here.hub.epoch if is_local else None,
        last_seq=here.hub.last_seq if is_local else None,
    )


PageRoomHere = Annotated[PageRoom, Depends(shell_of)]


async def person_of(person: PersonId, caller: CallerHere) -> Person:
    """Return the person whom the path names, `me` is who asks. Raises UnknownPerson."""
    if person == "me" and caller.person is not None:
        return caller.person
    return caller.room.people.get(person)


PersonHere = Annotated[Person, Depends(person_of)]


def lab_of(group: LabGroup, name: LabName, playground: PlaygroundHere) -> Lab:
    """Return the lab that the path names. Raises UnknownLab.

    A plain `def`: a lab of one's own may have to be read anew, in a worker thread.
    """
    playground.catalog.refresh()
    return playground.catalog.get(f"{group}/{name}")


LabHere = Annotated[Lab, Depends(lab_of)]


async def lab_to_teach_of(lab: LabHere, _room: RoomToManage) -> Lab:
    """Return the lab that the path names, to whoever hosts the room. Raises UnknownLab."""
    return lab


LabToTeach = Annotated[Lab, Depends(lab_to_teach_of)]
