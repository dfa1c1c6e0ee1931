"""The timeline as JSON lines. Live it is a WebSocket (web/sockets/events.py)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from backend.domain.timeline import Cursor
from backend.web.playground import RoomHere

router = APIRouter(tags=["events"])

EPOCH_LIMIT = 64  # characters; ours have 16


async def cursor_of(
    after: Annotated[
        int, Query(ge=0, description="The number of the last event that you have.")
    ] = 0,
    epoch: Annotated[
        str | None,
        Query(max_length=EPOCH_LIMIT, description="The history that this number is of: `epoch`."),
    ] = None,
) -> Cursor:
    """Return where the reader stands that asks for events."""
    return Cursor(after, epoch)


CursorHere = Annotated[Cursor, Depends(cursor_of)]


@router.get("/api/rooms/{room}/events", response_class=Response)
async def list_events(
    room: RoomHere,
    cursor: CursorHere,
    limit: Annotated[int, Query(ge=1, le=100_000)] = 1000,
) -> Response:
    """Return events as JSON lines, the oldest first; a gap comes first where some are gone."""
    excerpt = room.hub.read(cursor, limit)
    lines = ([excerpt.gap.encoded()] if excerpt.gap else []) + excerpt.events
    return Response(b"".join(line + b"\n" for line in lines), media_type="application/x-ndjson")
