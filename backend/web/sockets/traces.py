"""The other end of `socketlab trace --room`: a learner's own program in the room's timeline."""

from __future__ import annotations

from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect

from backend.domain.errors import InvalidRequest, LimitReached
from backend.web.api.rooms import room_of

router = APIRouter()

CLOSE_CODES = {InvalidRequest: 1007, LimitReached: 1013}


@router.websocket("/ws/rooms/{room}/trace")
async def show_program(websocket: WebSocket, room: str) -> None:
    """Take the events of a program that runs where its owner is."""
    found = room_of(websocket)
    await websocket.accept()
    try:
        with found.outside(await websocket.receive_text()) as run:
            await websocket.send_json({"run": run.id})
            while True:
                run.take(await websocket.receive_text())
    except WebSocketDisconnect:
        pass
    except KeyError:  # a binary message
        await websocket.close(1003, "text messages only")
    except (InvalidRequest, LimitReached) as error:
        await websocket.close(CLOSE_CODES[type(error)], error.message[:100])
