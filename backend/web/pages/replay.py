"""The page that replays a recording. The file is read by the browser alone and never comes here."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse

from backend.domain.recording import MEDIA_TYPE
from backend.web.pages.language import language_of
from backend.web.pages.pages import LOCAL_ROOM, reading
from backend.web.pages.site import FRONTEND

EXAMPLE = FRONTEND / "examples" / "udp-transform.jsonl"

router = APIRouter(prefix="/replay", include_in_schema=False)


@router.get("")
def replay(request: Request) -> HTMLResponse:
    """Show the page; with ?example=1 it opens the shipped example."""
    catalog = request.app.state.catalog
    page = {
        "lang": language_of(request),
        "room": LOCAL_ROOM,
        "labs": [lab.summary() for lab in catalog.labs],
        "example": "/replay/example.jsonl",
    }
    html: HTMLResponse = request.app.state.site.answer(
        request, "replay.html", room=LOCAL_ROOM, page=page
    )
    return html


@router.get("/example.jsonl")
def example() -> FileResponse:
    """Return the shipped example."""
    return FileResponse(EXAMPLE, media_type=MEDIA_TYPE, headers={"cache-control": "no-cache"})


@router.get("/labs/{group}/{name}")
def lab_reader(request: Request, group: str, name: str) -> HTMLResponse:
    """Return the Read column of a lab, to be put into the page."""
    catalog = request.app.state.catalog
    lab = catalog.get(f"{group}/{name}")
    html: HTMLResponse = request.app.state.site.answer(
        request, "reader.html", **reading(catalog, lab, LOCAL_ROOM)
    )
    return html
