"""A client over TCP, with a browser that is a queue: half-closes, resets, who does not read."""

from __future__ import annotations

import asyncio
import contextlib
import socket

from backend.domain.events import ClientSent, Event
from tests.labs.programs import WAIT_S
from tests.ports import unused_port
from tests.runtime.bridge.stage import RESET_WHEN_CLOSED, connected, served

MIB = 2**20


async def test_a_tcp_client_that_nobody_awaits_is_refused() -> None:
    peer = ("127.0.0.1", unused_port(socket.SOCK_STREAM))
    async with served("tcp", peer) as stage:
        assert await stage.browser.sees_error() == "refused"
    assert stage.kinds == ["client.failed"]
    assert stage.client.last_problem is not None
    assert stage.client.last_problem.code == "refused"


async def test_a_connection_that_takes_too_long_is_a_timeout() -> None:
    """A listener whose backlog is full lets further connections wait (listen(2))."""
    with contextlib.ExitStack() as open_sockets:
        listener = open_sockets.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(4):
            sock = open_sockets.enter_context(socket.socket())
            sock.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                sock.connect(listener.getsockname())
        async with served("tcp", listener.getsockname(), connect_timeout_s=0.3) as stage:
            assert await stage.browser.sees_error() == "timeout"


async def test_a_half_close_of_the_browser_reaches_the_lab_after_all_its_bytes() -> None:
    loop = asyncio.get_running_loop()
    async with connected() as (stage, lab):
        stage.browser.give(b"last words")
        stage.browser.give('{"type": "shutdown"}')
        assert await loop.sock_recv(lab, 100) == b"last words"
        assert await loop.sock_recv(lab, 100) == b""
        await loop.sock_sendall(lab, b"answer")
        assert await stage.browser.sees() == b"answer"
        lab.close()
        assert await stage.browser.sees() == {"type": "eof"}
        await asyncio.wait_for(asyncio.shield(stage.life), WAIT_S)
    assert stage.client.last_problem is None


async def test_after_a_half_close_of_the_lab_the_browser_may_still_send() -> None:
    loop = asyncio.get_running_loop()
    async with connected() as (stage, lab):
        lab.shutdown(socket.SHUT_WR)
        assert await stage.browser.sees() == {"type": "eof"}
        for text in (b"still", b"here"):
            stage.browser.give(text)
            assert await loop.sock_recv(lab, 100) == text
        stage.browser.give('{"type": "shutdown"}')
        assert await loop.sock_recv(lab, 100) == b""
        await asyncio.wait_for(asyncio.shield(stage.life), WAIT_S)


async def test_after_a_full_close_of_the_lab_the_client_ends_by_itself() -> None:
    async with connected() as (stage, lab):
        lab.close()
        assert await stage.browser.sees() == {"type": "eof"}
        await asyncio.wait_for(asyncio.shield(stage.life), WAIT_S)


async def test_a_browser_that_does_not_read_holds_one_piece_and_no_more() -> None:
    loop = asyncio.get_running_loop()
    async with connected() as (stage, lab):
        stage.browser.stop_reading()
        sent = 0
        with contextlib.suppress(TimeoutError):
            while True:
                sent += await loop.run_in_executor(None, _send_some, lab)
        stage.browser.read_on()
        received = 0
        while received < sent:
            data = await stage.browser.sees()
            assert isinstance(data, bytes)
            assert len(data) <= 65_536
            received += len(data)
        assert received == sent


def _send_some(lab: socket.socket) -> int:
    """Send what the kernel takes; raise TimeoutError once it takes nothing for a while."""
    lab.settimeout(0.3)
    return lab.send(bytes(65_536))


async def test_more_than_the_window_ends_the_client_with_a_window_error() -> None:
    async with connected(window_bytes=1000) as (stage, _lab):
        stage.browser.give(bytes(1001))
        assert await stage.browser.sees_error() == "window"
        await asyncio.wait_for(asyncio.shield(stage.life), WAIT_S)
    assert stage.client.last_problem is not None
    assert stage.client.last_problem.code == "window"


async def test_after_a_window_error_no_more_credit_comes_though_the_lab_reads_on() -> None:
    window = 8 * MIB  # more than both buffers of the kernel: a part of it waits in ours
    async with connected(window_bytes=window, buffer_bytes=65_536) as (stage, lab):
        loop = asyncio.get_running_loop()
        stage.browser.give(bytes(window))
        stage.browser.give(b"too much")
        assert await stage.browser.sees_error() == "window"
        granted = stage.browser.credit
        got = 0
        while got < window:
            got += len(await asyncio.wait_for(loop.sock_recv(lab, MIB), WAIT_S))
        await asyncio.wait_for(stage.life, WAIT_S)
        assert stage.browser.rest() == []
        assert stage.browser.credit == granted


async def test_bytes_given_before_the_browser_goes_all_reach_the_lab() -> None:
    loop = asyncio.get_running_loop()
    async with connected() as (stage, lab):
        stage.browser.give(bytes(200_000))
        stage.browser.give(None)
        received = 0
        while data := await loop.sock_recv(lab, 65_536):
            received += len(data)
        assert received == 200_000


async def test_bytes_given_before_the_browser_goes_reach_a_lab_that_has_half_closed() -> None:
    loop = asyncio.get_running_loop()
    async with connected() as (stage, lab):
        lab.shutdown(socket.SHUT_WR)
        assert await stage.browser.sees() == {"type": "eof"}
        given = await stage.browser.give_all_it_may()
        stage.browser.give(None)
        for _ in range(10):  # turns of the loop: the client learns of it before the lab reads
            await asyncio.sleep(0)
        received = 0
        while data := await loop.sock_recv(lab, 65_536):
            received += len(data)
        assert received == given


async def test_an_empty_message_is_no_part_of_a_stream() -> None:
    """Were it kept, it would cost memory and no credit."""
    loop = asyncio.get_running_loop()
    async with connected() as (stage, lab):
        for data in (b"", b"x", b""):
            stage.browser.give(data)
        stage.browser.give('{"type": "shutdown"}')
        assert await loop.sock_recv(lab, 10) == b"x"
        assert await loop.sock_recv(lab, 10) == b""
    assert stage.kinds.count("client.sent") == 1


async def test_a_browser_that_goes_while_its_lab_does_not_read_frees_the_client() -> None:
    async with connected() as (stage, lab):
        lab.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        for _ in range(2):
            stage.browser.give(bytes(100_000))
        stage.browser.give(None)
        await asyncio.wait_for(asyncio.shield(stage.life), WAIT_S)
    assert stage.kinds[-1] == "client.closed"


async def test_a_reset_is_told_and_ends_the_client() -> None:
    async with connected() as (stage, lab):
        lab.setsockopt(*RESET_WHEN_CLOSED)
        lab.close()
        assert await stage.browser.sees_error() == "reset"
        await asyncio.wait_for(asyncio.shield(stage.life), WAIT_S)


async def test_a_reset_that_writing_meets_before_reading_is_told_as_a_reset_too() -> None:
    """The kernel tells an error once: after send(2) has met it, recv(2) says end of stream."""
    async with connected() as (stage, lab):

        def reset(event: Event) -> None:
            if isinstance(event, ClientSent):
                lab.setsockopt(*RESET_WHEN_CLOSED)
                lab.close()

        stage.on_event = reset
        stage.browser.give(b"taken")
        stage.browser.give(b"refused")
        assert await stage.browser.sees_error() == "reset"
        await asyncio.wait_for(asyncio.shield(stage.life), WAIT_S)
    assert stage.kinds == ["client.opened", "client.sent", "client.failed", "client.closed"]
