"""The pages: catalogue and workbench, readable without JavaScript, alive with it.

They are rendered in worker threads (plain `def`): the event loop stays with sockets and events.
"""

from __future__ import annotations

import time
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from backend.domain.labs import GROUPS, Lab, Step
from backend.runtime.catalog import Catalog
from backend.web.pages.differences import lab_differences
from backend.web.pages.language import language_of
from backend.web.pages.site import Site

LOCAL_ROOM = "local"

router = APIRouter(include_in_schema=False)


@router.get("/")
async def home(request: Request) -> RedirectResponse:
    """Send whoever comes to the one local room."""
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"/r/{LOCAL_ROOM}{query}", status_code=307)


@router.get("/r/{room}")
def catalogue(request: Request, room: str) -> HTMLResponse:
    """Show the labs, in the order in which they are learnt, and what runs."""
    request.app.state.rooms.get(room)
    site, catalog = _parts(request)
    numbers = {lab.id: number for number, lab in enumerate(catalog.labs, 1)}
    groups = [(group, [lab for lab in catalog.labs if lab.group == group]) for group in GROUPS]
    return site.answer(
        request,
        "catalogue.html",
        room=room,
        groups=[(group, labs) for group, labs in groups if labs],
        by_id={lab.id: lab for lab in catalog.labs},
        numbers=numbers,
        page=_page(request, room),
    )


@router.get("/r/{room}/labs/{group}/{name}")
def workbench(request: Request, room: str, group: str, name: str) -> HTMLResponse:
    """Show a lab: read it, see it, do it."""
    request.app.state.rooms.get(room)
    site, catalog = _parts(request)
    lab = catalog.get(f"{group}/{name}")
    return site.answer(
        request,
        "workbench.html",
        page={**_page(request, room), "lab": lab.summary()},
        **reading(catalog, lab, room),
    )


def reading(catalog: Catalog, lab: Lab, room: str) -> dict[str, Any]:
    """Return what reader.html shows of a lab."""
    number = catalog.labs.index(lab)
    evolves = catalog.get(lab.evolves) if lab.evolves else None
    return {
        "room": room,
        "lab": lab,
        "number": number + 1,
        "count": len(catalog.labs),
        "previous": catalog.labs[number - 1] if number else None,
        "following": catalog.labs[number + 1] if number + 1 < len(catalog.labs) else None,
        "evolves": evolves,
        "differences": lab_differences(evolves, lab) if evolves else (),
        "lender": catalog.get(lab.server) if lab.server else None,
        "steps": _steps_by_program(lab),
    }


def _parts(request: Request) -> tuple[Site, Catalog]:
    return request.app.state.site, request.app.state.catalog


def _page(request: Request, room: str) -> dict[str, Any]:
    """Return what the scripts of a page need; unix time of an event = t + clock_offset_s."""
    return {
        "room": room,
        "lang": language_of(request),
        "clock_offset_s": time.time() - time.monotonic(),
    }


def _steps_by_program(lab: Lab) -> dict[str, list[Step]]:
    return {
        program: [step for step in lab.walkthrough if step.program == program]
        for program in lab.programs
    }
