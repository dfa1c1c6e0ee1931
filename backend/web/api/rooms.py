"""Rooms as JSON: make, show, change and close them."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from backend.domain.errors import (
    Forbidden,
    LimitReached,
    NotKept,
    TooManyAttempts,
    Unauthorized,
    UnknownLab,
)
from backend.domain.people import PersonInfo, Policy
from backend.domain.room_info import RoomInfo, Shown
from backend.runtime.changes import HOST
from backend.web.answers import Shown as Answer
from backend.web.api.error_answers import BODY, IN_ROOM, error_answers
from backend.web.host_key import ChangesHere, ChangesOfHost
from backend.web.playground import RoomHere, RoomToClear, RoomToManage

router = APIRouter(prefix="/api/rooms", tags=["rooms"])

Name = Annotated[str, Field(description="1 to 40 visible characters.")]
OF_KEY = (Unauthorized, Forbidden, TooManyAttempts)


class Admission(msgspec.Struct, frozen=True, kw_only=True):
    """What whoever comes into a room gets: `token` is their credential there."""

    room: RoomInfo
    person: PersonInfo
    token: str


class RoomList(msgspec.Struct, frozen=True, kw_only=True):
    """All rooms of a playground, without their desks."""

    rooms: tuple[RoomInfo, ...]


class RoomRequest(BaseModel):
    """A room to make."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: Name
    policy: Annotated[Policy, Field(description="How the class works.")] = "together"
    host: Annotated[Name, Field(description="The host's own name.")] = HOST


class ShownRequest(BaseModel):
    """What to show to everybody: this room or one of its desks, and a lab."""

    model_config = ConfigDict(extra="forbid", strict=True)

    room: str
    lab: str | None = None


class RoomChange(BaseModel):
    """What is to be otherwise; what is left out stays. `shown` null shows nothing any more."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: Name | None = None
    policy: Policy | None = None
    locked: bool | None = None
    shown: ShownRequest | None = None


@router.post(
    "",
    status_code=201,
    response_description="The room, and its host, who is whoever asked.",
    responses=error_answers(*OF_KEY, *BODY, LimitReached, NotKept),
)
async def make_room(changes: ChangesOfHost, body: RoomRequest) -> Answer[Admission]:
    """Make a room: with the host key."""
    room, person, token = await changes.make(name=body.name, policy=body.policy, host=body.host)
    return Admission(room=room.info(), person=room.info_of(person), token=token)


@router.get("", response_description="The rooms.", responses=error_answers(*OF_KEY))
async def list_rooms(changes: ChangesOfHost) -> Answer[RoomList]:
    """List all rooms: with the host key."""
    return RoomList(rooms=changes.classes())


@router.get(
    "/{room}", response_description="The room as it is now.", responses=error_answers(*IN_ROOM)
)
async def show_room(room: RoomHere) -> Answer[RoomInfo]:
    """Show a room: its runs, its clients, its people."""
    return room.info()


@router.patch(
    "/{room}",
    response_description="The room as it is now.",
    responses=error_answers(*IN_ROOM, *BODY, UnknownLab, NotKept),
)
async def change_room(
    room: RoomToManage, body: RoomChange, changes: ChangesHere
) -> Answer[RoomInfo]:
    """Give a room another name, policy or door; show everybody something."""
    if room.code is None:
        raise Forbidden(f"{room.id} is no room of a class: it stays as it is.")
    given = body.model_fields_set
    if given & {"name", "policy", "locked"}:
        await changes.change(room, name=body.name, policy=body.policy, locked=body.locked)
    if "shown" in given:
        to_show = None if body.shown is None else Shown(room=body.shown.room, lab=body.shown.lab)
        await changes.show(room, to_show)
    return room.info()


@router.delete(
    "/{room}",
    status_code=204,
    response_description="It has ended, with all that ran in it.",
    responses=error_answers(*IN_ROOM, NotKept),
)
async def close_room(room: RoomToManage, changes: ChangesHere) -> Response:
    """Close a room for good: everybody is told, everything in it stops."""
    if room.code is None:
        raise Forbidden(f"{room.id} is no room of a class: it ends with the playground.")
    await changes.close_room(room, reason="The host has closed this room.")
    return Response(status_code=204)


@router.delete(
    "/{room}/events",
    status_code=204,
    tags=["events"],
    response_description="Another history begins, with an epoch of its own.",
    responses=error_answers(*IN_ROOM),
)
async def clear_events(room: RoomToClear, changes: ChangesHere) -> Response:
    """Clear the timeline."""
    await changes.clear(room)
    return Response(status_code=204)
