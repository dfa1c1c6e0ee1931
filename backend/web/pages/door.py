"""The ways into a hosted playground: its start, and the form at the door of a room.

Both pages are asked for without credentials and hold nothing of any room: that a code is wrong, or
the door locked, is said to who has tried it (web/api/people.py), and counted there.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from backend.domain.errors import UnknownRoom
from backend.runtime.rooms import LOCAL
from backend.web.pages.language import language_of
from backend.web.playground import PlaygroundHere

router = APIRouter(include_in_schema=False)


async def code_of(
    code: Annotated[str, Path(description="The code of a room, or its id.")],
    playground: PlaygroundHere,
) -> str:
    """Return what stands on a door, whether or not a room is behind it. Raises UnknownRoom."""
    if not playground.settings.is_hosted:
        raise UnknownRoom(code)
    return code


DoorCodeHere = Annotated[str, Depends(code_of)]


@router.get("/", response_model=None)
def show_start(request: Request, playground: PlaygroundHere) -> Response:
    """Send whoever comes to the one local room; in a hosted playground, let them choose."""
    if not playground.settings.is_hosted:
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(playground.site.at(f"/r/{LOCAL}{query}"), status_code=307)
    return playground.site.answer(request, "home.html", page={"lang": language_of(request)})


@router.get("/join/{code}")
def show_door(request: Request, code: DoorCodeHere, playground: PlaygroundHere) -> HTMLResponse:
    """Ask whoever wants to come into a room for their name."""
    return playground.site.answer(
        request, "join.html", page={"lang": language_of(request), "code": code}
    )
