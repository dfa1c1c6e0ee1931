"""The other end of `socketlab trace --room`: a learner's own program in the room's timeline."""

from __future__ import annotations

import contextlib

import msgspec
from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect

from backend.domain.errors import InvalidRequest, LimitReached
from backend.domain.visit import Welcome
from backend.web.access import accept
from backend.web.errors import close_code_of
from backend.web.playground import RoomToTrace

router = APIRouter()

UNSUPPORTED_DATA = 1003  # RFC 6455, 7.4.1


@router.websocket("/ws/rooms/{room}/trace")
async def show_program(websocket: WebSocket, room: RoomToTrace) -> None:
    """Take the events of a program that runs where its owner is."""
    await accept(websocket)
    try:
        with room.outside(await websocket.receive_text()) as run:
            await websocket.send_text(msgspec.json.encode(Welcome(run=run.id)).decode())
            while True:
                run.take(await websocket.receive_text())
    except WebSocketDisconnect:
        pass
    except KeyError:  # a binary message
        await _close(websocket, UNSUPPORTED_DATA, "text messages only")
    except (InvalidRequest, LimitReached) as error:
        await _close(websocket, close_code_of(error), error.message[:100])


async def _close(websocket: WebSocket, code: int, reason: str) -> None:
    """Close the WebSocket, if it is still open."""
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        await websocket.close(code, reason)
