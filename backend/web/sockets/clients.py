"""The client WebSocket: one browser's end of one socket of the bridge."""

from __future__ import annotations

import contextlib
import json
from typing import Any

from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect

from backend.domain.errors import LimitReached
from backend.web.api.rooms import room_of

router = APIRouter()

CLOSE_CODES = {"window": 1008, "limit": 1013}  # RFC 6455 7.4.1 and the IANA registry
NORMAL = 1000


class WebSocketBrowser:
    """A WebSocket as the bridge wants it. Once it is gone, what is sent is let go."""

    def __init__(self, websocket: WebSocket) -> None:
        self._websocket = websocket

    async def receive(self) -> bytes | str | None:
        """Return the next message; None once the WebSocket is closed."""
        message = await self._websocket.receive()
        if message["type"] == "websocket.disconnect":
            return None
        data: bytes | str | None = message.get("bytes")
        return message["text"] if data is None else data

    async def send(self, data: bytes) -> None:
        """Send a binary message."""
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            await self._websocket.send_bytes(data)

    async def send_control(self, message: dict[str, Any]) -> None:
        """Send a control message."""
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            await self._websocket.send_text(json.dumps(message))

    async def close(self, code: int, reason: str) -> None:
        """Close the WebSocket, if it is open."""
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            await self._websocket.close(code, reason)


@router.websocket("/ws/rooms/{room}/runs/{run}/client")
async def be_client(websocket: WebSocket, room: str, run: str) -> None:
    """Be a client of a run: bytes are binary messages, control is JSON."""
    found_room = room_of(websocket)
    found_run = found_room.run(run)
    await websocket.accept()
    browser = WebSocketBrowser(websocket)
    error: tuple[str, str] | None = None
    try:
        with found_room.client(found_run) as client:
            if client is None:
                error = "refused", "This run does not listen: it has ended, or is no server."
            else:
                await client.serve(browser)
                error = (client.last_error, "") if client.last_error else None
    except LimitReached as limit:
        error = limit.code, limit.message
    if error is not None and error[1]:
        await browser.send_control({"type": "error", "code": error[0], "message": error[1]})
    code = error[0] if error else ""
    await browser.close(CLOSE_CODES.get(code, NORMAL), code)
