"""Rooms of a hosted playground: making and joining them, who may do what, being removed."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from tests.classroom import HOST_KEY, Member, hosting, join, make_room
from tests.labs.programs import WAIT_S
from tests.server import Playground


@pytest.fixture(scope="module")
def playground() -> Iterator[Playground]:
    with hosting(hello_timeout_s=0.5) as served:
        yield served


async def end_of(websocket: ClientConnection, *, within_s: float = WAIT_S) -> int:
    """Return the code that a WebSocket is closed with."""
    with contextlib.suppress(ConnectionClosed):
        async with asyncio.timeout(within_s):
            while True:
                await websocket.recv()
    assert websocket.close_code is not None
    return websocket.close_code


async def closed_with(member: Member, path: str) -> int:
    """Return the code that a WebSocket is closed with."""
    async with member.connect(path) as websocket:
        return await end_of(websocket)


async def status_of(member: Member, method: str, path: str = "", **kwargs: Any) -> int:
    return (await member.ask(method, path, **kwargs)).status_code


async def test_whoever_holds_the_key_makes_a_room_and_is_its_host(playground: Playground) -> None:
    for headers in ({}, {"authorization": "Bearer wrong"}, {"authorization": f"Basic {HOST_KEY}"}):
        body = {"name": "A class", "policy": "together"}
        refused = await playground.request("POST", "/api/rooms", json=body, headers=headers)
        assert (refused.status_code, refused.json()["error"]["code"]) == (401, "unauthorized")
        assert refused.headers["www-authenticate"] == "Bearer"
    host = await make_room(playground)
    info = await host.info()
    assert info["name"] == "A class"
    assert [person["role"] for person in info["people"]] == ["host"]


async def test_a_host_may_have_a_name_from_the_beginning(playground: Playground) -> None:
    for given, status in (("Анна  Петровна", 201), ("a\u202eb", 422)):
        answer = await playground.request(
            "POST",
            "/api/rooms",
            json={"name": "A class", "host": given},
            headers={"authorization": f"Bearer {HOST_KEY}"},
        )
        assert answer.status_code == status
        if status == 201:
            assert answer.json()["person"]["name"] == "Анна Петровна"


@pytest.mark.parametrize("kind", ["{}", '"type": "helo",', '"type": null,', '"kind": "hello",'])
async def test_a_first_message_that_is_no_hello_is_refused(
    playground: Playground, kind: str
) -> None:
    host = await make_room(playground)
    said = f'{{{kind.removeprefix("{}")}"token": "{host.token}"}}'
    async with playground.connect(f"/ws/rooms/{host.room}/events?after=0") as websocket:
        await websocket.send(said)
        assert await end_of(websocket) == 4401


async def test_a_guest_comes_in_by_the_code_or_the_id(playground: Playground) -> None:
    host = await make_room(playground)
    code = (await host.info())["code"]
    by_code = await playground.request(
        "POST", f"/api/rooms/{code}/people", json={"name": " Анна\tП. "}
    )
    assert by_code.status_code == 201
    assert by_code.json()["person"]["name"] == "Анна П."
    guest = await join(host, "Boris")
    names = [person["name"] for person in (await guest.info())["people"]]
    assert names == ["Host", "Анна П.", "Boris"]


@pytest.mark.parametrize("name", ["", "  ", "x" * 41, "a\x1b[31mb", "a\u202eb", "a\x00"])
async def test_a_name_is_of_visible_characters(playground: Playground, name: str) -> None:
    host = await make_room(playground)
    refused = await playground.request("POST", f"{host.path}/people", json={"name": name})
    assert refused.status_code == 422


async def test_nobody_comes_through_a_locked_door(playground: Playground) -> None:
    host = await make_room(playground)
    assert await status_of(host, "PATCH", json={"locked": True}) == 200
    refused = await playground.request("POST", f"{host.path}/people", json={"name": "Late"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "locked")


async def test_without_a_token_of_this_room_nothing_is_shown(playground: Playground) -> None:
    host, other = await make_room(playground), await make_room(playground)
    for headers in ({}, {"authorization": f"Bearer {other.token}"}):
        refused = await playground.request("GET", host.path, headers=headers)
        assert refused.status_code == 401
    stranger = Member(playground, host.room, other.id, other.token)
    assert await closed_with(stranger, f"/ws/rooms/{host.room}/events") == 4401
    async with playground.connect(f"/ws/rooms/{host.room}/events") as silent:
        assert await end_of(silent) == 4401


async def test_who_watches_opens_no_client_and_starts_nothing(playground: Playground) -> None:
    host = await make_room(playground, policy="watch")
    guest = await join(host, "Vera")
    run = await host.start("udp/echo", port=0)
    assert await status_of(guest, "DELETE", f"runs/{run['id']}") == 403
    client = f"/ws/rooms/{host.room}/runs/{run['id']}/client"
    assert await closed_with(guest, client) == 4403
    assert await status_of(host, "PATCH", json={"policy": "together"}) == 200
    async with guest.client(run) as peer:
        await peer.send(b"hello")
        assert await peer.data()
        assert peer.opened["owner"] == guest.id


async def test_a_muted_guest_hears_and_is_not_heard(playground: Playground) -> None:
    host = await make_room(playground)
    guest = await join(host, "Loud")
    run = await host.start("udp/echo", port=0)
    async with guest.client(run) as peer:
        assert await status_of(host, "PATCH", f"people/{guest.id}", json={"muted": True}) == 200
        await peer.send(b"hello")
        await peer.told("error", "forbidden")
        assert await status_of(host, "PATCH", f"people/{guest.id}", json={"muted": False}) == 200
        await peer.send(b"hello")
        assert await peer.data()


async def test_a_removed_guest_is_out_at_once(playground: Playground) -> None:
    host = await make_room(playground)
    guest = await join(host, "Gone")
    run = await host.start("udp/echo", port=0)
    async with guest.client(run) as peer, guest.view() as viewer:
        assert await status_of(host, "DELETE", f"people/{guest.id}") == 204
        for websocket in (peer.websocket, viewer):
            assert await end_of(websocket, within_s=2) == 4403
    assert await status_of(guest, "GET") == 401


async def test_what_may_not_be_any_more_ends(playground: Playground) -> None:
    host = await make_room(playground)
    guest = await join(host, "Strict")
    run = await host.start("udp/echo", port=0)
    async with guest.client(run) as peer, guest.view() as viewer:
        assert await status_of(host, "PATCH", json={"policy": "watch"}) == 200
        assert await end_of(peer.websocket) == 4403
        assert json.loads(await asyncio.wait_for(viewer.recv(), WAIT_S))  # who watches, looks


async def test_a_desk_is_looked_at_by_others_as_long_as_it_is_shown(playground: Playground) -> None:
    host = await make_room(playground, policy="own_desks")
    first, second = await join(host, "First"), await join(host, "Second")
    assert await status_of(host, "PATCH", json={"shown": {"room": first.desk}}) == 200
    async with second.view(room=first.desk) as viewer:
        run = await first.start("udp/echo", room=first.desk, port=0)
        assert json.loads(await asyncio.wait_for(viewer.recv(), WAIT_S))[0]["run"] == run["id"]
        assert await status_of(host, "PATCH", json={"shown": None}) == 200
        assert await end_of(viewer) == 4403


async def test_a_personal_link_lets_somebody_in_again_as_themselves(playground: Playground) -> None:
    host = await make_room(playground)
    guest = await join(host, "Forgetful")
    renewed = await host.ask("POST", f"people/{guest.id}/token")
    assert renewed.status_code == 201
    again = Member(playground, host.room, guest.id, renewed.json()["token"])
    assert (await again.ask("GET", "people/me")).json()["name"] == "Forgetful"
    assert await status_of(guest, "GET") == 401


async def test_a_desk_is_its_owners_and_the_hosts(playground: Playground) -> None:
    host = await make_room(playground, policy="own_desks")
    first, second = await join(host, "First"), await join(host, "Second")
    run = await first.start("udp/echo", room=first.desk, port=0)
    assert run["owner"] == first.id
    desk = f"/api/rooms/{first.desk}"
    assert (await first.ask("GET", desk)).json()["runs"]
    assert await status_of(second, "GET", desk) == 403
    assert await status_of(first, "POST", "runs", json={"lab": "udp/echo", "program": "server"})
    shown = {"shown": {"room": first.desk, "lab": "udp/echo"}}
    assert await status_of(host, "PATCH", json=shown) == 200
    assert await status_of(second, "GET", desk) == 200
    assert await status_of(second, "DELETE", f"{desk}/runs/{run['id']}") == 403
    assert await status_of(host, "DELETE", f"{desk}/runs/{run['id']}") == 200


async def test_people_are_online_while_they_follow(playground: Playground) -> None:
    host = await make_room(playground)
    guest = await join(host, "Here")

    async def told(viewer: Any, online: bool) -> None:
        wanted = {"type": "person.online", "person": guest.id, "online": online}
        while True:
            batch = json.loads(await asyncio.wait_for(viewer.recv(), WAIT_S))
            if any(wanted.items() <= event.items() for event in batch):
                return

    async with host.view() as viewer:
        async with guest.view():
            await told(viewer, True)
        await told(viewer, False)


async def test_a_cleared_timeline_begins_anew(playground: Playground) -> None:
    host = await make_room(playground)
    await join(host, "Anybody")
    before = await host.info()
    async with host.view() as viewer:
        assert json.loads(await asyncio.wait_for(viewer.recv(), WAIT_S))
        assert await status_of(host, "DELETE", "events") == 204
        told = json.loads(await asyncio.wait_for(viewer.recv(), WAIT_S))
    assert told[0]["type"] == "gap"
    assert told[0]["epoch"] == (await host.info())["epoch"] != before["epoch"]


async def test_a_closed_room_ends_with_all_that_ran_in_it(playground: Playground) -> None:
    host = await make_room(playground)
    guest = await join(host, "Last")
    await host.start("udp/echo", port=0)
    async with guest.view() as viewer:
        assert await status_of(host, "DELETE") == 204
        assert await end_of(viewer) == 4404
    assert await status_of(guest, "GET") == 404
