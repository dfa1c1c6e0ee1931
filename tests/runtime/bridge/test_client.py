"""A client, whatever its transport: idleness, limits, its end when it is cancelled or we fail."""

from __future__ import annotations

import asyncio
import socket

import pytest

from backend.domain.events import ClientFailed, ClientSent, Dropped, Event, Transport
from tests.labs.programs import WAIT_S
from tests.runtime.bridge.stage import RESET_WHEN_CLOSED, connected, opened, served, udp_socket


@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_a_client_through_which_nothing_passes_ends_in_time(transport: Transport) -> None:
    kind = socket.SOCK_DGRAM if transport == "udp" else socket.SOCK_STREAM
    with socket.socket(socket.AF_INET, kind) as lab:
        lab.bind(("127.0.0.1", 0))
        if transport == "tcp":
            lab.listen()
        async with served(transport, lab.getsockname(), client_idle_s=0.2) as stage:
            await opened(stage)
            assert await stage.browser.sees_error() == "idle"
            await asyncio.wait_for(asyncio.shield(stage.life), WAIT_S)
    assert stage.kinds == ["client.opened", "client.failed", "client.closed"]


async def test_an_idle_client_ends_although_its_browser_does_not_read() -> None:
    with udp_socket() as lab:
        async with served("udp", lab.getsockname(), client_idle_s=0.2) as stage:
            await opened(stage)
            stage.browser.stop_reading()
            await asyncio.wait_for(asyncio.shield(stage.life), WAIT_S)
    assert stage.kinds == ["client.opened", "client.failed", "client.closed"]


async def test_traffic_keeps_a_client_from_being_idle() -> None:
    with udp_socket() as lab:
        async with served("udp", lab.getsockname(), client_idle_s=0.4) as stage:
            await opened(stage)
            for _ in range(10):
                stage.browser.give(b"x")
                await asyncio.get_running_loop().sock_recv(lab, 10)
                await asyncio.sleep(0.1)  # the time that passes is what is tested
            assert not stage.life.done()


async def test_a_control_message_that_is_nested_too_deep_is_refused_and_the_client_lives_on() -> (
    None
):
    async with connected() as (stage, lab):
        stage.browser.give('{"type": "shutdown", "more": ' + "[" * 60_000 + "]" * 60_000 + "}")
        assert await stage.browser.sees_error() == "bad_message"
        stage.browser.give(b"alive")
        assert await asyncio.get_running_loop().sock_recv(lab, 10) == b"alive"


async def test_errors_over_the_rate_are_counted_and_all_reach_the_browser() -> None:
    async with connected(client_events_rate=5) as (stage, lab):
        for _ in range(50):
            stage.browser.give("no control message")
            assert await stage.browser.sees_error() == "bad_message"
        lab.setsockopt(*RESET_WHEN_CLOSED)
        lab.close()
        assert await stage.browser.sees_error() == "reset"
        await asyncio.wait_for(asyncio.shield(stage.life), WAIT_S)
    told = [event.code for event in stage.events if isinstance(event, ClientFailed)]
    untold = sum(event.count for event in stage.events if isinstance(event, Dropped))
    assert told.count("bad_message") < 50
    assert told.count("bad_message") + untold == 50
    assert told[-1] == "reset"  # what ends a client is told at any rate


async def test_ipv6_addresses_are_shown_in_brackets() -> None:
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as lab:
        lab.bind(("::1", 0))
        async with served("udp", lab.getsockname()[:2]) as stage:
            message = await opened(stage)
    assert message["peer"] == f"[::1]:{lab_port(message['peer'])}"
    assert message["local"].startswith("[::1]:")


def lab_port(address: str) -> int:
    return int(address.rpartition(":")[2])


async def test_a_client_that_is_cancelled_closes_its_socket() -> None:
    loop = asyncio.get_running_loop()
    async with connected() as (stage, lab):
        stage.life.cancel()
        with pytest.raises(asyncio.CancelledError):
            await stage.life
        assert await loop.sock_recv(lab, 10) == b""
        stage.life = asyncio.create_task(asyncio.sleep(0))
    assert stage.kinds[-1] == "client.closed"


async def test_a_client_that_is_cancelled_while_it_opens_is_told_as_closed() -> None:
    with udp_socket() as lab:
        async with served("udp", lab.getsockname()) as stage:
            stage.browser.stop_reading()
            was_opened = asyncio.Event()
            stage.on_event = lambda _event: was_opened.set()
            await asyncio.wait_for(was_opened.wait(), WAIT_S)
            stage.life.cancel()
            with pytest.raises(asyncio.CancelledError):
                await stage.life
            stage.life = asyncio.create_task(asyncio.sleep(0))
    assert stage.kinds == ["client.opened", "client.closed"]


@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_a_defect_of_ours_ends_the_client_and_is_raised(transport: Transport) -> None:
    kind = socket.SOCK_DGRAM if transport == "udp" else socket.SOCK_STREAM
    with socket.socket(socket.AF_INET, kind) as lab:
        lab.bind(("127.0.0.1", 0))
        if transport == "tcp":
            lab.listen()
        async with served(transport, lab.getsockname()) as stage:
            await opened(stage)

            def fail(event: Event) -> None:
                if isinstance(event, ClientSent):
                    raise LookupError("a defect")

            stage.on_event = fail
            stage.browser.give(b"x")
            stage.browser.give(None)
            with pytest.raises(LookupError):
                await asyncio.wait_for(asyncio.shield(stage.life), WAIT_S)
            stage.life = asyncio.create_task(asyncio.sleep(0))
    assert stage.kinds[-1] == "client.closed"
