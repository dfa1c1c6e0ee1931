"""A room's timeline as a file: to download, or kept, named and shared in the room."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Annotated

import msgspec
from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

from backend.domain.errors import (
    InvalidRequest,
    LimitReached,
    NotKept,
    UnknownLab,
    UnknownRecording,
)
from backend.domain.recorded_take import RecordedTake
from backend.domain.recording import MEDIA_TYPE
from backend.domain.remembered import RecordingInfo
from backend.runtime.keepsakes import record, take_of
from backend.runtime.room import Room
from backend.web.answers import Shown
from backend.web.api.error_answers import BODY, IN_ROOM, Answers, error_answers
from backend.web.api.events import JSON_LINES, at_the_readers_pace
from backend.web.keepsakes import (
    RecordingHere,
    RecordingsHere,
    RecordingsToKeep,
    RecordingToKeep,
)
from backend.web.playground import CallerHere, Playground, PlaygroundHere, RoomHere

router = APIRouter(prefix="/api/rooms", tags=["recordings"])

_FILE_NAME = {
    "description": "The name of the file, with the room and the day in it.",
    "schema": {"type": "string"},
    "required": True,
}
_ANSWERS: Answers = {200: {**JSON_LINES, "headers": {"Content-Disposition": _FILE_NAME}}}
_KEPT = (*IN_ROOM, NotKept)
_ONE = (*_KEPT, UnknownRecording)

Name = Annotated[str, Field(description="1 to 40 visible characters.")]


class RecordingList(msgspec.Struct, frozen=True, kw_only=True):
    """The recordings that a room keeps, the newest first."""

    recordings: tuple[RecordingInfo, ...]


class RecordingRequest(BaseModel):
    """A recording to keep: of what the history holds now, or of one take of a lab."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: Name
    lab: str | None = Field(None, description="A lab: only a take of it is recorded.")
    take: Annotated[int, Field(ge=1)] | None = Field(
        None, description="The number of that take; without it the present one."
    )


class RecordingChange(BaseModel):
    """What is to be otherwise; what is left out stays. `deleted` false brings it back."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: Name | None = None
    deleted: bool | None = None


@router.get(
    "/{room}/recording",
    response_class=StreamingResponse,
    response_description="A header, then every event of the history, one JSON object a line.",
    responses=_ANSWERS | error_answers(*IN_ROOM, InvalidRequest, UnknownLab),
)
async def download_recording(
    room: RoomHere,
    playground: PlaygroundHere,
    *,
    lab: Annotated[
        str | SkipJsonSchema[None], Query(description="A lab: only a take of it is recorded.")
    ] = None,
    take: Annotated[
        Annotated[int, Field(ge=1)] | SkipJsonSchema[None],
        Query(description="The number of that take; without it the present one."),
    ] = None,
) -> StreamingResponse:
    """Download what the room's history holds now, or one take of a lab, to be opened at /replay.

    What comes meanwhile is not part of it; what goes meanwhile is a gap. Programs that went on when
    the take began are in it with their past; `take.began` stands where it ends.
    """
    wanted = _take_of(room, playground, lab, take)
    if wanted is None:
        return _as_file(record(room, playground.settings), file_name(room.id))
    name = file_name(f"{room.id}-{wanted.lab}-{wanted.number}")
    return _as_file(record(room, playground.settings, wanted), name)


@router.get(
    "/{room}/recordings",
    response_description="The recordings.",
    responses=error_answers(*_KEPT),
)
async def list_recordings(recordings: RecordingsHere) -> Shown[RecordingList]:
    """List the recordings that the room keeps."""
    return RecordingList(recordings=await recordings.all())


@router.post(
    "/{room}/recordings",
    status_code=201,
    response_description="The recording, which is kept.",
    responses=error_answers(*_KEPT, *BODY, LimitReached, UnknownLab),
)
async def keep_recording(
    recordings: RecordingsToKeep,
    body: RecordingRequest,
    caller: CallerHere,
    playground: PlaygroundHere,
) -> Shown[RecordingInfo]:
    """Keep what the room's history holds now, or one take of a lab, under a name."""
    take = _take_of(recordings.room, playground, body.lab, body.take)
    return await recordings.keep(body.name, by=caller.person_id, take=take)


@router.get(
    "/{room}/recordings/{recording}",
    response_class=StreamingResponse,
    response_description="A header, then events, one JSON object a line.",
    responses=_ANSWERS | error_answers(*_ONE),
)
async def download_kept_recording(recording: RecordingHere) -> StreamingResponse:
    """Download a recording that the room keeps; `/replay?room=ROOM&recording=ID` opens it."""
    info, pieces = await recording.read()
    return _as_file(pieces, file_name(info.room, time.localtime(info.made_at)))


@router.patch(
    "/{room}/recordings/{recording}",
    response_description="The recording as it is now.",
    responses=error_answers(*_ONE, *BODY),
)
async def change_recording(
    recording: RecordingToKeep, body: RecordingChange
) -> Shown[RecordingInfo]:
    """Rename a recording, or bring it back within an hour after it was deleted."""
    return await recording.change(name=body.name, deleted=body.deleted)


@router.delete(
    "/{room}/recordings/{recording}",
    response_description="The recording, deleted.",
    responses=error_answers(*_ONE),
)
async def delete_recording(recording: RecordingToKeep) -> Shown[RecordingInfo]:
    """Delete a recording. For an hour it can be brought back."""
    return await recording.change(deleted=True)


def _take_of(
    room: Room, playground: Playground, lab: str | None, number: int | None
) -> RecordedTake | None:
    """Return the take that was asked for, None for all. Raises InvalidRequest, UnknownLab."""
    if lab is None:
        if number is not None:
            raise InvalidRequest("Expected a lab with the number of a take, got none.")
        return None
    return take_of(room, playground.settings, playground.catalog.get(lab), number)


def _as_file(pieces: Iterator[bytes], name: str) -> StreamingResponse:
    headers = {
        "content-disposition": f'attachment; filename="{name}"',
        "cache-control": "no-store",
    }
    return StreamingResponse(at_the_readers_pace(pieces), media_type=MEDIA_TYPE, headers=headers)


def file_name(room: str, made: time.struct_time | None = None) -> str:
    """Name the file of a recording, made today or then: socketlab-local-2026-11-21.jsonl."""
    safe = re.sub(r"[^A-Za-z0-9_-]+", "-", room)
    return f"socketlab-{safe}-{time.strftime('%Y-%m-%d', made or time.localtime())}.jsonl"
