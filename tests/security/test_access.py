"""Every address, HTTP and WebSocket, asked by everybody under every policy: access_table.py."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, get_args

import httpx
import pytest
from fastapi.routing import APIRoute, APIWebSocketRoute
from starlette.routing import BaseRoute, Mount, Route
from websockets.exceptions import ConnectionClosed

from backend.app import create_app
from backend.domain.people import Policy
from backend.settings import Settings
from tests.classroom import HOST_KEY, Member, hosting, join, make_room
from tests.described import hold_to_description
from tests.labs.programs import WAIT_S
from tests.security.access_table import (
    ACTORS,
    MAY,
    TABLE,
    Actor,
    Place,
    Row,
    refused,
)
from tests.server import Playground

CLOSE_CODES = {"401 unauthorized": 4401, "403 forbidden": 4403}
PLACES: tuple[Place, ...] = ("desk", "class")  # a class ends with all its desks
CLIENTS_SILENCE_S = 600  # longer than any test


@pytest.fixture(scope="module")
def playground() -> Iterator[Playground]:
    with hosting(client_silence_s=CLIENTS_SILENCE_S, attempts_per_minute=10_000) as served:
        yield served


@dataclass(frozen=True)
class Stage:
    """A class under a policy, with everybody who may ask for something, and what they ask of."""

    people: dict[Actor, Member]
    victim: Member  # somebody else, with whom something is done
    policy: str
    runs: dict[str, str]  # by the id of the room
    clients: dict[str, str]
    http: httpx.AsyncClient
    code: str

    @property
    def host(self) -> Member:
        return self.people["host"]

    def room_of(self, actor: Actor, place: Place) -> str:
        """Return the room that they come to: a class, the owner's desk, a muted one's own."""
        if place == "class":
            return self.host.room
        return self.people["muted" if actor == "muted" else "owner"].desk

    def credential_of(self, actor: Actor) -> str | None:
        if actor == "nobody":
            return None
        return HOST_KEY if actor == "key" else self.people[actor].token

    def address(self, template: str, room: str) -> str:
        """Fill in what an address of the table leaves open."""
        return template.format(
            room=room,
            code=self.code,
            run=self.runs[room],
            client=self.clients[room],
            person=self.victim.id,
            address="127.0.0.1:9",
            group="udp",
            name="echo",
            path="css/base.css",
            recording="none",
            program="mine.py",
        )

    async def ask(self, what: str, row: Row, actor: Actor, place: Place) -> str:
        """Ask for it; return the answer as `Row.passes` says it."""
        method, _, template = what.partition(" ")
        path = self.address(template, self.room_of(actor, place)) + row.query
        token = self.credential_of(actor)
        if method == "WS":
            return await self._open(path, row, token)
        headers = {} if token is None else {"authorization": f"Bearer {token}"}
        if row.need == "machine":  # whoever comes through a proxy does not ask from here
            headers["x-forwarded-for"] = "192.0.2.7"
        if isinstance(row.body, bytes):
            headers["content-type"] = "application/octet-stream"
        body = {"content" if isinstance(row.body, bytes) else "json": row.body} if row.body else {}
        response = await self.http.request(method, path, headers=headers, **body)
        hold_to_description(response)
        if response.status_code < 400:
            return str(response.status_code)
        is_json = response.headers["content-type"] == "application/json"
        code = response.json()["error"]["code"] if is_json else "page"
        return f"{response.status_code} {code}"

    async def _open(self, path: str, row: Row, token: str | None) -> str:
        async with self.host.playground.connect(path) as websocket:
            await websocket.send(json.dumps({"type": "hello", "token": token}))
            try:
                if row.body is not None:
                    await websocket.send(json.dumps(row.body))
                async with asyncio.timeout(WAIT_S):
                    said = str(await websocket.recv())
            except ConnectionClosed:
                codes = {code: words for words, code in CLOSE_CODES.items()}
                return codes.get(websocket.close_code or 0, f"closed {websocket.close_code}")
            return row.passes if row.passes in said else said


async def set_stage(playground: Playground, policy: str, http: httpx.AsyncClient) -> Stage:
    host, stranger = await make_room(playground, policy="own_desks"), await make_room(playground)
    people: dict[Actor, Member] = {"host": host, "stranger": stranger}
    names: tuple[Actor, ...] = ("guest", "muted", "owner", "other", "removed")
    for name in names:
        people[name] = await join(host, name)
    victim = await join(host, "victim")
    runs, clients = {}, {}
    for room in (host.room, people["owner"].desk, people["muted"].desk):
        run = await host.start("udp/echo", room=room, port=0)
        opened = await host.ask("POST", f"/api/rooms/{room}/runs/{run['id']}/clients")
        runs[room], clients[room] = run["id"], opened.json()["id"]
    assert (await host.ask("DELETE", f"people/{people['removed'].id}")).status_code == 204
    muted = await host.ask("PATCH", f"people/{people['muted'].id}", json={"muted": True})
    changed = await host.ask("PATCH", json={"policy": policy})
    assert (muted.status_code, changed.status_code) == (200, 200)
    code = changed.json()["code"]
    return Stage(people, victim, policy, runs, clients, http, code)


@pytest.fixture
async def http(playground: Playground) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(
        base_url=playground.url, trust_env=False, timeout=WAIT_S
    ) as client:
        yield client


def in_order() -> list[str]:
    """Return the addresses so that what ends something comes after all that needs it."""
    return sorted(TABLE, key=lambda what: (what.startswith("DELETE"), -what.count("/")))


@pytest.mark.parametrize("policy", get_args(Policy))
async def test_everybody_gets_what_the_table_says_and_nothing_else(
    playground: Playground, policy: str, http: httpx.AsyncClient
) -> None:
    stage = await set_stage(playground, policy, http)
    wrong = []
    for place in PLACES:
        for what in in_order():
            row = TABLE[what]
            if row.need == "nothing" and (place, policy) != ("class", "watch"):
                continue  # it depends on neither
            need = (row.desk_need if place == "desk" else None) or row.need
            for actor in ACTORS[place]:
                passes = (row.at_desk if place == "desk" else None) or row.passes
                expected = refused(need, actor, place, policy) or passes
                got = await stage.ask(what, row, actor, place)
                if got != expected:
                    wrong.append(f"{what} as {actor} at a {place}: {got}, expected {expected}")
    assert not wrong, "\n".join(wrong)


async def test_a_desk_that_is_shown_is_looked_at_by_all_and_nothing_more(
    playground: Playground, http: httpx.AsyncClient
) -> None:
    stage = await set_stage(playground, "own_desks", http)
    shown = {"shown": {"room": stage.people["owner"].desk, "lab": None}}
    assert (await stage.host.ask("PATCH", json=shown)).status_code == 200
    wrong = []
    for what, row in TABLE.items():
        need, passes = row.desk_need or row.need, row.at_desk or row.passes
        expected = refused(need, "other", "desk", "own_desks") if need != "look" else ""
        got = await stage.ask(what, row, "other", "desk")
        if got != (expected or passes):
            wrong.append(f"{what}: {got}, expected {expected or passes}")
    assert not wrong, "\n".join(wrong)


def addresses_of(routes: Iterable[BaseRoute]) -> set[str]:
    """Return all that an application can be asked for."""
    found = set[str]()
    for route in routes:
        if (included := getattr(route, "original_router", None)) is not None:  # FastAPI's own kind
            found |= addresses_of(included.routes)
            continue
        match route:
            case APIWebSocketRoute(path=path):
                found.add(f"WS {path}")
            case APIRoute(path=path, methods=methods) | Route(path=path, methods=methods):
                found |= {f"{method} {path}" for method in (methods or {"GET"}) - {"HEAD"}}
            case Mount(path=path):
                found.add(f"GET {path}/{{path}}")
            case _:
                found.add(f"unknown {route}")
    return found


def test_every_address_is_in_the_table_and_nothing_that_is_not_there() -> None:
    settings = Settings.model_validate({"port": 8000, "host_key": HOST_KEY})
    there = addresses_of(create_app(settings).routes)
    assert sorted(there - set(TABLE)) == []  # a row for each of these: who may ask for it?
    assert sorted(set(TABLE) - there) == []


def test_every_need_is_somebodys_and_every_policy_is_in_the_table() -> None:
    assert {policy for _, policy in MAY} == set(get_args(Policy))
    assert len(TABLE) > 30


async def test_what_a_member_does_to_themselves_needs_no_host(playground: Playground) -> None:
    host = await make_room(playground)
    guest, muted = await join(host, "Guest"), await join(host, "Muted")
    await host.ask("PATCH", f"people/{muted.id}", json={"muted": True})

    async def status(member: Member, method: str, of: Member, **body: Any) -> int:
        more = {"json": body} if body else {}
        return (await member.ask(method, f"people/{of.id}", **more)).status_code

    assert await status(guest, "PATCH", guest, name="Another") == 200
    assert await status(guest, "PATCH", guest, muted=False) == 403
    assert await status(guest, "PATCH", muted, name="Another") == 403
    assert await status(muted, "PATCH", muted, name="A name that says something") == 403
    assert await status(muted, "PATCH", muted, muted=False) == 403
    assert await status(guest, "DELETE", muted) == 403
    assert await status(muted, "DELETE", muted) == 204
    assert await status(host, "DELETE", host) == 403  # who would open the door then?


async def test_a_credential_that_comes_twice_or_otherwise_is_none(playground: Playground) -> None:
    host = await make_room(playground)
    token = host.token
    ways: list[list[tuple[str, str]]] = [
        [("authorization", f"Bearer {token}"), ("authorization", f"Bearer {token}")],
        [("authorization", f"Basic {token}")],
        [("authorization", token)],
        [("authorization", f"Bearer {token[:-1]}")],
        [("authorization", f"Bearer {token}x")],
        [("authorization", f"Bearer {token.swapcase()}")],
        [("cookie", f"token={token}; authorization=Bearer {token}; {host.room}={token}")],
        [("x-authorization", f"Bearer {token}")],
    ]
    for headers in ways:
        response = await playground.request("GET", host.path, headers=headers)
        assert response.status_code == 401, headers
    for query in (f"token={token}", f"access_token={token}"):
        response = await playground.request("GET", f"{host.path}?{query}")
        assert response.status_code == 401, query
