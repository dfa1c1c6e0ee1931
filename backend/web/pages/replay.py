"""The page that replays a recording. The file is read by the browser alone and never comes here."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import APIRouter, Query, Request
from fastapi.responses import FileResponse, HTMLResponse

from backend.domain.recording import MEDIA_TYPE
from backend.runtime.rooms import LOCAL
from backend.web.pages.language import language_of
from backend.web.pages.site import FRONTEND
from backend.web.pages.workbench import differences_page, reader_data
from backend.web.playground import LabHere, PlaygroundHere

EXAMPLE = FRONTEND / "examples" / "udp-transform.jsonl"

ROOM_ID_LIMIT = 64  # characters

router = APIRouter(prefix="/replay", include_in_schema=False)


@router.get("")
def show_replay(
    request: Request,
    playground: PlaygroundHere,
    room: Annotated[str, Query(max_length=ROOM_ID_LIMIT)] = LOCAL,
) -> HTMLResponse:
    """Show the page, with the recordings that a room keeps; ?recording=ID opens one of them.

    With ?example=1 it opens the shipped example.
    """
    page = {
        "lang": language_of(request),
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
def show_lab_reader(request: Request, lab: LabHere, playground: PlaygroundHere) -> HTMLResponse:
    """Return the Read column of a lab, to be put into the page."""
    address = playground.site.at(f"/replay/labs/{lab.id}")
    return playground.site.answer(
        request, "reader.html", **reader_data(playground.catalog, lab, LOCAL, address)
    )


@router.get("/labs/{group}/{name}/differences")
def show_differences(request: Request, lab: LabHere, playground: PlaygroundHere) -> HTMLResponse:
    """Show a recorded lab beside the one that it evolved from."""
    return differences_page(request, lab, playground, LOCAL)
