"""The network doctor for the host: what the server itself finds of its way to others."""

from __future__ import annotations

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter

from backend.domain.findings import Report
from backend.runtime.doctor import examine
from backend.web.answers import Shown
from backend.web.api.error_answers import IN_ROOM, error_answers
from backend.web.playground import PlaygroundHere, RoomToManage

router = APIRouter(tags=["health"])

_one_at_a_time = CapacityLimiter(1)


@router.get(
    "/api/rooms/{room}/doctor",
    response_description="What was found.",
    responses=error_answers(*IN_ROOM),
)
async def show_doctor(_room: RoomToManage, playground: PlaygroundHere) -> Shown[Report]:
    """Look for what keeps people out, as far as the server sees it. Takes some seconds."""
    found = await to_thread.run_sync(examine, playground.settings, limiter=_one_at_a_time)
    return Report(findings=tuple(found))
