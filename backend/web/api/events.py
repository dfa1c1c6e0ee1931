"""The timeline as JSON lines. Live it is a WebSocket (web/sockets/events.py)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from backend.web.playground import RoomHere

router = APIRouter(tags=["events"])

After = Annotated[int, Query(ge=0, description="The number of the last event that you have.")]


@router.get("/api/rooms/{room}/events", response_class=Response)
async def list_events(
    room: RoomHere,
    after: After = 0,
    limit: Annotated[int, Query(ge=1, le=100_000)] = 1000,
) -> Response:
    """Return events as JSON lines, the oldest first; a gap comes first where some are gone."""
    page = room.hub.read(after, limit)
    lines = ([page.gap.encoded()] if page.gap else []) + page.events
    return Response(b"".join(line + b"\n" for line in lines), media_type="application/x-ndjson")
