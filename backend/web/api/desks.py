"""The desks of a class as JSON. Live they are a WebSocket (web/sockets/desks.py)."""

from __future__ import annotations

import msgspec
from fastapi import APIRouter

from backend.domain.desk_summary import DeskSummary
from backend.web.answers import Shown as Answer
from backend.web.api.error_answers import IN_ROOM, error_answers
from backend.web.playground import ClassViewHere

router = APIRouter(prefix="/api/rooms", tags=["rooms"])


class DeskList(msgspec.Struct, frozen=True, kw_only=True):
    """The desks of a class, each in a few words."""

    desks: tuple[DeskSummary, ...]


@router.get(
    "/{room}/desks",
    response_description="The desks, in the order in which their people came.",
    responses=error_answers(*IN_ROOM),
)
async def list_desks(view: ClassViewHere) -> Answer[DeskList]:
    """Sum up all desks of a class: what runs there, what happened last, what waits."""
    return DeskList(desks=tuple(await view.look()))
