"""A room as JSON."""

from __future__ import annotations

from fastapi import APIRouter

from backend.domain.room_info import RoomInfo
from backend.web.answers import Shown
from backend.web.api.error_answers import IN_ROOM, error_answers
from backend.web.playground import RoomHere

router = APIRouter(prefix="/api/rooms", tags=["rooms"])


@router.get(
    "/{room}", response_description="The room as it is now.", responses=error_answers(*IN_ROOM)
)
async def show_room(room: RoomHere) -> Shown[RoomInfo]:
    """Show a room: its runs, its clients, its people."""
    return room.info()
