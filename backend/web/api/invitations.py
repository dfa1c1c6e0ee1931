"""The invitation into a room as JSON: what to say aloud, what to send, what to point a phone at."""

from __future__ import annotations

import msgspec
from fastapi import APIRouter

from backend.domain.errors import Forbidden
from backend.runtime.interfaces import own_addresses
from backend.web.answers import Shown as Answer
from backend.web.api.error_answers import IN_ROOM, error_answers
from backend.web.invitation import Way, ways_to
from backend.web.playground import PlaygroundHere, RoomHere

router = APIRouter(prefix="/api/rooms", tags=["rooms"])


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """The code of a room, and the ways to its door, the likeliest first."""

    code: str
    ways: tuple[Way, ...]


@router.get(
    "/{room}/invitation",
    response_description="The code, with a link and a QR code for each address.",
    responses=error_answers(*IN_ROOM),
)
async def show_invitation(room: RoomHere, playground: PlaygroundHere) -> Answer[Invitation]:
    """Show how others come into this room."""
    code = room.in_class.code
    if code is None:
        raise Forbidden(f"{room.id} is no room of a class: nobody else comes into it.")
    return Invitation(code=code, ways=ways_to(code, playground.settings, own_addresses()))
