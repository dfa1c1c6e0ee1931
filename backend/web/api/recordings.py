"""A room's timeline as a file to keep."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from backend.domain.recording import MEDIA_TYPE, Header, lab_ids, pieces
from backend.web.api.rooms import room_of

router = APIRouter(prefix="/api/rooms", tags=["events"])


@router.get("/{room}/recording", response_class=StreamingResponse)
async def download_recording(request: Request, room: str) -> StreamingResponse:
    """Download what the room's history holds now, to be opened at /replay."""
    found = room_of(request)
    # One reading of a bounded history: what comes meanwhile is not part of it.
    page = found.hub.read(0, request.app.state.settings.events_kept)
    told = found.as_dict()
    header = Header(
        room=found.id,
        clock_offset_s=told["clock_offset_s"],
        lab_ids=lab_ids(page, told["runs"]),
        runs=told["runs"],
    )

    async def stream() -> AsyncIterator[bytes]:
        for piece in pieces(header, page):
            yield piece

    headers = {
        "content-disposition": f'attachment; filename="{file_name(found.id)}"',
        "cache-control": "no-store",
    }
    return StreamingResponse(stream(), media_type=MEDIA_TYPE, headers=headers)


def file_name(room: str) -> str:
    """Name the file of a recording that is made today: socketlab-local-2026-11-21.jsonl."""
    safe = re.sub(r"[^A-Za-z0-9_-]+", "-", room)
    return f"socketlab-{safe}-{time.strftime('%Y-%m-%d')}.jsonl"
