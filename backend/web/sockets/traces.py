"""The other end of `socketlab trace --room`: a learner's own program in the room's timeline."""

from __future__ import annotations

import asyncio
import contextlib

import msgspec
from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect

from backend.domain.errors import InvalidRequest, LimitReached
from backend.domain.visit import Welcome
from backend.runtime.outside import OutsideRun
from backend.web.access import accept
from backend.web.errors import close_code_of
from backend.web.playground import RoomToTrace
from backend.web.protocol.direct import DIRECT, Cut, DirectConnection

router = APIRouter()

UNSUPPORTED_DATA = 1003  # RFC 6455, 7.4.1


class _Teller:
    """Gives a run each message as it comes; `ended` is done when none comes, or raises why.

    Whoever tells more than we take is stopped by TCP: what came is taken before more is read.
    """

    def __init__(self, run: OutsideRun) -> None:
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._run = run

    # What the connection tells: see Listener

    def take(self, message: bytes | str) -> None:
        """Take events, or the end of the program."""
        if self.ended.done():
            return
        try:
            if isinstance(message, bytes):
                raise _NoText
            self._run.take(message)
        except Exception as error:
            self.ended.set_exception(error)

    def flush(self) -> None:
        """Do nothing: each message is taken at once."""

    def take_last(self, message: bytes) -> None:
        """Take bytes, which are none of its messages."""
        self.take(message)

    def line_is_writable(self) -> None:
        """Do nothing: nothing is said to it."""

    def line_has_ended(self, _cut: Cut | None) -> None:
        """Note the end."""
        if not self.ended.done():
            self.ended.set_result(None)


class _NoText(Exception):
    """A binary message."""


@router.websocket("/ws/rooms/{room}/trace")
async def show_program(websocket: WebSocket, room: RoomToTrace) -> None:
    """Take the events of a program that runs where its owner is."""
    await accept(websocket)
    try:
        with room.outside(await websocket.receive_text()) as run:
            await websocket.send_text(msgspec.json.encode(Welcome(run=run.id)).decode())
            await _listen(websocket.scope["extensions"][DIRECT], run)
    except WebSocketDisconnect:
        pass
    except (KeyError, _NoText):  # KeyError: the first message
        await _close(websocket, UNSUPPORTED_DATA, "text messages only")
    except (InvalidRequest, LimitReached) as error:
        await _close(websocket, close_code_of(error), error.message[:100])


async def _listen(line: DirectConnection, run: OutsideRun) -> None:
    """Let a run have all that comes, until the connection ends. Raises what it makes of it."""
    teller = _Teller(run)
    line.attach(teller)
    try:
        await teller.ended
    finally:
        line.detach()


async def _close(websocket: WebSocket, code: int, reason: str) -> None:
    """Close the WebSocket, if it is still open."""
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        await websocket.close(code, reason)
