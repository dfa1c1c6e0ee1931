"""The client WebSocket over UDP: one message is one datagram, none is lost, cut or joined."""

from __future__ import annotations

import random
import socket
from collections.abc import Sequence

import pytest

from tests.peers import Way
from tests.ports import unused_port
from tests.server import Playground
from tests.web.sockets.stage import both_ways, listening, running

LARGEST = 65_507  # bytes: 65,535 less 20 of the IPv4 header and 8 of the UDP header

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


@both_ways
async def test_the_lab_sees_the_size_that_was_sent(playground: Playground, way: Way) -> None:
    async with running(playground, "udp/length") as run, playground.open_client(run, way) as peer:
        for size in EDGES:
            await peer.send(bytes(size))
            assert await peer.data() == str(size).encode()


@both_ways
async def test_two_datagrams_stay_two(playground: Playground, way: Way) -> None:
    async with running(playground, "udp/echo") as run, playground.open_client(run, way) as peer:
        for text in (b"one", b"two", b""):
            await peer.send(text)
        assert [await peer.data() for _ in range(3)] == [b"one", b"two", b""]


@both_ways
async def test_a_datagram_too_big_is_refused_and_the_client_lives_on(
    playground: Playground, way: Way
) -> None:
    async with running(playground, "udp/length") as run, playground.open_client(run, way) as peer:
        await peer.send(bytes(LARGEST + 1))
        assert "65,507" in (await peer.told("error", "too_big"))["message"]
        await peer.send(bytes(LARGEST))
        assert await peer.data() == b"65507"


@both_ways
async def test_a_udp_client_outlives_its_lab_and_works_with_the_next(
    playground: Playground, way: Way
) -> None:
    first = await playground.start("udp/echo", port=unused_port(socket.SOCK_DGRAM))
    async with playground.open_client(first, way) as peer:
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


@both_ways
async def test_a_program_that_takes_the_port_later_hears_nothing_over_udp(
    playground: Playground, way: Way
) -> None:
    run = await playground.start("udp/echo", port=unused_port(socket.SOCK_DGRAM))
    async with playground.open_client(run, way) as peer:
        await playground.stop(run)
        with listening(socket.SOCK_DGRAM, run["port"]) as stranger:
            for _ in range(3):
                await peer.send(b"for the lab only")
                await peer.told("error", "foreign")
            with pytest.raises(BlockingIOError):
                stranger.recv(65536)
