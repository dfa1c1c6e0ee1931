"""Clients that come and go, by the thousand, and what is left of them: in a server of our own.

The server runs in this process, so that its tasks and objects can be counted; the labs do not.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from backend.app import create_app
from backend.runtime.bridge.client import Client
from backend.settings import Settings
from backend.web.playground import playground_served_by
from backend.web.server import Server, listen, server_config
from tests.labs.programs import WAIT_S
from tests.load.raw_websocket import BINARY, RawWebSocket, open_raw
from tests.server import LABS, ROOM, below, has_spare, until

LAB_NAMES = ("udp/echo", "tcp/echo")


@dataclass(frozen=True)
class Left:
    """What the server's process holds."""

    descriptors: int
    tasks: int
    processes: int
    client_objects: int
    clients_in_room: int
    lab_threads: int  # of the TCP lab: it has one for each connection

    @classmethod
    async def count(cls, api: httpx.AsyncClient, labs: list[psutil.Process]) -> Left:
        """Count, when what can go has gone."""
        gc.collect()
        own = psutil.Process()
        room = (await api.get(ROOM)).json()
        return cls(
            descriptors=own.num_fds(),
            tasks=len(asyncio.all_tasks()),
            processes=len(below(own)),
            client_objects=sum(isinstance(each, Client) for each in gc.get_objects()),
            clients_in_room=len(room["clients"]),
            lab_threads=sum(lab.num_threads() for lab in labs),
        )


@contextlib.asynccontextmanager
async def serving_here(data: Path | None) -> AsyncIterator[tuple[int, httpx.AsyncClient]]:
    """Serve a playground in this process; give its port, and a client of its API."""
    with listen("127.0.0.1", 0) as sock:
        port: int = sock.getsockname()[1]
        settings = Settings(port=port, labs_dir=LABS, data=str(data or "none"))
        application = create_app(settings)
        config = server_config(application, settings)
        server = Server(config, playground_served_by(application))
        serving = asyncio.create_task(server.serve(sockets=[sock]))
        api = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False)
        try:
            async with api:
                yield port, api
        finally:
            server.should_exit = True
            await serving


async def come_and_go(port: int, run: str) -> None:
    """Be a client: say something, hear it, leave."""
    heard = asyncio.get_running_loop().create_future()

    def hear(opcode: int, payload: bytes) -> None:
        if opcode == BINARY and not heard.done():
            heard.set_result(payload)

    websocket: RawWebSocket = await open_raw(port, f"/ws/rooms/local/runs/{run}/client", hear)
    websocket.send(BINARY, b"hello")
    async with asyncio.timeout(WAIT_S):
        assert await heard == b"hello"
        await websocket.close()


async def turn_over(clients: int, *, at_a_time: int, data: Path | None = None) -> tuple[Left, Left]:
    """Let so many come and go; return what was there before, and what was after."""
    async with serving_here(data) as (port, api):
        runs = []
        for lab in LAB_NAMES:
            body = {"lab": lab, "program": "server", "port": 0}
            answer = await api.post(f"{ROOM}/runs", json=body)
            assert answer.status_code == 201, answer.text
            runs.append(answer.json())
        labs = [psutil.Process(run["pid"]) for run in runs]
        for run in runs:  # what is made at the first use is made
            await come_and_go(port, run["id"])
        own = psutil.Process()
        await until(lambda: has_spare(own), within_s=WAIT_S, what="a spare child waits")
        before = await _count_when_quiet(api, labs, None)
        for first in range(0, clients, at_a_time):
            numbers = range(first, min(clients, first + at_a_time))
            await asyncio.gather(*(come_and_go(port, runs[each % 2]["id"]) for each in numbers))
        return before, await _count_when_quiet(api, labs, before)


async def _count_when_quiet(
    api: httpx.AsyncClient, labs: list[psutil.Process], wanted: Left | None
) -> Left:
    """Count until that is there, or nothing changes any more; at most so long as tests wait."""
    seen = await Left.count(api, labs)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(WAIT_S):
            while True:
                await asyncio.sleep(0.2)
                before, seen = seen, await Left.count(api, labs)
                if seen == wanted or (wanted is None and seen == before):
                    break
    return seen
