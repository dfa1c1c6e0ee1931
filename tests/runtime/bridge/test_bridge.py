"""The bridge in this process, with a browser made of queues: what the kernel says reaches it.

What a real WebSocket adds, and every figure, is in tests/web/test_clients.py.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from typing import Any

import msgspec
import pytest

from backend.domain.addresses import Address
from backend.domain.events import ClientFailed, ClientSent, Dropped, Event, Transport
from backend.runtime.bridge import CLIENTS, client
from backend.runtime.bridge.client import Client
from backend.settings import Settings
from tests.labs.programs import WAIT_S
from tests.ports import unused_port

RESET_WHEN_CLOSED = (socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # socket(7)


class QueueBrowser:
    """The browser's end, without a WebSocket. `gate` is closed while it does not read."""

    def __init__(self) -> None:
        self.credit = 0
        self._to_client: asyncio.Queue[bytes | str | None] = asyncio.Queue()
        self._seen: asyncio.Queue[bytes | dict[str, Any]] = asyncio.Queue()
        self.gate = asyncio.Event()
        self.gate.set()

    # What the bridge calls

    async def receive(self) -> bytes | str | None:
        return await self._to_client.get()

    async def send(self, data: bytes) -> None:
        await self.gate.wait()
        self._seen.put_nowait(data)

    async def send_control(self, message: dict[str, Any]) -> None:
        await self.gate.wait()
        self._seen.put_nowait(message)

    # What the test calls

    def give(self, message: bytes | str | None) -> None:
        self._to_client.put_nowait(message)

    async def sees(self) -> bytes | dict[str, Any]:
        """Return the next message that is no credit."""
        while True:
            message = await asyncio.wait_for(self._seen.get(), WAIT_S)
            if isinstance(message, bytes) or message["type"] != "credit":
                return message
            self.credit += message["bytes"]

    async def give_all_it_may(self) -> int:
        """Give until no more credit comes; return how many bytes that took."""
        given = 0
        with contextlib.suppress(TimeoutError):
            while True:
                self.give(bytes(self.credit))
                given, self.credit = given + self.credit, 0
                message = await asyncio.wait_for(self._seen.get(), 0.5)
                assert isinstance(message, dict), message
                self.credit += message["bytes"]
        return given

    async def sees_error(self) -> str:
        message = await self.sees()
        assert isinstance(message, dict), message
        assert message["type"] == "error", message
        assert message["message"]
        code: str = message["code"]
        return code


class Stage:
    """One client that is served, its browser, the events that it told."""

    def __init__(
        self,
        transport: Transport,
        peer: Address,
        *,
        is_ours: Callable[[str, int], bool],
        **settings: Any,
    ) -> None:
        self.events: list[Event] = []
        self.on_event: Callable[[Event], object] = lambda event: None
        self.browser = QueueBrowser()
        self.client: Client = CLIENTS[transport](
            "c1",
            "r1",
            peer,
            settings=Settings(**settings),
            publish=self._note,
            is_ours=is_ours,
        )
        self.life = asyncio.create_task(self.client.serve(self.browser))

    def _note(self, event: Event) -> None:
        self.events.append(event)
        self.on_event(event)

    @property
    def kinds(self) -> list[str]:
        return [msgspec.to_builtins(event)["type"] for event in self.events]


@contextlib.asynccontextmanager
async def served(
    transport: Transport,
    peer: Address,
    is_ours: Callable[[str, int], bool] = lambda _host, _port: True,
    **settings: Any,
) -> AsyncIterator[Stage]:
    stage = Stage(transport, peer, is_ours=is_ours, **settings)
    try:
        yield stage
    finally:
        stage.browser.give(None)
        await asyncio.wait_for(stage.life, WAIT_S)


@contextlib.contextmanager
def udp_socket(port: int = 0) -> Any:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", port))
        sock.setblocking(False)
        yield sock


async def opened(stage: Stage) -> dict[str, Any]:
    message = await stage.browser.sees()
    assert isinstance(message, dict)
    assert message["type"] == "opened"
    return message


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
            assert await stage.browser.sees_error() == "refused"
            with pytest.raises(BlockingIOError):
                stranger.recv(100)


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


@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_a_client_through_which_nothing_passes_ends_in_time(transport: Transport) -> None:
    kind = socket.SOCK_DGRAM if transport == "udp" else socket.SOCK_STREAM
    with socket.socket(socket.AF_INET, kind) as lab:
        lab.bind(("127.0.0.1", 0))
        if transport == "tcp":
            lab.listen()
        async with served(transport, lab.getsockname(), client_idle_s=0.2) as stage:
            await opened(stage)
            assert await stage.browser.sees_error() == "timeout"
            await asyncio.wait_for(asyncio.shield(stage.life), WAIT_S)
    assert stage.kinds == ["client.opened", "client.failed", "client.closed"]


async def test_an_idle_client_ends_although_its_browser_does_not_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(client, "LAST_WORDS_S", 0.1)
    with udp_socket() as lab:
        async with served("udp", lab.getsockname(), client_idle_s=0.2) as stage:
            await opened(stage)
            stage.browser.gate.clear()
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


@contextlib.asynccontextmanager
async def connected(**settings: Any) -> AsyncIterator[tuple[Stage, socket.socket]]:
    """Serve a TCP client; give its lab's end, too."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        async with served("tcp", listener.getsockname(), **settings) as stage:
            lab, _ = await asyncio.get_running_loop().sock_accept(listener)
            lab.setblocking(False)
            with lab:
                await opened(stage)
                yield stage, lab


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
        stage.browser.gate.clear()
        sent = 0
        with contextlib.suppress(TimeoutError):
            while True:
                sent += await loop.run_in_executor(None, _send_some, lab)
        stage.browser.gate.set()
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
            stage.browser.gate.clear()
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
