"""What the network doctor asks over a WebSocket: whether messages come through, there and back.

Whoever reaches the server may ask; nothing is said that was not sent.
"""

from __future__ import annotations

import asyncio
import contextlib

from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect

router = APIRouter()

MESSAGES = 8  # that are answered
MESSAGE_CHARACTERS = 200
SILENCE_S = 10.0  # after which it is closed


@router.websocket("/ws/echo")
async def echo_messages(websocket: WebSocket) -> None:
    """Send a few short messages back, each at once."""
    await websocket.accept()
    with contextlib.suppress(WebSocketDisconnect, TimeoutError, KeyError, RuntimeError):
        for _ in range(MESSAGES):
            async with asyncio.timeout(SILENCE_S):
                text = await websocket.receive_text()
            await websocket.send_text(text[:MESSAGE_CHARACTERS])
        await websocket.close()
