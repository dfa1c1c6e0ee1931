"""The people of a room: come in, change, go; and names for programs that have none of their own."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from backend.domain.addresses import as_text, from_text
from backend.domain.errors import (
    DoorLocked,
    Forbidden,
    InvalidRequest,
    LimitReached,
    NotKept,
    TooManyAttempts,
    Unauthorized,
    UnknownPerson,
    UnknownRoom,
)
from backend.domain.people import PersonInfo, clean_name
from backend.web.answers import Shown as Answer
from backend.web.api.error_answers import BODY, IN_ROOM, error_answers
from backend.web.api.rooms import Admission, Name
from backend.web.host_key import ChangesHere, IsHostHere
from backend.web.playground import (
    CallerHere,
    PersonHere,
    RoomDoorHere,
    RoomHere,
    RoomToManage,
    RoomToNamePeers,
)

router = APIRouter(prefix="/api/rooms", tags=["people"])

OF_PERSON = (*IN_ROOM, UnknownPerson)


class JoinRequest(BaseModel):
    """Who comes in."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: Name


class PersonChange(BaseModel):
    """What is to be otherwise; what is left out stays."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: Name | None = None
    muted: bool | None = None


class PeerName(BaseModel):
    """A name for a program; the empty one takes it away."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: Annotated[str, Field(description="1 to 40 visible characters, or none.")]


@router.post(
    "/{room}/people",
    status_code=201,
    response_description="Who you are now, and the token that says so.",
    responses=error_answers(
        *(UnknownRoom, "not_found"),
        *(*BODY, Unauthorized, DoorLocked, LimitReached, TooManyAttempts, NotKept),
    ),
)
async def join_room(
    room: RoomDoorHere,
    body: JoinRequest,
    changes: ChangesHere,
    is_host: IsHostHere,
) -> Answer[Admission]:
    """Come into a room, by its code or its id: as a guest, or, with the host key, as a host."""
    if is_host:
        person, token = await changes.join_as_host(room, body.name)
    else:
        person, token = await changes.join(room, body.name)
    return Admission(room=room.info(), person=room.info_of(person), token=token)


@router.get(
    "/{room}/people/{person}",
    response_description="The person as they are now.",
    responses=error_answers(*OF_PERSON),
)
async def show_person(room: RoomHere, person: PersonHere) -> Answer[PersonInfo]:
    """Show somebody of this room; `me` is who asks."""
    return room.info_of(person)


@router.patch(
    "/{room}/people/{person}",
    response_description="The person as they are now.",
    responses=error_answers(*OF_PERSON, *BODY, NotKept),
)
async def change_person(
    caller: CallerHere, person: PersonHere, body: PersonChange, changes: ChangesHere
) -> Answer[PersonInfo]:
    """Rename somebody, yourself without asking; mute somebody, which hosts do."""
    is_self = person is caller.person and body.muted is None
    caller.require("rename" if is_self else "manage")
    await changes.change_person(caller.room, person, name=body.name, muted=body.muted)
    return caller.room.info_of(person)


@router.delete(
    "/{room}/people/{person}",
    status_code=204,
    response_description="They are out, and what they held open is closed.",
    responses=error_answers(*OF_PERSON, NotKept),
)
async def remove_person(caller: CallerHere, person: PersonHere, changes: ChangesHere) -> Response:
    """Remove somebody for good; or leave."""
    is_self = person is caller.person
    if not is_self:
        caller.require("manage")
    elif person.role == "host" and _is_last_host(caller):
        raise Forbidden("You are the only host: close the room instead.")
    await changes.remove_person(caller.room, person, removed=not is_self)
    return Response(status_code=204)


def _is_last_host(caller: CallerHere) -> bool:
    return sum(person.role == "host" for person in caller.room.people) == 1


@router.post(
    "/{room}/people/{person}/token",
    status_code=201,
    response_description="Their new token; the old one ends.",
    responses=error_answers(*OF_PERSON, NotKept),
)
async def renew_token(
    room: RoomToManage, person: PersonHere, changes: ChangesHere
) -> Answer[Admission]:
    """Let somebody in again as themselves, in another browser."""
    token = await changes.renew_token(room, person)
    return Admission(room=room.info(), person=room.info_of(person), token=token)


PeerAddress = Annotated[
    str,
    Path(
        description="The address of a program, with a port of at most 65535.",
        pattern=r"^.+:[0-9]{1,5}$",
        examples=["127.0.0.1:41314"],
    ),
]


@router.put(
    "/{room}/peers/{address}",
    status_code=204,
    response_description="It is called so.",
    responses=error_answers(*IN_ROOM, *BODY),
)
async def name_peer(room: RoomToNamePeers, address: PeerAddress, body: PeerName) -> Response:
    """Give a name to a program that is known by its address only."""
    try:
        address = as_text(from_text(address))
    except ValueError as error:
        raise InvalidRequest(str(error)[:200]) from None
    room.name_peer(address, clean_name(body.name) if body.name else "")
    return Response(status_code=204)
