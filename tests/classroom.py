"""A class in a hosted playground: its rooms, and members who ask with their tokens."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
from websockets.asyncio import client as websockets

from tests.peers import Peer, PlainPeer
from tests.server import Playground, serving

HOST_KEY = "a-host-key-for-tests"

Json = dict[str, Any]


@dataclass(frozen=True)
class Member:
    """A person of a room, who asks with their token."""

    playground: Playground
    room: str
    id: str
    token: str

    @property
    def path(self) -> str:
        """Where the API has the room."""
        return f"/api/rooms/{self.room}"

    @property
    def desk(self) -> str:
        """The id of their desk, where they have one."""
        return f"{self.room}.{self.id}"

    async def ask(self, method: str, path: str = "", **kwargs: Any) -> httpx.Response:
        """Make a request; a path that begins with no slash is below the room."""
        headers = {"authorization": f"Bearer {self.token}", **kwargs.pop("headers", {})}
        path = path if path.startswith("/") else f"{self.path}/{path}".rstrip("/")
        return await self.playground.request(method, path, headers=headers, **kwargs)

    async def info(self) -> Json:
        """Return the room as this member sees it."""
        response = await self.ask("GET")
        assert response.status_code == 200, response.text
        info: Json = response.json()
        return info

    async def start(
        self, lab: str, program: str = "server", *, room: str = "", **body: Any
    ) -> Json:
        """Start a run in the room, or in this one."""
        order = {"lab": lab, "program": program, **body}
        path = f"/api/rooms/{room or self.room}/runs"
        response = await self.ask("POST", path, json=order)
        assert response.status_code == 201, response.text
        run: Json = response.json()
        return run

    @contextlib.asynccontextmanager
    async def connect(self, path: str, **kwargs: Any) -> AsyncIterator[websockets.ClientConnection]:
        """Open a WebSocket and say who it is."""
        async with self.playground.connect(path, **kwargs) as websocket:
            await websocket.send(json.dumps({"type": "hello", "token": self.token}))
            yield websocket

    @contextlib.asynccontextmanager
    async def client(self, run: Json) -> AsyncIterator[Peer]:
        """Be an open client of a run."""
        path = f"/ws/rooms/{run['room']}/runs/{run['id']}/client"
        async with self.connect(path) as websocket:
            peer = Peer(websocket)
            peer.opened = await peer.told("opened")
            yield peer

    @contextlib.asynccontextmanager
    async def plain_client(self, run: Json) -> AsyncIterator[PlainPeer]:
        """Be an open client of a run over plain HTTP."""
        path = f"/api/rooms/{run['room']}/runs/{run['id']}/clients"
        response = await self.ask("POST", path)
        assert response.status_code == 201, response.text
        headers = {"authorization": f"Bearer {self.token}"}
        peer = PlainPeer(self.playground.url, path, response.json(), headers=headers)
        try:
            peer.opened = await peer.told("opened")
            yield peer
        finally:
            await peer.close()

    def view(
        self, *, room: str = "", after: int = 0
    ) -> contextlib.AbstractAsyncContextManager[websockets.ClientConnection]:
        """Follow the timeline of the room, or of this one."""
        return self.connect(f"/ws/rooms/{room or self.room}/events?after={after}")


async def make_room(playground: Playground, *, policy: str = "together") -> Member:
    """Make a room; return its host."""
    headers = {"authorization": f"Bearer {HOST_KEY}"}
    response = await playground.request(
        "POST", "/api/rooms", json={"name": "A class", "policy": policy}, headers=headers
    )
    assert response.status_code == 201, response.text
    return _member(playground, response.json())


async def join(host: Member, name: str) -> Member:
    """Come into the host's room as a guest."""
    response = await host.playground.request("POST", f"{host.path}/people", json={"name": name})
    assert response.status_code == 201, response.text
    return _member(host.playground, response.json())


def _member(playground: Playground, admission: Json) -> Member:
    return Member(
        playground, admission["room"]["id"], admission["person"]["id"], admission["token"]
    )


@contextlib.contextmanager
def hosting(**settings: Any) -> Iterator[Playground]:
    """Serve a hosted playground."""
    with serving(host_key=HOST_KEY, **settings) as playground:
        yield playground
