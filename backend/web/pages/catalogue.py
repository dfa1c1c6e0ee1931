"""The page of a room: its labs, and what runs."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from backend.domain.labs import GROUPS
from backend.web.pages.page_data import page_data
from backend.web.playground import PageRoomHere, PlaygroundHere

router = APIRouter(include_in_schema=False)


@router.get("/r/{room}")
def show_catalogue(
    request: Request, room: PageRoomHere, playground: PlaygroundHere
) -> HTMLResponse:
    """Show the labs, in the order in which they are learnt, and what runs.

    Rendered in a worker thread (plain `def`): the event loop stays with sockets and events.
    """
    playground.catalog.refresh()
    labs = playground.catalog.labs
    numbers = {lab.id: number for number, lab in enumerate(labs, 1)}
    groups = dict.fromkeys((*GROUPS, *(lab.group for lab in labs)))
    return playground.site.answer(
        request,
        "catalogue.html",
        room=room.id,
        course=GROUPS,
        groups=[(group, of) for group in groups if (of := [x for x in labs if x.group == group])],
        by_id={lab.id: lab for lab in labs},
        broken=() if room.is_hosted else playground.catalog.broken,
        numbers=numbers,
        page=page_data(request, room),
    )
