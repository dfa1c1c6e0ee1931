"""The seam of authority: who handles a room or a run got it from its dependency."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import APIRouter
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import get_dependant
from fastapi.routing import APIRoute, APIWebSocketRoute

from backend import app
from backend.web.pages.door import code_of
from backend.web.playground import (
    RoomHere,
    caller_of,
    client_of,
    door_of,
    lab_of,
    person_of,
    shell_of,
)

WEB = Path(inspect.getfile(app)).parent / "web"
SEAM = {WEB / "playground.py", WEB / "host_key.py", WEB / "keepsakes.py"}
# What feeds a handler with what its path names. A room comes to a caller who may, at its door, or
# as the little that a page may know.
FEEDERS: dict[str, tuple[object, ...]] = {
    "{room}": (caller_of, door_of, shell_of),
    "{code}": (code_of,),
    "{person}": (person_of,),
    "{client}": (client_of,),
    "{group}": (lab_of,),
}
Route = APIRoute | APIWebSocketRoute


def routes() -> list[Route]:
    routers: list[APIRouter] = [module.router for module in (*app.API, *app.SOCKETS, *app.PAGES)]
    return [
        route
        for router in routers
        for route in router.routes
        if isinstance(route, (APIRoute, APIWebSocketRoute))
    ]


def calls_of(dependant: Dependant) -> Iterator[object]:
    for dependency in dependant.dependencies:
        yield dependency.call
        yield from calls_of(dependency)


def is_fed(route: Route) -> bool:
    """Whether all that the path names comes through its dependency, and not as bare text."""
    dependant = get_dependant(path=route.path, call=route.endpoint)
    calls = set(calls_of(dependant))
    are_fed = all(calls & set(feeders) for place, feeders in FEEDERS.items() if place in route.path)
    has_run = any(getattr(call, "__name__", "") == "run_of" for call in calls)
    named = {param.name for param in dependant.path_params} - {"address"}  # which is no object
    return are_fed and (has_run or "{run}" not in route.path) and named == set()


def test_every_handler_gets_what_its_path_names_from_the_dependency() -> None:
    assert [route.path for route in routes() if not is_fed(route)] == []


def test_the_walk_sees_http_and_websockets_alike() -> None:
    paths = {route.path for route in routes()}
    assert {
        "/api/rooms/{room}",
        "/r/{room}/labs/{group}/{name}",
        "/ws/rooms/{room}/events",
        "/ws/rooms/{room}/runs/{run}/client",
    } <= paths


def test_a_handler_that_takes_a_room_by_its_name_is_found() -> None:
    router = APIRouter()

    @router.get("/api/rooms/{room}/secrets")
    async def by_name(room: str) -> str:
        return room

    @router.websocket("/ws/rooms/{room}/runs/{run}/secrets")
    async def by_half(room: RoomHere, run: str) -> None: ...

    found = [is_fed(route) for route in router.routes if isinstance(route, Route)]
    assert found == [False, False]


@pytest.mark.parametrize("path", sorted(WEB.rglob("*.py")), ids=lambda path: path.stem)
def test_only_the_seam_reaches_for_rooms_and_the_state_of_the_application(path: Path) -> None:
    reached = {
        node.attr
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
    }
    assert path in SEAM or not reached & {"rooms", "changes", "store", "state"}, path
