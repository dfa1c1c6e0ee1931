"""The client WebSocket: one browser's end of one socket of the bridge."""

from __future__ import annotations

import contextlib
import json
from collections import deque
from functools import lru_cache
from typing import Any

from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect

from backend.domain.errors import LimitReached, NotListening, SocketLabError
from backend.domain.events import Problem, ProblemCode
from backend.runtime.bridge.browser import Ear
from backend.web.access import accept
from backend.web.errors import close_code_of
from backend.web.playground import CallerHere, RunToConnect
from backend.web.protocol.direct import DIRECT, Cut, DirectConnection
from backend.web.protocol.websocket import text_frame

router = APIRouter()

CREDIT = '{"type": "credit", "bytes": %d}'

# Why we cut a WebSocket, by its close code; anything else is a message that breaks the protocol.
CUT_CODES: dict[int, ProblemCode] = {
    1009: "too_big",
    1011: "timeout",
    4403: "forbidden",
    4404: "forbidden",
}


class WebSocketBrowser:
    """A WebSocket as the bridge wants it: past ASGI, once it is accepted."""

    def __init__(self, line: DirectConnection) -> None:
        self.cut: Problem | None = None
        self._line = line
        self._ear: Ear | None = None
        self._is_gone = False
        self._is_held = False
        self._waiting: deque[bytes | str] = deque()  # of one piece that the network brought

    @property
    def is_ready(self) -> bool:
        """Whether more may be sent now."""
        return self._is_gone or self._line.is_writable

    def attach(self, ear: Ear) -> None:
        """Let this one hear all messages."""
        self._ear = ear
        self._line.attach(self)

    def detach(self) -> None:
        """Let nobody hear it any more."""
        if self._ear is not None:
            self._ear = None
            self._line.detach()

    def hold(self) -> None:
        """Let messages wait: those that are on their way in the kernel."""
        if not self._is_held:
            self._is_held = True
            self._line.pause_reading()

    def go_on(self) -> None:
        """Let what waits be heard, and read on."""
        if not self._is_held:
            return
        self._is_held = False
        while self._waiting and not self._is_held and self._ear is not None:
            self._ear.take(self._waiting.popleft())
        if self._ear is None or self._is_held:
            return
        self._ear.flush()
        if self._is_gone:
            self._ear.browser_has_gone()
        else:
            self._line.resume_reading()

    def send(self, data: bytes, credit: int) -> bool:
        """Send a binary message, after a credit where there is one."""
        after = credit_frame(credit) if credit else b""
        return self._line.send_binary(data, after=after) or self._is_gone

    def send_control(self, message: dict[str, Any]) -> None:
        """Send a control message."""
        self._line.send_text(json.dumps(message).encode())

    # What the connection tells: see Listener

    def take(self, message: bytes | str) -> None:
        """Pass a message on."""
        if self._is_held:
            self._waiting.append(message)
        elif self._ear is not None:
            self._ear.take(message)

    def flush(self) -> None:
        """Pass on that no message follows for now."""
        if self._ear is not None:
            self._ear.flush()

    def take_last(self, message: bytes) -> None:
        """Pass on a message after which for now none follows."""
        if self._is_held:
            self._waiting.append(message)
        elif self._ear is not None:
            self._ear.take_last(message)

    def line_is_writable(self) -> None:
        """Pass on that more may be sent."""
        if self._ear is not None:
            self._ear.browser_is_ready()

    def line_has_ended(self, cut: Cut | None) -> None:
        """Pass on that the browser has gone, after what it said; and why, if we cut it."""
        if self._is_gone:
            return
        self._is_gone = True
        if cut is not None:
            words = f"The WebSocket was closed with {cut.code}: {cut.reason}."
            self.cut = Problem(code=CUT_CODES.get(cut.code, "bad_message"), message=words)
        if self._ear is not None and self._is_held:
            self._ear.browser_is_ready()  # to take what waits: what it is sent is let go
        elif self._ear is not None:
            self._ear.browser_has_gone()


@lru_cache(maxsize=64)
def credit_frame(size_bytes: int) -> bytes:
    """Return a whole message that grants so many bytes; most grants are of few sizes."""
    return text_frame((CREDIT % size_bytes).encode())


@router.websocket("/ws/rooms/{room}/runs/{run}/client")
async def be_client(websocket: WebSocket, run: RunToConnect, caller: CallerHere) -> None:
    """Be a client of a run: bytes are binary messages, control is JSON."""
    await accept(websocket)
    browser = WebSocketBrowser(websocket.scope["extensions"][DIRECT])
    end: SocketLabError | Problem | None
    try:
        with caller.room.client(run, caller.person) as client:
            await client.serve(browser)
            end = client.last_problem
    except (LimitReached, NotListening) as error:
        browser.send_control({"type": "error", "code": error.code, "message": error.message})
        end = error
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        await websocket.close(close_code_of(end), end.code if end else "")
