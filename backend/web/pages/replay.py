"""The page that replays a recording. The file is read by the browser alone and never comes here."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

import msgspec
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import FileResponse, HTMLResponse

from backend.domain.recording import MEDIA_TYPE
from backend.runtime.rooms import LOCAL
from backend.web.pages.language import language_of
from backend.web.pages.page_data import PERMISSIONS
from backend.web.pages.site import FRONTEND
from backend.web.pages.workbench import differences_page, reader_data
from backend.web.playground import LabHere, PlaygroundHere

EXAMPLE = FRONTEND / "examples" / "udp-transform.jsonl"

ROOM_ID_LIMIT = 64  # characters

router = APIRouter(prefix="/replay", include_in_schema=False)


async def room_of(
    playground: PlaygroundHere, room: Annotated[str, Query(max_length=ROOM_ID_LIMIT)] = ""
) -> str:
    """Return the id of the room that a replay belongs to; of a hosted playground maybe none.

    Whether it is there is said to who may look at it: these pages hold nothing of any room.
    """
    return room or ("" if playground.settings.is_hosted else LOCAL)


RoomOfReplay = Annotated[str, Depends(room_of)]


@router.get("")
def show_replay(request: Request, playground: PlaygroundHere, room: RoomOfReplay) -> HTMLResponse:
    """Show the page, with the recordings that a room keeps; ?recording=ID opens one of them.

    With ?example=1 it opens the shipped example.
    """
    page = {
        "lang": language_of(request),
        "hosted": playground.settings.is_hosted,
        "permissions": PERMISSIONS,
        "room": room,
        "labs": [msgspec.to_builtins(lab.summary()) for lab in playground.catalog.labs],
        "example": playground.site.at("/replay/example.jsonl"),
    }
    return playground.site.answer(request, "replay.html", room=room, page=page)


@router.get("/example.jsonl")
def send_example() -> FileResponse:
    """Return the shipped example."""
    return FileResponse(EXAMPLE, media_type=MEDIA_TYPE, headers={"cache-control": "no-cache"})


@router.get("/labs/{group}/{name}")
def show_lab_reader(
    request: Request, lab: LabHere, playground: PlaygroundHere, room: RoomOfReplay
) -> HTMLResponse:
    """Return the Read column of a lab, to be put into the page."""
    query = f"?{urlencode({'room': room})}" if room not in ("", LOCAL) else ""
    differences = playground.site.at(f"/replay/labs/{lab.id}/differences{query}")
    return playground.site.answer(
        request, "reader.html", **reader_data(playground.catalog, lab, room, differences)
    )


@router.get("/labs/{group}/{name}/differences")
def show_differences(
    request: Request, lab: LabHere, playground: PlaygroundHere, room: RoomOfReplay
) -> HTMLResponse:
    """Show a recorded lab beside the one that it evolved from."""
    return differences_page(request, lab, playground, room)
