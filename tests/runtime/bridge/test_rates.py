"""A browser that sends too fast: over TCP it waits, over UDP it loses datagrams and is told."""

from __future__ import annotations

import asyncio
import socket
import time
from typing import Any

import pytest

from backend.domain.events import ClientFailed
from tests.labs.programs import WAIT_S
from tests.runtime.bridge.stage import opened, served, udp_socket

SLOW: dict[str, Any] = {"bounded": True, "client_messages_rate": 20}


async def test_datagrams_over_the_rate_are_let_go_counted_and_told() -> None:
    with udp_socket() as lab:
        async with served("udp", lab.getsockname(), **SLOW) as stage:
            await opened(stage)
            for number in range(100):
                stage.browser.give(b"%d" % number)
            message = await stage.browser.sees()
            assert isinstance(message, dict)
            assert (message["type"], message["code"]) == ("error", "limit")
            arrived = received(lab)
            assert 20 <= len(arrived) < 60  # a second at once, and a few while the test went on
            assert arrived[:20] == [b"%d" % number for number in range(20)]
            lost = 100 - len(arrived)
            assert message["message"].startswith(f"{lost} datagrams were not sent: ")
            # It lives on.
            async with asyncio.timeout(WAIT_S):
                while received(lab) != [b"later"]:
                    stage.browser.give(b"later")
                    await asyncio.sleep(0.1)
    assert stage.browser.credit >= 200 - 10  # also for what was let go


async def test_datagrams_that_were_let_go_last_are_told_the_timeline_at_the_end() -> None:
    with udp_socket() as lab:
        async with served("udp", lab.getsockname(), **SLOW) as stage:
            await opened(stage)
            for _ in range(50):
                stage.browser.give(b"x")
    failed = [event for event in stage.events if isinstance(event, ClientFailed)]
    assert [event.code for event in failed] == ["limit"]


def received(lab: socket.socket) -> list[bytes]:
    """Return the datagrams that have arrived."""
    found = []
    try:
        while True:
            found.append(lab.recv(100))
    except BlockingIOError:
        return found


@pytest.mark.parametrize(
    ("rates", "piece", "count"),
    [
        ({"client_messages_rate": 20, "client_bytes_rate": 10**9}, 1, 40),
        ({"client_messages_rate": 10**9, "client_bytes_rate": 10_000}, 1000, 20),
    ],
    ids=["messages", "bytes"],
)
async def test_a_stream_over_the_rate_waits_and_loses_nothing(
    rates: dict[str, Any], piece: int, count: int
) -> None:
    """Twice what a second allows: the first half at once, the other within about a second."""
    loop = asyncio.get_running_loop()
    with socket.create_server(("127.0.0.1", 0)) as lab:
        lab.setblocking(False)
        async with served("tcp", lab.getsockname(), bounded=True, **rates) as stage:
            await opened(stage)
            peer, _ = await loop.sock_accept(lab)
            with peer:
                then = time.monotonic()
                sent = b""
                for number in range(count):
                    data = bytes([number]) * piece
                    stage.browser.give(data)
                    sent += data
                got = b""
                while len(got) < len(sent):
                    got += await asyncio.wait_for(loop.sock_recv(peer, 65536), WAIT_S)
                assert got == sent
                assert time.monotonic() - then > 0.8
    assert "client.failed" not in stage.kinds


async def test_without_bounds_nobody_waits_and_nothing_is_let_go() -> None:
    with udp_socket() as lab:
        async with served("udp", lab.getsockname(), client_messages_rate=1) as stage:
            await opened(stage)
            arrived: list[bytes] = []
            for number in range(50):
                stage.browser.give(b"%d" % number)
            async with asyncio.timeout(WAIT_S):
                while len(arrived) < 50:
                    arrived += received(lab)
                    await asyncio.sleep(0.01)
    assert "client.failed" not in stage.kinds
