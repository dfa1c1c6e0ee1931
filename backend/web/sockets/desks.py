"""The desks of a class, live, over a WebSocket: summaries of those that have changed."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator

from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect
from uvicorn.protocols.utils import ClientDisconnected

from backend.domain.errors import LimitReached
from backend.web.access import accept
from backend.web.errors import close_code_of
from backend.web.playground import ClassViewHere
from backend.web.protocol.websocket import SEND_SHARED
from backend.web.sockets.events import NO_EVENTS, PING

router = APIRouter()


@router.websocket("/ws/rooms/{room}/class")
async def follow_desks(websocket: WebSocket, view: ClassViewHere) -> None:
    """Send what changes at the desks: a JSON array of summaries a message, first of all of them."""
    await accept(websocket)
    sending = asyncio.create_task(_send_batches(websocket, view.follow()))
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
