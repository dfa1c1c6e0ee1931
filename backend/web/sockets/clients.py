"""The client WebSocket: one browser's end of one socket of the bridge."""

from __future__ import annotations

import contextlib
import json
from typing import Any

from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect

from backend.domain.errors import LimitReached, NotListening, SocketLabError
from backend.domain.events import Problem, ProblemCode
from backend.web.access import accept
from backend.web.errors import close_code_of
from backend.web.playground import CallerHere, RunToConnect
from backend.web.protocol.websocket import CUT

router = APIRouter()

# Why we cut a WebSocket, by its close code; anything else is a message that breaks the protocol.
CUT_CODES: dict[int, ProblemCode] = {
    1009: "too_big",
    1011: "timeout",
    4403: "forbidden",
    4404: "forbidden",
}


class WebSocketBrowser:
    """A WebSocket as the bridge wants it. Once it is gone, what is sent is let go."""

    def __init__(self, websocket: WebSocket) -> None:
        self.cut: Problem | None = None
        self._websocket = websocket

    async def receive(self) -> bytes | str | None:
        """Return the next message; None once the WebSocket is closed."""
        message = await self._websocket.receive()
        if message["type"] == "websocket.disconnect":
            if CUT in message:
                code, reason = message["code"], message["reason"]
                words = f"The WebSocket was closed with {code}: {reason}."
                self.cut = Problem(code=CUT_CODES.get(code, "bad_message"), message=words)
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
async def be_client(websocket: WebSocket, run: RunToConnect, caller: CallerHere) -> None:
    """Be a client of a run: bytes are binary messages, control is JSON."""
    await accept(websocket)
    browser = WebSocketBrowser(websocket)
    end: SocketLabError | Problem | None
    try:
        with caller.room.client(run, caller.person) as client:
            await client.serve(browser)
            end = client.last_problem
    except (LimitReached, NotListening) as error:
        await browser.send_control({"type": "error", "code": error.code, "message": error.message})
        end = error
    await browser.close(close_code_of(end), end.code if end else "")
