"""A room's timeline as a file to keep."""

from __future__ import annotations

import re
import time
from itertools import chain

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from backend.domain.recording import MEDIA_TYPE, Header, lab_ids
from backend.domain.timeline import Cursor
from backend.web.api.error_answers import IN_ROOM, Answers, error_answers
from backend.web.api.events import JSON_LINES, at_the_readers_pace
from backend.web.playground import PlaygroundHere, RoomHere

router = APIRouter(prefix="/api/rooms", tags=["events"])


_FILE_NAME = {
    "description": "The name of the file, with the room and the day in it.",
    "schema": {"type": "string"},
    "required": True,
}
_ANSWERS: Answers = {200: {**JSON_LINES, "headers": {"Content-Disposition": _FILE_NAME}}}


@router.get(
    "/{room}/recording",
    response_class=StreamingResponse,
    response_description="A header, then every event of the history, one JSON object a line.",
    responses=_ANSWERS | error_answers(*IN_ROOM),
)
async def download_recording(room: RoomHere, playground: PlaygroundHere) -> StreamingResponse:
    """Download what the room's history holds now, to be opened at /replay.

    What comes meanwhile is not part of it; what goes meanwhile is a gap.
    """
    info = room.info()
    start, limit = Cursor(0), playground.settings.events_kept
    header = Header(
        room=info.id,
        clock_offset_s=info.clock_offset_s,
        lab_ids=lab_ids(room.hub.read(start, limit), info.runs),
        runs=info.runs,
    )
    lines = chain([header.encoded() + b"\n"], room.hub.lines(start, limit))
    headers = {
        "content-disposition": f'attachment; filename="{file_name(info.id)}"',
        "cache-control": "no-store",
    }
    return StreamingResponse(at_the_readers_pace(lines), media_type=MEDIA_TYPE, headers=headers)


def file_name(room: str) -> str:
    """Name the file of a recording that is made today: socketlab-local-2026-11-21.jsonl."""
    safe = re.sub(r"[^A-Za-z0-9_-]+", "-", room)
    return f"socketlab-{safe}-{time.strftime('%Y-%m-%d')}.jsonl"
