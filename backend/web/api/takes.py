"""Takes as JSON: clear the board of a lab, and count from 1."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from backend.domain.errors import UnknownLab
from backend.web.answers import Shown
from backend.web.api.error_answers import BODY, IN_ROOM, error_answers
from backend.web.playground import PlaygroundHere, RoomToStart

router = APIRouter(prefix="/api/rooms", tags=["events"])

LabId = Annotated[
    str,
    Field(
        description="The id of a lab, as the catalogue has it.",
        json_schema_extra={"pattern": "^[^/]+/[^/]+$"},
    ),
]


class Take(msgspec.Struct, frozen=True, kw_only=True):
    """A take: `lab` is whose board it is, for a lab that talks to another's server that one's."""

    lab: str
    take: int


class TakeRequest(BaseModel):
    """The lab whose board is to be cleared."""

    model_config = ConfigDict(extra="forbid", strict=True)

    lab: LabId


@router.post(
    "/{room}/takes",
    status_code=201,
    response_description="The take that has begun.",
    responses=error_answers(*IN_ROOM, *BODY, UnknownLab),
)
async def begin_take(
    room: RoomToStart, body: TakeRequest, playground: PlaygroundHere
) -> Shown[Take]:
    """Begin a take of a lab: its views are clear, its clients are counted from 1.

    What runs goes on. The take before stays in the history.
    """
    began = room.takes.begin(playground.catalog.get(body.lab))
    return Take(lab=began.lab, take=began.take)
