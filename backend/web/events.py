"""The timeline: as JSON lines over HTTP, live over a WebSocket."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response, WebSocket
from starlette.websockets import WebSocketDisconnect

from backend.runtime.rooms import Room
from backend.web.rooms import room_of

router = APIRouter(tags=["events"])

After = Annotated[int, Query(ge=0, description="The number of the last event that you have.")]


@router.get("/api/rooms/{room}/events", response_class=Response)
async def list_events(
    request: Request,
    room: str,
    after: After = 0,
    limit: Annotated[int, Query(ge=1, le=100_000)] = 1000,
) -> Response:
    """Return events as JSON lines, the oldest first; a gap comes first where some are gone."""
    page = room_of(request).hub.read(after, limit)
    lines = ([page.gap.encoded()] if page.gap else []) + page.events
    return Response(b"".join(line + b"\n" for line in lines), media_type="application/x-ndjson")


@router.websocket("/ws/rooms/{room}/events")
async def follow_events(websocket: WebSocket, room: str, after: After = 0) -> None:
    """Send the timeline as it grows: a JSON array of events a message."""
    found = room_of(websocket)
    await websocket.accept()
    sending = asyncio.create_task(_send_batches(websocket, found, after))
    try:
        while (await websocket.receive())["type"] != "websocket.disconnect":
            pass  # a viewer has nothing to say
    finally:
        sending.cancel()
        with contextlib.suppress(asyncio.CancelledError, WebSocketDisconnect):
            await sending


async def _send_batches(websocket: WebSocket, room: Room, after: int) -> None:
    async for batch in room.hub.follow(after):
        await websocket.send_text(batch.decode())
