"""The desks of a class, live, over a WebSocket: summaries of those that have changed."""

from __future__ import annotations

from fastapi import APIRouter, WebSocket

from backend.web.playground import ClassViewHere
from backend.web.sockets.events import send_to_viewer

router = APIRouter()


@router.websocket("/ws/rooms/{room}/class")
async def follow_desks(websocket: WebSocket, view: ClassViewHere) -> None:
    """Send what changes at the desks: a JSON array of summaries a message, first of all of them."""
    await send_to_viewer(websocket, view.follow())
