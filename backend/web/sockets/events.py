"""The timeline, live, over a WebSocket that passes ASGI by: one frame, made once, for all."""

from __future__ import annotations

import asyncio
import contextlib

from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect

from backend.domain.errors import LimitReached
from backend.runtime.audience import Batch, Place
from backend.web.access import accept
from backend.web.api.events import CursorHere
from backend.web.errors import close_code_of
from backend.web.playground import RoomHere
from backend.web.protocol.direct import DIRECT, Cut, DirectConnection
from backend.web.protocol.websocket import text_frame

router = APIRouter()

# What a viewer asks to see whether anything comes through: pages have no pings of RFC 6455.
PING = '{"type":"ping"}'
NO_EVENTS = "[]"


class WebSocketViewer:
    """A WebSocket as the hub wants it; `gone` is done when it has ended, or raises our defect."""

    place: Place

    def __init__(self, line: DirectConnection) -> None:
        self.gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._line = line

    # For the hub: see Viewer

    def send(self, batch: Batch) -> bool:
        """Send an array of events; one waits in a connection, not two."""
        return self._line.send_frame(batch.wrapped(text_frame))

    def fail(self, defect: Exception) -> None:
        """Let the defect end the WebSocket."""
        if not self.gone.done():
            self.gone.set_exception(defect)

    # What the connection tells: see Listener

    def take(self, message: bytes | str) -> None:
        """Answer who asks whether anything comes through; a viewer has nothing else to say.

        Who has not yet taken what they were sent sees it by that.
        """
        if message == PING and self._line.is_writable:
            self._line.send_text(NO_EVENTS.encode())

    def flush(self) -> None:
        """Do nothing: each message is answered at once."""

    def take_last(self, message: bytes) -> None:
        """Do nothing: a viewer has no bytes to say."""

    def line_is_writable(self) -> None:
        """Go on with what is next."""
        self.place.go_on()

    def line_has_ended(self, _cut: Cut | None) -> None:
        """Note the end."""
        if not self.gone.done():
            self.gone.set_result(None)


@router.websocket("/ws/rooms/{room}/events")
async def follow_events(websocket: WebSocket, room: RoomHere, cursor: CursorHere) -> None:
    """Send the timeline as it grows: a JSON array of events a message."""
    await accept(websocket)
    line: DirectConnection = websocket.scope["extensions"][DIRECT]
    viewer = WebSocketViewer(line)
    try:
        with room.hub.follow(viewer, cursor) as viewer.place:
            line.attach(viewer)
            try:
                await viewer.gone
            finally:
                line.detach()
    except LimitReached as limit:
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            await websocket.close(close_code_of(limit), limit.code)
