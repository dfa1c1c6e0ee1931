"""The page of a class: all its desks at once, for its host. Who that is, its script finds out."""

from __future__ import annotations

import time

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from backend.web.pages.language import language_of
from backend.web.pages.page_data import page_data
from backend.web.playground import PageRoomHere, PlaygroundHere

router = APIRouter(include_in_schema=False)


@router.get("/r/{room}/class")
def show_class(request: Request, room: PageRoomHere, playground: PlaygroundHere) -> HTMLResponse:
    """Show the desks of a class.

    Rendered in a worker thread (plain `def`): the event loop stays with sockets and events.
    """
    language = language_of(request)
    titles = {lab.id: lab.title.in_language(language) for lab in playground.catalog.labs}
    # By `now` the script knows how much its clock is beside ours.
    page = {**page_data(request, room), "labs": titles, "now": time.time()}
    return playground.site.answer(request, "class.html", room=room.id, page=page)
