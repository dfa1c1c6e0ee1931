"""The class view: summaries of all desks, to the host alone, as they change."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection

from tests.classroom import Member, hosting, join, make_room
from tests.labs.programs import WAIT_S
from tests.server import Playground
from tests.web.api.test_people import closed_with

Json = dict[str, Any]


@pytest.fixture(scope="module")
def playground() -> Iterator[Playground]:
    with hosting(class_interval_s=0.05) as served:
        yield served


async def summary_where(websocket: ClientConnection, wanted: Any) -> Json:
    """Return the first summary that comes of which this is true."""
    async with asyncio.timeout(WAIT_S):
        while True:
            for summary in json.loads(await websocket.recv()):
                if wanted(summary):
                    return dict(summary)


async def desks(host: Member) -> list[Json]:
    response = await host.ask("GET", "desks")
    assert response.status_code == 200, response.text
    return list(response.json()["desks"])


async def test_each_guest_has_a_desk_and_it_tells_what_happens_there(
    playground: Playground,
) -> None:
    host = await make_room(playground, policy="own_desks")
    anna, boris = await join(host, "Anna"), await join(host, "Boris")
    async with host.connect(f"/ws/rooms/{host.room}/class") as viewer:
        first = json.loads(await asyncio.wait_for(viewer.recv(), WAIT_S))
        assert [(each["name"], each["desk"]) for each in first] == [
            ("Anna", anna.desk), ("Boris", boris.desk),
        ]  # fmt: skip
        run = await anna.start("tcp/echo", room=anna.desk, port=0)
        told = await summary_where(viewer, lambda each: each["runs"])
        assert told["person"] == anna.id
        assert told["runs"][0]["lab"] == "tcp/echo"
        waits = await summary_where(viewer, lambda each: each["waits"])
        assert waits["waits"][0]["what"] == "accept"
        async with anna.client(run) as peer:
            await peer.send(b"hello")
            assert await peer.data()
            open_now = await summary_where(viewer, lambda each: each["clients"] == 1)
            assert open_now["desk"] == anna.desk
        await summary_where(
            viewer, lambda each: (each["last"] or {}).get("type") == "client.closed"
        )


async def test_a_desk_whose_person_has_left_is_told_as_gone(playground: Playground) -> None:
    host = await make_room(playground, policy="own_desks")
    anna = await join(host, "Anna")
    async with host.connect(f"/ws/rooms/{host.room}/class") as viewer:
        await summary_where(viewer, lambda each: each["name"] == "Anna")
        assert (await host.ask("DELETE", f"people/{anna.id}")).status_code == 204
        gone = await summary_where(viewer, lambda each: each["gone"])
    assert gone["person"] == anna.id
    assert await desks(host) == []


async def test_only_the_host_sees_all_desks(playground: Playground) -> None:
    host = await make_room(playground, policy="own_desks")
    guest = await join(host, "Curious")
    assert (await guest.ask("GET", "desks")).status_code == 403
    assert await closed_with(guest, f"/ws/rooms/{host.room}/class") == 4403


async def test_a_class_that_works_together_has_no_desks(playground: Playground) -> None:
    host = await make_room(playground)
    await join(host, "Anna")
    assert await desks(host) == []


async def test_what_was_at_a_desk_before_anybody_looked_is_known(playground: Playground) -> None:
    host = await make_room(playground, policy="own_desks")
    anna = await join(host, "Anna")
    run = await anna.start("udp/echo", room=anna.desk, port=0)
    await anna.ask("DELETE", f"/api/rooms/{anna.desk}/runs/{run['id']}")
    (summary,) = await desks(host)
    assert summary["runs"][0]["state"] == "exited"
    assert summary["last"]["type"] == "run.exited"
