"""The page of a lab: read it, see it, do it. Readable without JavaScript, alive with it."""

from __future__ import annotations

import sys
from http import HTTPStatus
from pathlib import Path
from typing import Any

import msgspec
from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse

from backend.domain.labs import Lab, Step
from backend.domain.page_clients import ChatClient
from backend.domain.programs import is_first_version
from backend.runtime.catalog import Catalog
from backend.web.pages.differences import first_differences, is_compared, lab_differences
from backend.web.pages.page_data import page_data
from backend.web.pages.page_files import workbench_page
from backend.web.pages.promises import promises_beyond
from backend.web.playground import LabHere, PageRoom, PageRoomHere, Playground, PlaygroundHere

router = APIRouter(include_in_schema=False)


@router.get("/r/{room}/labs/{group}/{name}")
def show_workbench(
    request: Request, room: PageRoomHere, lab: LabHere, playground: PlaygroundHere
) -> HTMLResponse:
    """Show a lab.

    Rendered in a worker thread (plain `def`): the event loop stays with sockets and events.
    """
    client = _client(lab)
    differences = playground.site.at(f"/r/{room.id}/labs/{lab.id}/differences")
    return playground.site.answer(
        request,
        "workbench.html",
        files=workbench_page(client),
        has_clients=client != "none",
        page={
            **page_data(request, room),
            **terminal_data(room, labs_dir_of(lab, playground.settings.labs_dir)),
            "lab": msgspec.to_builtins(lab.summary()),
            **({"arguments": _arguments(lab, playground.catalog)} if room.is_hosted else {}),
        },
        **reader_data(playground.catalog, lab, room.id, differences),
    )


def labs_dir_of(lab: Lab, labs_dir: Path) -> Path:
    """Return the folder in which a terminal finds this lab: one's own, or what holds `labs`."""
    own = [
        path.parents[2]
        for path in lab.paths.values()
        if f"{path.parents[1].name}/{path.parent.name}" == lab.id
    ]
    return own[0] if lab.is_own and own else labs_dir.resolve().parent


def terminal_data(room: PageRoom, folder: Path) -> dict[str, Any]:
    """Return the folder of the labs and what runs them there: of one's own machine only."""
    if room.is_hosted:
        return {}
    socketlab = Path(sys.executable).with_name("socketlab")
    terminal = {
        "folder": str(folder),
        "python": sys.executable,
        "socketlab": str(socketlab) if socketlab.exists() else socketlab.name,
    }
    return {"terminal": terminal}


@router.get("/r/{room}/labs/{group}/{name}/differences")
def show_differences(
    request: Request, room: PageRoomHere, lab: LabHere, playground: PlaygroundHere
) -> HTMLResponse:
    """Show a lab beside the one that it evolved from."""
    return differences_page(request, lab, playground, room.id)


def differences_page(
    request: Request, lab: Lab, playground: Playground, room_id: str
) -> HTMLResponse:
    """Return the page of a lab's differences, with links into a room."""
    evolves = playground.catalog.get(lab.evolves) if lab.evolves else None
    grown = lab_differences(evolves, lab) if evolves else ()
    firsts = first_differences(lab)
    if not (firsts or grown):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return playground.site.answer(
        request,
        "differences.html",
        room=room_id,
        lab=lab,
        evolves=evolves,
        firsts=[(each, promises_beyond(lab, each.name)) for each in firsts],
        differences=grown,
    )


def reader_data(catalog: Catalog, lab: Lab, room_id: str, differences: str) -> dict[str, Any]:
    """Return what reader.html shows of a lab; `differences` is where those are, as a path."""
    labs = catalog.labs
    number = [each.id for each in labs].index(lab.id)
    evolves = catalog.get(lab.evolves) if lab.evolves else None
    return {
        "room": room_id,
        "lab": lab,
        "number": number + 1,
        "count": len(labs),
        "previous": labs[number - 1] if number else None,
        "following": labs[number + 1] if number + 1 < len(labs) else None,
        "evolves": evolves,
        "is_compared": any(is_first_version(each) for each in lab.programs)
        or (evolves is not None and is_compared(evolves, lab)),
        "differences": differences,
        "needs": [catalog.get(lab_id) for lab_id in lab.needs],
        "lender": catalog.get(lab.server) if lab.server else None,
        "steps": _steps_by_program(lab),
    }


def _arguments(lab: Lab, catalog: Catalog) -> Any:
    """Return what guests may give each program that the page of a lab starts."""
    lender = catalog.get(lab.server) if lab.server else lab
    return msgspec.to_builtins({**lab.arguments, "server": lender.arguments_of("server")})


def _client(lab: Lab) -> str:
    """Return which of the page's clients this lab has, as its script names it."""
    if isinstance(lab.client, ChatClient) and lab.client.form:
        return "window"
    kind: str = msgspec.to_builtins(lab.client)["kind"]
    return kind


def _steps_by_program(lab: Lab) -> dict[str, list[Step]]:
    return {
        program: [step for step in lab.walkthrough if step.program == program]
        for program in lab.programs
    }
