"""A room as JSON."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.requests import HTTPConnection

from backend.runtime.rooms import Room

router = APIRouter(prefix="/api/rooms", tags=["rooms"])


def room_of(connection: HTTPConnection) -> Room:
    """Return the room that the path names. Raises UnknownRoom."""
    room: Room = connection.app.state.rooms.get(connection.path_params["room"])
    return room


@router.get("/{room}")
async def show_room(request: Request, room: str) -> dict[str, Any]:
    """Show a room: its runs, its clients, its people."""
    return room_of(request).as_dict()
