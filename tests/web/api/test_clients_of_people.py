"""Clients over plain HTTP in a class: each belongs to who made it, and goes with them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator

import pytest

from tests.classroom import Member, hosting, join, make_room
from tests.labs.programs import WAIT_S
from tests.peers import PlainPeer
from tests.server import Playground

BYTES = {"content-type": "application/octet-stream"}


@pytest.fixture(scope="module")
def playground() -> Iterator[Playground]:
    with hosting() as served:
        yield served


async def is_online(host: Member, guest: Member) -> bool:
    people = (await host.info())["people"]
    return any(person["id"] == guest.id and person["online"] for person in people)


async def until_online(host: Member, guest: Member, *, online: bool) -> None:
    async with asyncio.timeout(WAIT_S):
        while await is_online(host, guest) is not online:
            await asyncio.sleep(0.05)


async def follow(member: Member, wait_s: int = 20) -> int:
    """Wait for events again and again; return the status that ends it."""
    after = 0
    while True:
        answer = await member.ask("GET", f"events?after={after}&wait_s={wait_s}")
        if answer.status_code != 200:
            return answer.status_code
        for line in answer.text.splitlines():
            after = json.loads(line)["seq"]


async def code_of(member: Member, peer: PlainPeer, method: str, path: str = "") -> object:
    answer = await member.ask(method, peer.path + path, content=b"x", headers=BYTES)
    return answer.json()["error"]["code"]


async def test_a_client_belongs_to_who_made_it(playground: Playground) -> None:
    host = await make_room(playground)
    guest, other = await join(host, "Anna"), await join(host, "Boris")
    run = await host.start("udp/echo", port=0)
    async with guest.plain_client(run) as peer:
        name = peer.opened["client"]
        (shown,) = (await host.info())["clients"]
        assert (shown["id"], shown["owner"]) == (name, guest.id)
        for member in (other, host):
            for method in ("GET", "POST", "DELETE"):
                assert await code_of(member, peer, method) == "forbidden"
            several = await member.ask("GET", f"clients?after={name}:2&wait_s=0.1")
            assert several.json() == {"clients": [{"id": name, "messages": None}]}
        nobody = await playground.request("GET", peer.path)
        assert (nobody.status_code, nobody.json()["error"]["code"]) == (401, "unauthorized")
        await peer.send(b"still here")
        assert await peer.data() == b"still here"


async def test_who_may_not_connect_opens_none(playground: Playground) -> None:
    host = await make_room(playground, policy="watch")
    guest = await join(host, "Anna")
    run = await host.start("udp/echo", port=0)
    answer = await guest.ask("POST", f"runs/{run['id']}/clients")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden")
    async with host.plain_client(run) as peer:
        await peer.send(b"as host")
        assert await peer.data() == b"as host"


async def test_who_is_muted_is_told_so_and_nothing_is_sent(playground: Playground) -> None:
    host = await make_room(playground)
    guest = await join(host, "Anna")
    run = await host.start("udp/echo", port=0)
    async with guest.plain_client(run) as peer:
        await host.ask("PATCH", f"people/{guest.id}", json={"muted": True})
        await peer.send(b"not now")
        await peer.told("error", "forbidden")


async def test_who_is_removed_loses_clients_and_waits(playground: Playground) -> None:
    host = await make_room(playground)
    guest = await join(host, "Anna")
    run = await host.start("udp/echo", port=0)
    async with guest.plain_client(run) as peer:
        following = asyncio.create_task(follow(guest))
        mail = asyncio.create_task(peer.request("GET", f"?after={peer.after}&wait_s=20"))
        await asyncio.sleep(0.3)  # that they wait is what nothing tells
        assert (await host.ask("DELETE", f"people/{guest.id}")).status_code == 204
        async with asyncio.timeout(2):
            assert await following == 401
            letters = (await mail).json()["messages"]
        assert letters[-1]["type"] == "closed"
        assert (await host.info())["clients"] == []
        assert (await guest.ask("GET", peer.path)).status_code == 401


async def test_who_waits_for_events_is_online(playground: Playground) -> None:
    host = await make_room(playground)
    guest = await join(host, "Anna")
    assert not await is_online(host, guest)
    following = asyncio.create_task(follow(guest, wait_s=1))
    await until_online(host, guest, online=True)
    following.cancel()
    await until_online(host, guest, online=False)
