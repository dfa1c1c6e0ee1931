"""The client WebSocket over TCP, end to end: this test is the browser, the lab is a real program.

Nothing is lost; whoever does not read stops the other side and costs no memory.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import random
import time
from pathlib import Path

import pytest

from backend.settings import Settings
from tests.labs.programs import WAIT_S
from tests.peers import Peer, PlainPeer, Way
from tests.server import Playground, until
from tests.sweeps import in_the_soak
from tests.web.sockets.stage import both_ways, one_way, running

MIB = 2**20

WINDOW = Settings().window_bytes


def in_kernel(local_port: int, remote_port: int) -> int:
    """Bytes that wait in the kernel on their way from one port to the other (proc_net_tcp).

    The file is read in pieces; while others connect and close, it may tell a line twice.
    """
    waiting: dict[str, int] = {}
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        here, there = (int(address.rpartition(":")[2], 16) for address in fields[1:3])
        to_send, to_read = (int(size, 16) for size in fields[4].split(":"))
        if (here, there) == (local_port, remote_port):
            waiting["to send"] = to_send
        elif (there, here) == (local_port, remote_port):
            waiting["to read"] = to_read
    return sum(waiting.values())


def port_of(address: str) -> int:
    return int(address.rpartition(":")[2])


@both_ways
async def test_after_a_half_close_the_answer_still_arrives(
    playground: Playground, way: Way
) -> None:
    async with (
        running(playground, "tcp/after_eof") as run,
        playground.open_client(run, way) as peer,
    ):
        await peer.send(b"x" * 1000)
        await peer.send(b"y" * 234)
        await peer.control("shutdown")
        assert await peer.stream() == b"1234 bytes"
        assert await peer.ended() == ""


@both_ways
async def test_bytes_after_a_half_close_are_refused_and_the_client_lives_on(
    playground: Playground, way: Way
) -> None:
    async with running(playground, "tcp/sink") as run, playground.open_client(run, way) as peer:
        await peer.control("shutdown")
        for _ in range(2):
            await peer.send(b"too late")
            assert "shutdown already" in (await peer.told("error", "bad_message"))["message"]


@one_way
@pytest.mark.parametrize("rounds", [4, *in_the_soak(20)])
async def test_the_last_bytes_of_a_lab_all_arrive_each_time(
    playground: Playground, way: Way, rounds: int
) -> None:
    expected = hashlib.sha256(bytes(range(256)) * (MIB // 256)).hexdigest()

    async def take() -> str:
        async with playground.open_client(run, way) as peer:
            received = await peer.stream()
            assert await peer.ended() == ""
            return hashlib.sha256(received).hexdigest()

    async with running(playground, "tcp/give") as run:
        for _ in range(rounds):
            assert await asyncio.gather(*(take() for _ in range(5))) == [expected] * 5


async def test_100_mib_each_way_are_the_same_bytes(playground: Playground) -> None:
    piece = random.randbytes(65_536)
    total = 100 * MIB
    sent, received = hashlib.sha256(), hashlib.sha256()
    credit = asyncio.Condition()

    async def read(peer: Peer) -> int:
        n = 0
        while True:
            message = await peer.websocket.recv()
            if isinstance(message, bytes):
                received.update(message)
                n += len(message)
            elif json.loads(message)["type"] == "credit":
                async with credit:
                    peer.credit += json.loads(message)["bytes"]
                    credit.notify()
            else:
                assert json.loads(message) == {"type": "eof"}
                return n

    async with running(playground, "tcp/echo") as run, playground.open_client(run) as peer:
        began = time.monotonic()
        reading = asyncio.create_task(read(peer))
        for _ in range(total // len(piece)):
            async with credit:
                await credit.wait_for(lambda: peer.credit >= len(piece))
            await peer.send(piece)
            sent.update(piece)
        await peer.control("shutdown")
        assert await asyncio.wait_for(reading, 60) == total
        print(f"100 MiB each way in {time.monotonic() - began:.2f} s")
    assert received.hexdigest() == sent.hexdigest()


async def test_8_mib_each_way_are_the_same_bytes_over_plain_http(playground: Playground) -> None:
    piece = random.randbytes(65_536)
    total = 8 * MIB
    sent, received = hashlib.sha256(), hashlib.sha256()
    taken = asyncio.Condition()

    async def read(peer: PlainPeer) -> int:
        n = 0
        while True:
            message = await peer.next()
            if isinstance(message, bytes):
                received.update(message)
                n += len(message)
            elif message["type"] == "credit":
                async with taken:
                    peer.credit += message["bytes"]
                    taken.notify()
            else:
                assert message == {"type": "eof"}
                return n

    async with running(playground, "tcp/echo") as run, playground.plain_client(run) as peer:
        await peer.told("opened")
        began = time.monotonic()
        reading = asyncio.create_task(read(peer))
        for _ in range(total // len(piece)):
            async with taken:
                await taken.wait_for(lambda: peer.credit >= len(piece))
            await peer.send(piece)
            sent.update(piece)
        await peer.control("shutdown")
        assert await asyncio.wait_for(reading, 60) == total
        print(f"8 MiB each way over plain HTTP in {time.monotonic() - began:.2f} s")
    assert received.hexdigest() == sent.hexdigest()


@one_way
@pytest.mark.parametrize("watched_s", [3, pytest.param(60, marks=pytest.mark.soak)])
async def test_a_lab_that_never_reads_stops_the_sender_by_credit_and_nothing_else(
    playground: Playground, way: Way, watched_s: int
) -> None:
    async with running(playground, "tcp/sink") as run, playground.open_client(run, way) as peer:
        before = playground.rss()
        accepted = 0
        with contextlib.suppress(TimeoutError):
            while True:
                async with asyncio.timeout(1):
                    await peer.wait_for_credit()
                piece = bytes(min(peer.credit, 65_536))
                await peer.send(piece)
                accepted += len(piece)
        assert peer.credit == 0
        ends = port_of(peer.opened["local"]), run["port"]
        until_s = time.monotonic() + watched_s
        while time.monotonic() < until_s:
            await peer.ping()
            held = accepted - in_kernel(*ends)
            assert 0 < held <= WINDOW < MIB
            await asyncio.sleep(0.05)
        assert playground.rss() - before < 8 * MIB
        await peer.send(b"one byte more than there is credit for")
        assert "38 bytes with a credit of 0" in (await peer.told("error", "window"))["message"]
        assert await peer.ended() == "window"


@one_way
async def test_a_browser_that_does_not_read_stops_the_lab_through_tcp(
    playground: Playground, way: Way
) -> None:
    total = 128 * MIB
    giver = running(playground, "tcp/give", "server", "--bytes", str(total))
    async with giver as run, playground.open_client(run, way, max_queue=2) as peer:
        before = playground.rss()
        ends = run["port"], port_of(peer.opened["local"])
        waiting = -1
        async with asyncio.timeout(WAIT_S):
            while waiting != (waiting := in_kernel(*ends)) or waiting == 0:
                await asyncio.sleep(0.3)
        assert waiting < total
        assert playground.rss() - before < 8 * MIB
        received = 0
        while isinstance(message := await peer.receive(), bytes):
            received += len(message)
        assert received == total
        assert message == {"type": "eof"}


@pytest.mark.parametrize("reads", [True, False])
async def test_a_browser_that_vanishes_frees_its_client(
    playground: Playground, reads: bool
) -> None:
    lab, args = ("tcp/echo", ()) if reads else ("tcp/give", ("--bytes", str(64 * MIB)))
    async with running(playground, lab, "server", *args) as run:
        async with playground.open_client(run, max_queue=2) as peer:
            if not reads:
                await until(
                    lambda: in_kernel(run["port"], port_of(peer.opened["local"])) > MIB,
                    within_s=WAIT_S,
                    what="the lab is stopped",
                )
            peer.vanish()
            async with asyncio.timeout(2):
                await playground.wait_for_event("client.closed", client=peer.opened["client"])
        clients = (await playground.room())["clients"]
        assert peer.opened["client"] not in [client["id"] for client in clients]


@both_ways
async def test_a_lab_that_resets_is_told_as_reset(playground: Playground, way: Way) -> None:
    async with running(playground, "tcp/reset") as run, playground.open_client(run, way) as peer:
        await peer.send(b"x")
        assert "RST" in (await peer.told("error", "reset"))["message"]
        assert await peer.ended() == "reset"


@both_ways
async def test_a_lab_that_is_stopped_ends_its_tcp_clients(playground: Playground, way: Way) -> None:
    run = await playground.start("tcp/echo")
    async with playground.open_client(run, way) as peer:
        await peer.send(b"hello")
        assert await peer.data() == b"hello"
        await playground.stop(run)
        message = await peer.receive()
        assert isinstance(message, dict)
        assert message["type"] == "eof" or message["code"] == "reset"
        await peer.ended()


@both_ways
async def test_closing_the_client_closes_the_socket(playground: Playground, way: Way) -> None:
    async with running(playground, "tcp/after_eof") as run:
        async with playground.open_client(run, way) as peer:
            await peer.send(b"bye")
        assert await playground.wait_for_event("client.closed", client=peer.opened["client"])
        async with playground.open_client(run, way) as other:  # the lab serves one after the other
            await other.control("shutdown")
            assert await other.stream() == b"0 bytes"


@both_ways
async def test_bytes_sent_just_before_closing_reach_the_lab(
    playground: Playground, way: Way
) -> None:
    async with running(playground, "tcp/after_eof") as run:
        async with playground.open_client(run, way) as peer:
            await peer.send(bytes(100_000))
        await playground.wait_for_event("client.closed", client=peer.opened["client"])
        events = await playground.events()
    told = [event for event in events if event.get("client") == peer.opened["client"]]
    assert sum(event["bytes"] for event in told if event["type"] == "client.sent") == 100_000
