"""A room's timeline as a file to keep."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from backend.domain.recording import MEDIA_TYPE, Header, lab_ids, pieces
from backend.domain.timeline import Cursor
from backend.web.playground import PlaygroundHere, RoomHere

router = APIRouter(prefix="/api/rooms", tags=["events"])


@router.get("/{room}/recording", response_class=StreamingResponse)
async def download_recording(room: RoomHere, playground: PlaygroundHere) -> StreamingResponse:
    """Download what the room's history holds now, to be opened at /replay."""
    # One reading of a bounded history: what comes meanwhile is not part of it.
    excerpt = room.hub.read(Cursor(0), playground.settings.events_kept)
    info = room.info()
    header = Header(
        room=info.id,
        clock_offset_s=info.clock_offset_s,
        lab_ids=lab_ids(excerpt, info.runs),
        runs=info.runs,
    )

    async def stream() -> AsyncIterator[bytes]:
        for piece in pieces(header, excerpt):
            yield piece

    headers = {
        "content-disposition": f'attachment; filename="{file_name(info.id)}"',
        "cache-control": "no-store",
    }
    return StreamingResponse(stream(), media_type=MEDIA_TYPE, headers=headers)


def file_name(room: str) -> str:
    """Name the file of a recording that is made today: socketlab-local-2026-11-21.jsonl."""
    safe = re.sub(r"[^A-Za-z0-9_-]+", "-", room)
    return f"socketlab-{safe}-{time.strftime('%Y-%m-%d')}.jsonl"
