"""The timeline, live, over a WebSocket."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator

from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect
from uvicorn.protocols.utils import ClientDisconnected

from backend.domain.errors import LimitReached
from backend.web.access import accept
from backend.web.api.events import CursorHere
from backend.web.errors import close_code_of
from backend.web.playground import RoomHere
from backend.web.protocol.websocket import SEND_SHARED

router = APIRouter()

# What a viewer asks to see whether anything comes through: pages have no pings of RFC 6455.
PING = '{"type":"ping"}'
NO_EVENTS = "[]"


@router.websocket("/ws/rooms/{room}/events")
async def follow_events(websocket: WebSocket, room: RoomHere, cursor: CursorHere) -> None:
    """Send the timeline as it grows: a JSON array of events a message."""
    await send_to_viewer(websocket, room.hub.follow(cursor))


async def send_to_viewer(websocket: WebSocket, batches: AsyncGenerator[bytes, None]) -> None:
    """Send what comes to one who looks, as long as they do."""
    await accept(websocket)
    sending = asyncio.create_task(_send_batches(websocket, batches))
    listening = asyncio.create_task(_wait_until_gone(websocket))
    try:
        await asyncio.wait({sending, listening}, return_when=asyncio.FIRST_COMPLETED)
        if sending.done():
            sending.result()
    except LimitReached as limit:
        await websocket.close(close_code_of(limit), limit.code)
    except (WebSocketDisconnect, ClientDisconnected):
        pass
    finally:
        sending.cancel()
        listening.cancel()
        await asyncio.gather(sending, listening, return_exceptions=True)


async def _send_batches(websocket: WebSocket, batches: AsyncGenerator[bytes, None]) -> None:
    send_shared = websocket.scope["extensions"][SEND_SHARED]
    async with contextlib.aclosing(batches):
        async for batch in batches:
            await send_shared(batch)


async def _wait_until_gone(websocket: WebSocket) -> None:
    while (message := await websocket.receive())["type"] != "websocket.disconnect":
        if message.get("text") == PING:  # beside that a viewer has nothing to say
            await websocket.send_text(NO_EVENTS)
