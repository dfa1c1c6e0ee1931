"""Whoever has to go is gone at once: all that they hold open ends, whatever it came over."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Awaitable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from tests.classroom import Json, Member, hosting, join, make_room
from tests.labs.programs import WAIT_S
from tests.server import Playground, is_alive, until

WITHIN_S = 2.0
HELLO = json.dumps({"program": "mine.py", "args": [], "pid": 1, "t": 0.0})


@pytest.fixture(scope="module")
def playground() -> Iterator[Playground]:
    with hosting() as served:
        yield served


@dataclass(frozen=True)
class Open:
    """All that somebody can hold open in a room: WebSockets, and requests that wait."""

    websockets: dict[str, ClientConnection]
    waiting: dict[str, asyncio.Task[httpx.Response]]

    async def codes(self) -> dict[str, int | None]:
        """Return the codes with which the WebSockets are closed."""
        for websocket in self.websockets.values():
            await end_of(websocket)
        return {name: websocket.close_code for name, websocket in self.websockets.items()}

    async def statuses(self) -> dict[str, int]:
        """Return how the requests are answered."""
        return {name: (await task).status_code for name, task in self.waiting.items()}


async def end_of(websocket: ClientConnection) -> None:
    with contextlib.suppress(ConnectionClosed):
        while True:
            await websocket.recv()


@contextlib.asynccontextmanager
async def holding(member: Member, run: Json) -> AsyncIterator[Open]:
    """Hold open whatever one can in the room of a run."""
    room = run["room"]
    opened = await member.ask("POST", f"/api/rooms/{room}/runs/{run['id']}/clients")
    assert opened.status_code == 201, opened.text
    client, after = opened.json()["id"], opened.json()["after"]
    paths = {
        "client": f"runs/{run['id']}/clients/{client}?after={after}&wait_s=20",
        "clients": f"clients?after={client}:{after}&wait_s=20",
    }
    async with contextlib.AsyncExitStack() as stack:
        websockets = {
            name: await stack.enter_async_context(member.connect(f"/ws/rooms/{room}/{path}"))
            for name, path in {
                "events": "events",
                "client": f"runs/{run['id']}/client",
                "trace": "trace",
            }.items()
        }
        await websockets["trace"].send(HELLO)
        for websocket in websockets.values():  # each of them is let in
            await asyncio.wait_for(websocket.recv(), WAIT_S)
        last = (await member.ask("GET", f"/api/rooms/{room}")).json()["last_seq"]
        paths["events"] = f"events?after={last}&wait_s=20"
        waiting = {
            name: asyncio.create_task(member.ask("GET", f"/api/rooms/{room}/{path}"))
            for name, path in paths.items()
        }
        try:
            await asyncio.sleep(0.2)  # for the requests to be on their way: nothing tells of it
            yield Open(websockets, waiting)
        finally:
            for task in waiting.values():
                task.cancel()


async def within(what: Awaitable[Any], within_s: float = WITHIN_S) -> Any:
    return await asyncio.wait_for(what, within_s)


async def test_all_that_a_removed_guest_holds_open_is_closed(playground: Playground) -> None:
    host = await make_room(playground)
    guest, other = await join(host, "Gone"), await join(host, "Stays")
    run = await host.start("udp/echo", port=0)
    # Who comes in later is news for whoever waits for some.
    async with other.client(run) as peer, holding(guest, run) as theirs:
        began = time.monotonic()
        assert (await host.ask("DELETE", f"people/{guest.id}")).status_code == 204
        codes = await within(theirs.codes())
        assert codes == {"events": 4403, "client": 4403, "trace": 4403}
        statuses = await within(theirs.statuses())
        assert statuses["events"] == 401
        assert time.monotonic() - began < WITHIN_S
        assert not [task for task in theirs.waiting.values() if not task.done()]
        await peer.send(b"still here")  # and nobody else is hurt
        assert await peer.data()
        clients = (await host.info())["clients"]
        assert [client["owner"] for client in clients] == [other.id]
    for path in ("", "people/me", f"runs/{run['id']}", "events", "recording"):
        assert (await guest.ask("GET", path)).status_code == 401, path


async def test_a_desk_ends_with_its_owner(playground: Playground) -> None:
    host = await make_room(playground, policy="own_desks")
    guest = await join(host, "Gone")
    run = await guest.start("udp/echo", room=guest.desk, port=0)
    async with holding(guest, run) as theirs, host.view(room=guest.desk) as viewer:
        assert (await host.ask("DELETE", f"people/{guest.id}")).status_code == 204
        assert set((await within(theirs.codes())).values()) == {4403}
        await within(theirs.statuses())
        await until(lambda: not is_alive(run["pid"]), within_s=WITHIN_S, what="its program ends")
        with contextlib.suppress(TimeoutError):  # who looks at it may go on looking at what was
            await within(end_of(viewer), 0.1)
    assert (await host.ask("GET", f"/api/rooms/{guest.desk}")).status_code == 404
    assert (await guest.ask("GET", f"/api/rooms/{guest.desk}")).status_code == 404


async def test_with_a_new_credential_all_that_the_old_one_opened_ends(
    playground: Playground,
) -> None:
    host = await make_room(playground)
    guest = await join(host, "Twice")
    run = await host.start("udp/echo", port=0)
    async with holding(guest, run) as theirs:
        assert (await host.ask("POST", f"people/{guest.id}/token")).status_code == 201
        assert set((await within(theirs.codes())).values()) == {4403}
        await within(theirs.statuses())


async def test_a_closed_room_lets_go_of_everybody(playground: Playground) -> None:
    host = await make_room(playground)
    guest = await join(host, "Last")
    run = await host.start("udp/echo", port=0)
    async with holding(guest, run) as theirs:
        assert (await host.ask("DELETE")).status_code == 204
        assert set((await within(theirs.codes())).values()) == {4404}
        await within(theirs.statuses())
    await until(lambda: not is_alive(run["pid"]), within_s=WITHIN_S, what="its program ends")


async def test_what_the_policy_no_longer_allows_ends_and_the_rest_stays(
    playground: Playground,
) -> None:
    host = await make_room(playground)
    guest = await join(host, "Guest")
    run = await host.start("udp/echo", port=0)
    async with holding(guest, run) as theirs:
        assert (await host.ask("PATCH", json={"policy": "watch"})).status_code == 200
        for name in ("client", "trace"):
            await within(end_of(theirs.websockets[name]))
            assert theirs.websockets[name].close_code == 4403
        assert (await within(theirs.waiting["client"])).json()["messages"]
        assert (await host.info())["clients"] == []
        assert (await within(theirs.waiting["events"])).status_code == 200  # looking is allowed
        await theirs.websockets["events"].send('{"type":"ping"}')
        await within(theirs.websockets["events"].recv())


async def test_a_muted_guest_tells_of_no_program_any_more_and_goes_on_hearing(
    playground: Playground,
) -> None:
    host = await make_room(playground)
    guest = await join(host, "Loud")
    run = await host.start("udp/echo", port=0)
    async with holding(guest, run) as theirs:
        muted = await host.ask("PATCH", f"people/{guest.id}", json={"muted": True})
        assert muted.status_code == 200
        await within(end_of(theirs.websockets["trace"]))
        assert theirs.websockets["trace"].close_code == 4403
        assert len((await host.info())["clients"]) == 2  # the WebSocket's, the plain one


async def test_a_desk_that_is_shown_no_more_is_seen_no_more(playground: Playground) -> None:
    host = await make_room(playground, policy="own_desks")
    first, second = await join(host, "First"), await join(host, "Second")
    shown = {"shown": {"room": first.desk, "lab": None}}
    assert (await first.ask("GET", f"/api/rooms/{first.desk}")).status_code == 200
    assert (await host.ask("PATCH", json=shown)).status_code == 200
    async with second.view(room=first.desk) as viewer, first.view(room=first.desk) as own:
        for websocket in (viewer, own):
            await websocket.send('{"type":"ping"}')
            await asyncio.wait_for(websocket.recv(), WAIT_S)
        assert (await host.ask("PATCH", json={"shown": None})).status_code == 200
        await within(end_of(viewer))
        assert viewer.close_code == 4403
        assert (await second.ask("GET", f"/api/rooms/{first.desk}/events")).status_code == 403
        await own.send('{"type":"ping"}')
        await within(own.recv())
