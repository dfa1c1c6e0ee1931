"""What a guest may start and open, and where it listens: numbers, and answers that say them."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
import sys
from collections.abc import Iterator

import pytest

from tests.classroom import Member, hosting, join, make_room
from tests.labs.programs import WAIT_S
from tests.server import Playground

LIMITS = {"runs_per_desk": 2, "clients_per_person": 2}
PORTS = range(21500, 21510)


@pytest.fixture(scope="module")
def playground() -> Iterator[Playground]:
    with hosting(**LIMITS) as served:
        yield served


async def refused(member: Member, status: int, room: str, **order: object) -> str:
    """See that a program is not started; return why."""
    response = await member.ask("POST", f"/api/rooms/{room}/runs", json=order)
    assert response.status_code == status, response.text
    message: str = response.json()["error"]["message"]
    return message


@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only Linux has 127.0.0.0/8 without more ado"
)
async def test_thirty_desks_all_have_the_default_port_on_addresses_of_their_own(
    playground: Playground,
) -> None:
    host = await make_room(playground, policy="own_desks")
    guests = [await join(host, f"Guest {number}") for number in range(30)]
    runs = await asyncio.gather(*(guest.start("udp/echo", room=guest.desk) for guest in guests))
    assert {run["port"] for run in runs} == {21001}
    hosts = {run["host"] for run in runs}
    assert len(hosts) == 30
    assert all(ipaddress.ip_address(each) in ipaddress.ip_network("127.0.0.0/8") for each in hosts)
    assert "127.0.0.1" not in hosts
    # The bridge, the page's client.py, and a terminal come to the desk's own server.
    first, run = guests[0], runs[0]
    async with first.client(run) as client:
        await client.websocket.send(b"over the bridge")
        assert await asyncio.wait_for(client.websocket.recv(), WAIT_S)
    program = await first.start("udp/echo", "client", room=first.desk)
    path = f"/api/rooms/{first.desk}/runs/{program['id']}/stdin"
    assert (await first.ask("POST", path, json={"text": "typed\n"})).status_code == 204
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(WAIT_S)
        sock.sendto(b"from a terminal", (run["host"], run["port"]))
        answer, sender = await asyncio.to_thread(sock.recvfrom, 100)
        assert (answer, sender) == (b"from a terminal", (run["host"], run["port"]))


async def test_a_desk_that_starts_again_has_the_same_address(playground: Playground) -> None:
    host = await make_room(playground, policy="own_desks")
    guest = await join(host, "Anna")
    hosts = set()
    for _ in range(2):
        run = await guest.start("udp/echo", room=guest.desk)
        hosts.add(run["host"])
        await guest.ask("DELETE", f"/api/rooms/{guest.desk}/runs/{run['id']}")
    assert len(hosts) == 1


async def test_a_desk_has_so_many_programs_at_a_time(playground: Playground) -> None:
    host = await make_room(playground, policy="own_desks")
    guest, other = await join(host, "Anna"), await join(host, "Boris")
    runs = [await guest.start("udp/echo", room=guest.desk) for _ in range(2)]
    order = {"lab": "udp/echo", "program": "server"}
    assert "This room allows 2 programs" in await refused(guest, 429, guest.desk, **order)
    assert await other.start("udp/echo", room=other.desk)
    await guest.ask("DELETE", f"/api/rooms/{guest.desk}/runs/{runs[0]['id']}")
    assert await guest.start("udp/echo", room=guest.desk)


async def test_a_person_has_so_many_clients_at_a_time(playground: Playground) -> None:
    host = await make_room(playground)
    run = await host.start("udp/echo", port=0)
    guest, other = await join(host, "Anna"), await join(host, "Boris")
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(2):
            await stack.enter_async_context(guest.client(run))
        path = f"/ws/rooms/{guest.room}/runs/{run['id']}/client"
        async with guest.connect(path) as websocket:
            answer = await asyncio.wait_for(websocket.recv(), WAIT_S)
            assert "This room allows 2 clients of one person" in str(answer)
            await asyncio.wait_for(websocket.wait_closed(), WAIT_S)
            assert websocket.close_code == 1013
        await stack.enter_async_context(other.client(run))
    async with guest.client(run):
        pass


async def test_a_guest_gives_what_the_lab_allows_and_the_host_whatever_the_program_takes(
    playground: Playground,
) -> None:
    host = await make_room(playground, policy="own_desks")
    guest = await join(host, "Anna")
    server, client = ({"lab": "udp/echo", "program": name} for name in ("server", "client"))
    message = await refused(guest, 422, guest.desk, **server, args=["--port", "22"])
    assert message == "Guests give server.py of udp/echo no arguments. Got '--port'."
    assert await host.start("udp/echo", args=["--port", "22"], port=0)
    assert "leave the port empty" in await refused(guest, 422, guest.desk, **client, port=22)
    assert "from 1024 on" in await refused(guest, 422, guest.desk, **server, port=22)


async def test_where_a_range_of_ports_is_open_all_servers_have_theirs_from_it() -> None:
    with hosting(labs_host="0.0.0.0", labs_ports=f"{PORTS[0]}-{PORTS[-1]}") as playground:
        host = await make_room(playground, policy="own_desks")
        guests = [await join(host, f"Guest {number}") for number in range(4)]
        runs = await asyncio.gather(*(guest.start("udp/echo", room=guest.desk) for guest in guests))
        assert {run["host"] for run in runs} == {"0.0.0.0"}
        ports = {run["port"] for run in runs}
        assert len(ports) == 4
        assert ports <= set(PORTS)
        order = {"lab": "udp/echo", "program": "server", "port": 21001}
        message = await refused(guests[0], 422, guests[0].desk, **order)
        assert message == f"The labs have the ports {PORTS[0]}-{PORTS[-1]} here, got 21001."


async def test_after_twenty_wrong_codes_an_address_has_to_wait() -> None:
    with hosting() as playground:
        host = await make_room(playground)
        code = (await host.info())["code"]

        async def statuses(path: str, count: int, **headers: str) -> list[int]:
            answers = [
                await playground.request("POST", path, json={"name": "Anna"}, headers=headers)
                for _ in range(count)
            ]
            return [answer.status_code for answer in answers]

        assert await statuses(f"/api/rooms/{code}/people", 30) == [201] * 30  # a class comes in
        assert await statuses("/api/rooms/000000/people", 10) == [404] * 10
        wrong = {"authorization": "Bearer wrong"}
        assert await statuses("/api/rooms", 5, **wrong) == [401] * 5
        assert await statuses(f"/api/rooms/{code}/people", 5, **wrong) == [401] * 5
        refused = await playground.request(
            "POST", f"/api/rooms/{code}/people", json={"name": "Anna"}
        )
        assert refused.status_code == 429
        assert refused.json()["error"]["code"] == "attempts"
        assert 0 < int(refused.headers["retry-after"]) <= 60
        # Whoever is in already goes on.
        assert (await host.ask("GET")).status_code == 200
