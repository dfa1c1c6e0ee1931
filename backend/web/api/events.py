"""The timeline: as JSON lines over HTTP, live over a WebSocket."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response, WebSocket
from starlette.websockets import WebSocketDisconnect

from backend.domain.errors import LimitReached
from backend.runtime.rooms import Room
from backend.web.api.rooms import room_of

router = APIRouter(tags=["events"])

TRY_AGAIN_LATER = 1013  # IANA registry of WebSocket close codes

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
    listening = asyncio.create_task(_wait_until_gone(websocket))
    try:
        await asyncio.wait({sending, listening}, return_when=asyncio.FIRST_COMPLETED)
        if sending.done():
            sending.result()
    except LimitReached as limit:
        await websocket.close(TRY_AGAIN_LATER, limit.code)
    except WebSocketDisconnect:
        pass
    finally:
        sending.cancel()
        listening.cancel()
        await asyncio.gather(sending, listening, return_exceptions=True)


async def _send_batches(websocket: WebSocket, room: Room, after: int) -> None:
    async with contextlib.aclosing(room.hub.follow(after)) as batches:
        async for batch in batches:
            await websocket.send_text(batch.decode())


async def _wait_until_gone(websocket: WebSocket) -> None:
    while (await websocket.receive())["type"] != "websocket.disconnect":
        pass  # a viewer has nothing to say
