"""The client WebSocket, whatever the transport: who may open one, what is told, limits."""

from __future__ import annotations

import asyncio
import json
import socket

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from backend.settings import Settings
from tests.labs.programs import WAIT_S
from tests.peers import Way
from tests.ports import unused_port
from tests.server import Playground, serving
from tests.web.protocol.raw import connected
from tests.web.sockets.stage import both_ways, listening, running


@both_ways
async def test_opened_names_both_ends_as_the_kernel_does(playground: Playground, way: Way) -> None:
    async with running(playground, "udp/echo") as run, playground.open_client(run, way) as peer:
        assert peer.opened["transport"] == "udp"
        assert peer.opened["message_limit"] == Settings().message_limit_bytes == 131_072
        assert peer.opened["peer"] == f"127.0.0.1:{run['port']}"
        host, _, port = peer.opened["local"].partition(":")
        assert host == "127.0.0.1"
        assert int(port) > 0
        shown = (await playground.room())["clients"]
        assert {key: peer.opened[key] for key in ("transport", "local", "peer")}.items() <= next(
            client for client in shown if client["id"] == peer.opened["client"]
        ).items()


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


@both_ways
@pytest.mark.parametrize("lab", ["udp/echo", "tcp/echo"])
@pytest.mark.parametrize(
    "text", ["", "hello", "{", "[]", "5", "null", '{"type": 5}', '{"kind": "shutdown"}', "\0"]
)
async def test_what_is_no_control_message_is_refused_and_the_client_lives_on(
    playground: Playground, way: Way, lab: str, text: str
) -> None:
    async with running(playground, lab) as run, playground.open_client(run, way) as peer:
        await peer.text(text)
        await peer.told("error", "bad_message")
        await peer.send(b"alive")
        assert await peer.data() == b"alive"


@both_ways
@pytest.mark.parametrize(
    ("lab", "kind"), [("udp/echo", "dance"), ("udp/echo", "shutdown"), ("tcp/echo", "dance")]
)
async def test_an_unknown_control_message_is_refused_and_the_client_lives_on(
    playground: Playground, way: Way, lab: str, kind: str
) -> None:
    async with running(playground, lab) as run, playground.open_client(run, way) as peer:
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


@both_ways
async def test_a_message_of_128_kib_goes_through(playground: Playground, way: Way) -> None:
    async with (
        running(playground, "tcp/after_eof") as run,
        playground.open_client(run, way) as peer,
    ):
        await peer.send(bytes(131_072))
        await peer.control("shutdown")
        assert await peer.stream() == b"131072 bytes"


@pytest.mark.parametrize(
    ("offered", "accepted"),
    [
        (["binary"], "binary"),
        (["base64", "binary"], "binary"),
        (["chat"], None),
        (["BINARY"], None),
        (None, None),
    ],
)
async def test_the_subprotocol_binary_is_accepted_and_no_other(
    playground: Playground, offered: list[str] | None, accepted: str | None
) -> None:
    async with (
        running(playground, "udp/echo") as run,
        playground.open_client(run, subprotocols=offered) as peer,
    ):
        assert peer.websocket.subprotocol == accepted
        await peer.send(b"either way")
        assert await peer.data() == b"either way"


async def test_the_timeline_tells_why_a_client_was_cut(playground: Playground) -> None:
    async with running(playground, "tcp/echo") as run, playground.open_client(run) as peer:
        client = peer.opened["client"]
        await peer.send(bytes(131_073))
        failed = await playground.wait_for_event("client.failed", client=client)
        assert (failed["code"], "limit of 131072" in failed["message"]) == ("too_big", True)
        await playground.wait_for_event("client.closed", client=client)


async def test_who_closes_itself_with_such_a_code_was_not_cut(playground: Playground) -> None:
    async with running(playground, "tcp/echo") as run, playground.open_client(run) as peer:
        await peer.websocket.close(1009, "I say so")
        await playground.wait_for_event("client.closed", client=peer.opened["client"])
        kinds = {event["type"] for event in await playground.events()}
        assert "client.failed" not in kinds


async def test_who_answers_no_ping_is_cut_and_the_timeline_tells_why() -> None:
    with serving(ping_s=0.3) as playground:
        run = await playground.start("tcp/echo")
        with connected(playground) as connection:
            connection.open(f"/ws/rooms/local/runs/{run['id']}/client")
            failed = await playground.wait_for_event("client.failed", client="c1")
            assert failed["code"] == "timeout"
            assert "no answer to a ping within 0.3 s" in failed["message"]
            await playground.wait_for_event("client.closed", client="c1")
            assert connection.closed_with() == (1011, "keepalive ping timeout")


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


@both_ways
async def test_the_timeline_tells_what_a_client_did(playground: Playground, way: Way) -> None:
    async with (
        running(playground, "tcp/after_eof") as run,
        playground.open_client(run, way) as peer,
    ):
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


@pytest.mark.parametrize("lab", ["udp/echo", "tcp/echo"])
async def test_what_is_sent_is_told_of_a_time_before_anybody_has_it(
    playground: Playground, lab: str
) -> None:
    playground.mark()
    async with running(playground, lab) as run, playground.open_client(run) as peer:
        for _ in range(100):  # the lab is often the quicker one
            await peer.send(b"ping")
            assert await peer.data() == b"ping"
    events = [event for event in await playground.events() if event.get("bytes") == 4]
    sent = [event["t"] for event in events if event["type"] == "client.sent"]
    calls = [event for event in events if event["type"] == "call"]
    taken = [event["t"] for event in calls if event["call"].startswith("recv")]
    assert len(sent) == len(taken) == 100
    assert [k for k in range(100) if sent[k] > taken[k]] == []
