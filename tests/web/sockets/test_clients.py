"""The client WebSocket, end to end: this test is the browser, the lab is a real program.

Nothing is lost, cut or joined; whoever does not read stops the other side and costs no memory.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import random
import socket
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from backend.settings import Settings
from tests.labs.programs import WAIT_S
from tests.ports import unused_port
from tests.server import Peer, Playground, Run, serving, until

LARGEST = 65_507  # bytes: 65,535 less 20 of the IPv4 header and 8 of the UDP header
MIB = 2**20
WINDOW = Settings().window_bytes


@contextlib.asynccontextmanager
async def running(
    playground: Playground, lab: str, program: str = "server", *args: str
) -> AsyncIterator[Run]:
    run = await playground.start(lab, program, *args)
    try:
        yield run
    finally:
        await playground.stop(run)


@contextlib.contextmanager
def listening(kind: socket.SocketKind, port: int) -> Iterator[socket.socket]:
    """Be another program that takes the port of a lab that has ended."""
    with socket.socket(socket.AF_INET, kind) as sock:
        if kind == socket.SOCK_STREAM:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(("127.0.0.1", port))
        if kind == socket.SOCK_STREAM:
            sock.listen()
        sock.setblocking(False)
        yield sock


def in_kernel(local_port: int, remote_port: int) -> int:
    """Bytes that wait in the kernel on their way from one port to the other (proc_net_tcp)."""
    waiting = 0
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        here, there = (int(address.rpartition(":")[2], 16) for address in fields[1:3])
        to_send, to_read = (int(size, 16) for size in fields[4].split(":"))
        if (here, there) == (local_port, remote_port):
            waiting += to_send
        elif (there, here) == (local_port, remote_port):
            waiting += to_read
    return waiting


def port_of(address: str) -> int:
    return int(address.rpartition(":")[2])


# UDP


async def test_opened_names_both_ends_as_the_kernel_does(playground: Playground) -> None:
    async with running(playground, "udp/echo") as run, playground.open_client(run) as peer:
        assert peer.opened["transport"] == "udp"
        assert peer.opened["peer"] == f"127.0.0.1:{run['port']}"
        host, _, port = peer.opened["local"].partition(":")
        assert host == "127.0.0.1"
        assert int(port) > 0
        shown = (await playground.room())["clients"]
        assert {key: peer.opened[key] for key in ("transport", "local", "peer")}.items() <= next(
            client for client in shown if client["id"] == peer.opened["client"]
        ).items()


EDGES = (0, 1, 2, 2047, 2048, 2049, 65_506, LARGEST)
SAMPLE = (*EDGES, *random.sample(range(LARGEST + 1), 400))
ALL = range(LARGEST + 1)


@pytest.mark.parametrize(
    "sizes", [SAMPLE, pytest.param(ALL, marks=pytest.mark.soak)], ids=["sample", "all"]
)
async def test_every_size_of_datagram_goes_there_and_back_whole(
    playground: Playground, sizes: Sequence[int]
) -> None:
    pattern = random.randbytes(LARGEST + 1)
    async with running(playground, "udp/echo") as run, playground.open_client(run) as peer:
        for size in sizes:
            await peer.send(pattern[:size])
            answer = await peer.data()
            assert len(answer) == size
            assert answer == pattern[:size]


async def test_the_lab_sees_the_size_that_was_sent(playground: Playground) -> None:
    async with running(playground, "udp/length") as run, playground.open_client(run) as peer:
        for size in EDGES:
            await peer.send(bytes(size))
            assert await peer.data() == str(size).encode()


async def test_two_datagrams_stay_two(playground: Playground) -> None:
    async with running(playground, "udp/echo") as run, playground.open_client(run) as peer:
        for text in (b"one", b"two", b""):
            await peer.send(text)
        assert [await peer.data() for _ in range(3)] == [b"one", b"two", b""]


async def test_a_datagram_too_big_is_refused_and_the_client_lives_on(
    playground: Playground,
) -> None:
    async with running(playground, "udp/length") as run, playground.open_client(run) as peer:
        await peer.send(bytes(LARGEST + 1))
        assert "65,507" in (await peer.told("error", "too_big"))["message"]
        await peer.send(bytes(LARGEST))
        assert await peer.data() == b"65507"


async def test_a_udp_client_outlives_its_lab_and_works_with_the_next(
    playground: Playground,
) -> None:
    first = await playground.start("udp/echo", port=unused_port(socket.SOCK_DGRAM))
    async with playground.open_client(first) as peer:
        await peer.send(b"there?")
        assert await peer.data() == b"there?"
        await playground.stop(first)
        await peer.send(b"still there?")
        await peer.told("error", "refused")
        await peer.send(b"and now?")
        await peer.told("error", "refused")
        second = await playground.start("udp/echo", port=first["port"])
        await peer.send(b"again")
        message = await peer.receive()
        while isinstance(message, dict):  # what the kernel still had to say of the last one
            assert message["code"] == "refused"
            message = await peer.receive()
        assert message == b"again"
        await playground.stop(second)


async def test_a_program_that_takes_the_port_later_hears_nothing_over_udp(
    playground: Playground,
) -> None:
    run = await playground.start("udp/echo", port=unused_port(socket.SOCK_DGRAM))
    async with playground.open_client(run) as peer:
        await playground.stop(run)
        with listening(socket.SOCK_DGRAM, run["port"]) as stranger:
            for _ in range(3):
                await peer.send(b"for the lab only")
                await peer.told("error", "refused")
            with pytest.raises(BlockingIOError):
                stranger.recv(65536)


@pytest.mark.parametrize(
    ("lab", "kind"), [("udp/echo", socket.SOCK_DGRAM), ("tcp/echo", socket.SOCK_STREAM)]
)
async def test_a_run_that_has_ended_is_refused_and_nothing_is_dialled(
    playground: Playground, lab: str, kind: socket.SocketKind
) -> None:
    run = await playground.start(lab, port=unused_port(kind))
    await playground.stop(run)
    with listening(kind, run["port"]) as stranger:
        async with playground.client(run) as peer:
            await peer.told("error", "refused")
            await asyncio.wait_for(peer.websocket.wait_closed(), WAIT_S)
        with pytest.raises(BlockingIOError):
            stranger.accept() if kind == socket.SOCK_STREAM else stranger.recv(1)


async def test_a_program_that_does_not_listen_has_no_clients(playground: Playground) -> None:
    sleeper = running(playground, "threads/sleeper", "demo")
    async with sleeper as run, playground.client(run) as peer:
        await peer.told("error", "refused")
        await asyncio.wait_for(peer.websocket.wait_closed(), WAIT_S)


# TCP


async def test_after_a_half_close_the_answer_still_arrives(playground: Playground) -> None:
    async with running(playground, "tcp/after_eof") as run, playground.open_client(run) as peer:
        await peer.send(b"x" * 1000)
        await peer.send(b"y" * 234)
        await peer.control("shutdown")
        assert await peer.stream() == b"1234 bytes"
        await asyncio.wait_for(peer.websocket.wait_closed(), WAIT_S)
        assert peer.websocket.close_code == 1000


async def test_bytes_after_a_half_close_are_refused_and_the_client_lives_on(
    playground: Playground,
) -> None:
    async with running(playground, "tcp/sink") as run, playground.open_client(run) as peer:
        await peer.control("shutdown")
        for _ in range(2):
            await peer.send(b"too late")
            assert "shutdown already" in (await peer.told("error", "bad_message"))["message"]


async def test_the_last_bytes_of_a_lab_all_arrive_100_times_of_100(
    playground: Playground,
) -> None:
    expected = hashlib.sha256(bytes(range(256)) * (MIB // 256)).hexdigest()

    async def take() -> str:
        async with playground.open_client(run) as peer:
            received = await peer.stream()
            await asyncio.wait_for(peer.websocket.wait_closed(), WAIT_S)
            assert peer.websocket.close_code == 1000
            return hashlib.sha256(received).hexdigest()

    async with running(playground, "tcp/give") as run:
        for _ in range(20):
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


@pytest.mark.parametrize("watched_s", [3, pytest.param(60, marks=pytest.mark.soak)])
async def test_a_lab_that_never_reads_stops_the_sender_by_credit_and_nothing_else(
    playground: Playground, watched_s: int
) -> None:
    async with running(playground, "tcp/sink") as run, playground.open_client(run) as peer:
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
        await asyncio.wait_for(peer.websocket.wait_closed(), WAIT_S)
        assert peer.websocket.close_code == 1008


async def test_a_browser_that_does_not_read_stops_the_lab_through_tcp(
    playground: Playground,
) -> None:
    total = 128 * MIB
    giver = running(playground, "tcp/give", "server", "--bytes", str(total))
    async with giver as run, playground.open_client(run, max_queue=2) as peer:
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


async def test_a_lab_that_resets_is_told_as_reset(playground: Playground) -> None:
    async with running(playground, "tcp/reset") as run, playground.open_client(run) as peer:
        await peer.send(b"x")
        assert "RST" in (await peer.told("error", "reset"))["message"]
        await asyncio.wait_for(peer.websocket.wait_closed(), WAIT_S)
        assert (peer.websocket.close_code, peer.websocket.close_reason) == (1000, "reset")


async def test_a_lab_that_is_stopped_ends_its_tcp_clients(playground: Playground) -> None:
    run = await playground.start("tcp/echo")
    async with playground.open_client(run) as peer:
        await peer.send(b"hello")
        assert await peer.data() == b"hello"
        await playground.stop(run)
        message = await peer.receive()
        assert isinstance(message, dict)
        assert message["type"] == "eof" or message["code"] == "reset"
        await asyncio.wait_for(peer.websocket.wait_closed(), WAIT_S)


async def test_closing_the_websocket_closes_the_socket(playground: Playground) -> None:
    async with running(playground, "tcp/after_eof") as run:
        async with playground.open_client(run) as peer:
            await peer.send(b"bye")
        assert await playground.wait_for_event("client.closed", client=peer.opened["client"])
        async with playground.open_client(run) as other:  # the lab serves one after the other
            await other.control("shutdown")
            assert await other.stream() == b"0 bytes"


async def test_bytes_sent_just_before_closing_reach_the_lab(playground: Playground) -> None:
    async with running(playground, "tcp/after_eof") as run:
        async with playground.open_client(run) as peer:
            await peer.send(bytes(100_000))
        await playground.wait_for_event("client.closed", client=peer.opened["client"])
        events = await playground.events()
    told = [event for event in events if event.get("client") == peer.opened["client"]]
    assert sum(event["bytes"] for event in told if event["type"] == "client.sent") == 100_000


# Both


@pytest.mark.parametrize("lab", ["udp/echo", "tcp/echo"])
@pytest.mark.parametrize(
    "text", ["", "hello", "{", "[]", "5", "null", '{"type": 5}', '{"kind": "shutdown"}', "\0"]
)
async def test_what_is_no_control_message_is_refused_and_the_client_lives_on(
    playground: Playground, lab: str, text: str
) -> None:
    async with running(playground, lab) as run, playground.open_client(run) as peer:
        await peer.websocket.send(text)
        await peer.told("error", "bad_message")
        await peer.send(b"alive")
        assert await peer.data() == b"alive"


@pytest.mark.parametrize(
    ("lab", "kind"), [("udp/echo", "dance"), ("udp/echo", "shutdown"), ("tcp/echo", "dance")]
)
async def test_an_unknown_control_message_is_refused_and_the_client_lives_on(
    playground: Playground, lab: str, kind: str
) -> None:
    async with running(playground, lab) as run, playground.open_client(run) as peer:
        await peer.control(kind)
        await peer.told("error", "bad_message")
        await peer.send(b"alive")
        assert await peer.data() == b"alive"


@pytest.mark.parametrize("lab", ["udp/echo", "tcp/echo"])
async def test_a_message_larger_than_128_kib_closes_the_websocket(
    playground: Playground, lab: str
) -> None:
    async with running(playground, lab) as run, playground.open_client(run) as peer:
        await peer.send(bytes(131_073))
        with pytest.raises(ConnectionClosed):
            await peer.receive()
        assert peer.websocket.close_code == 1009


async def test_a_message_of_128_kib_goes_through(playground: Playground) -> None:
    async with running(playground, "tcp/after_eof") as run, playground.open_client(run) as peer:
        await peer.send(bytes(131_072))
        await peer.control("shutdown")
        assert await peer.stream() == b"131072 bytes"


@pytest.mark.parametrize(
    "path", ["/ws/rooms/local/runs/r0/client", "/ws/rooms/elsewhere/runs/r1/client"]
)
async def test_an_unknown_run_or_room_is_refused_before_the_handshake(
    playground: Playground, path: str
) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await playground.connect(path)
    assert refused.value.response.status_code == 404
    body = json.loads(refused.value.response.body or b"")
    assert body["error"]["code"] in ("unknown_run", "unknown_room")


async def test_one_client_too_many_is_told_the_limit() -> None:
    with serving(clients_per_room=2) as playground:
        run = await playground.start("udp/echo")
        two = playground.open_client(run), playground.open_client(run)
        async with two[0], two[1], playground.client(run) as third:
            assert "2 clients" in (await third.told("error", "limit"))["message"]
            await asyncio.wait_for(third.websocket.wait_closed(), WAIT_S)
            assert third.websocket.close_code == 1013
        await playground.wait_for_event("client.closed", client="c1")
        await playground.wait_for_event("client.closed", client="c2")
        async with playground.open_client(run) as peer:
            await peer.send(b"room again")
            assert await peer.data() == b"room again"


async def test_the_timeline_tells_what_a_client_did(playground: Playground) -> None:
    async with running(playground, "tcp/after_eof") as run, playground.open_client(run) as peer:
        await peer.send(b"abc")
        await peer.control("shutdown")
        await peer.stream()
        client = peer.opened["client"]
        await playground.wait_for_event("client.closed", client=client)
    told = [event for event in await playground.events() if event.get("client") == client]
    kinds = [event["type"] for event in told]
    assert kinds == [
        "client.opened",
        "client.sent",
        "client.shutdown",
        "client.received",
        "client.eof",
        "client.closed",
    ]
    assert (told[1]["bytes"], told[1]["data"]) == (3, "YWJj")
    assert told[3]["bytes"] == len("3 bytes")
    assert [event["t"] for event in told] == sorted(event["t"] for event in told)


async def test_transfers_over_the_rate_are_counted_and_all_arrive() -> None:
    with serving(client_events_rate=20) as playground:
        run = await playground.start("udp/echo")
        async with playground.open_client(run) as peer:
            for number in range(300):
                await peer.send(b"%d" % number)
                assert await peer.data() == b"%d" % number
        await playground.wait_for_event("client.closed", client="c1")
        events = await playground.events()
    told = [event for event in events if event["type"] in ("client.sent", "client.received")]
    dropped = [event for event in events if event["type"] == "dropped"]
    assert len(told) < 300
    assert len(told) + sum(event["count"] for event in dropped) == 600
    size = sum(len(str(number)) for number in range(300))
    assert sum(event["bytes"] for event in told + dropped) == 2 * size
