"""What a request may reach: one value, and the dependencies through which a handler gets its part.

This is the one seam of authority. A handler asks for `RoomHere` or `RunHere`, over HTTP and
WebSocket alike, and never looks a room up by itself, so that whoever may not have one never gets
the object. A test walks all routes and holds that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, FastAPI, Path
from starlette.requests import HTTPConnection

from backend.domain.labs import Lab
from backend.runtime.catalog import Catalog
from backend.runtime.held_clients import HeldClients
from backend.runtime.rooms import Room, Rooms
from backend.runtime.runs import Run
from backend.settings import Settings
from backend.web.meanings import Meanings
from backend.web.pages.site import Site


@dataclass(frozen=True, kw_only=True)
class Playground:
    """All that one server has; the lifespan of the application ends it."""

    settings: Settings
    catalog: Catalog
    rooms: Rooms
    held_clients: HeldClients
    site: Site
    meanings: Mapping[str, Meanings]  # by language

    async def close(self) -> None:
        """Stop everything that runs."""
        await self.rooms.close()
        await self.held_clients.close()


def playground_served_by(application: FastAPI) -> Playground:
    """Return the playground that `create_app` gave this application."""
    playground: Playground = application.state.playground
    return playground


async def playground_of(connection: HTTPConnection) -> Playground:
    """Return the playground that this request or WebSocket came to."""
    return playground_served_by(connection.app)


PlaygroundHere = Annotated[Playground, Depends(playground_of)]


RoomId = Annotated[str, Path(description="The id of a room.", examples=["local"])]
RunId = Annotated[str, Path(description="The id of a run of this room.", examples=["r1"])]
LabGroup = Annotated[str, Path(description="The lab's group, the first part of its id.")]
LabName = Annotated[str, Path(description="Its name, the second part of its id.")]


async def room_of(room: RoomId, playground: PlaygroundHere) -> Room:
    """Return the room that the path names. Raises UnknownRoom."""
    return playground.rooms.get(room)


RoomHere = Annotated[Room, Depends(room_of)]


async def run_of(run: RunId, room: RoomHere) -> Run:
    """Return the run of this room that the path names. Raises UnknownRun."""
    return room.run(run)


RunHere = Annotated[Run, Depends(run_of)]


async def lab_of(group: LabGroup, name: LabName, playground: PlaygroundHere) -> Lab:
    """Return the lab that the path names. Raises UnknownLab."""
    return playground.catalog.get(f"{group}/{name}")


LabHere = Annotated[Lab, Depends(lab_of)]
