"""A client over UDP, with a browser that is a queue: datagrams both ways, refusals, nobody else."""

from __future__ import annotations

import asyncio
import socket

import pytest

from tests.ports import unused_port
from tests.runtime.bridge.stage import opened, served, udp_socket


async def test_a_udp_client_carries_datagrams_both_ways() -> None:
    loop = asyncio.get_running_loop()
    with udp_socket() as lab:
        async with served("udp", lab.getsockname()) as stage:
            address = (await opened(stage))["local"]
            stage.browser.give(b"there")
            data, sender = await loop.sock_recvfrom(lab, 100)
            assert data == b"there"
            assert f"{sender[0]}:{sender[1]}" == address
            for answer in (b"and", b"", b"back"):
                lab.sendto(answer, sender)
                assert await stage.browser.sees() == answer
    assert stage.kinds == [
        "client.opened",
        "client.sent",
        *["client.received"] * 3,
        "client.closed",
    ]


async def test_a_udp_client_hears_nobody_but_its_lab() -> None:
    loop = asyncio.get_running_loop()
    with udp_socket() as lab, udp_socket() as stranger:
        async with served("udp", lab.getsockname()) as stage:
            host, _, port = (await opened(stage))["local"].partition(":")
            stranger.sendto(b"from a stranger", (host, int(port)))
            stage.browser.give(b"x")
            _, sender = await loop.sock_recvfrom(lab, 100)
            lab.sendto(b"from the lab", sender)
            assert await stage.browser.sees() == b"from the lab"


async def test_a_udp_client_without_a_lab_is_refused_each_time_and_lives_on() -> None:
    peer = ("127.0.0.1", unused_port(socket.SOCK_DGRAM))
    async with served("udp", peer, lambda _host, _port: False) as stage:
        await opened(stage)
        for _ in range(3):
            stage.browser.give(b"anybody?")
            assert await stage.browser.sees_error() == "refused"
        with udp_socket(peer[1]) as stranger:
            stage.browser.give(b"for the lab only")
            assert await stage.browser.sees_error() == "foreign"
            with pytest.raises(BlockingIOError):
                stranger.recv(100)
