"""A client of the bridge with a browser that is a queue, and a lab that is a socket of the test."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Any

import msgspec

from backend.domain.addresses import Address
from backend.domain.events import Event, Problem, Transport
from backend.runtime.bridge import CLIENTS
from backend.runtime.bridge.browser import Ear
from backend.runtime.bridge.client import Client
from backend.settings import Settings
from tests.labs.programs import WAIT_S

RESET_WHEN_CLOSED = (socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # socket(7)


class QueueBrowser:
    """The browser's end, without a WebSocket."""

    def __init__(self) -> None:
        self.credit = 0
        self.cut: Problem | None = None
        self.is_ready = True
        self._ear: Ear | None = None
        self._is_held = False
        self._given: deque[bytes | str | None] = deque()
        self._seen: asyncio.Queue[bytes | dict[str, Any]] = asyncio.Queue()

    # What the bridge calls

    def attach(self, ear: Ear) -> None:
        self._ear = ear
        self._pass_on()

    def detach(self) -> None:
        self._ear = None

    def hold(self) -> None:
        self._is_held = True

    def go_on(self) -> None:
        self._is_held = False
        self._pass_on()

    def send(self, data: bytes, credit: int) -> bool:
        if credit:
            self.send_control({"type": "credit", "bytes": credit})
        self._seen.put_nowait(data)
        return self.is_ready

    def send_control(self, message: dict[str, Any]) -> None:
        self._seen.put_nowait(message)

    # What the test calls

    def give(self, *messages: bytes | str | None) -> None:
        """Say something; None: go."""
        self._given += messages
        self._pass_on()

    def stop_reading(self) -> None:
        """Take nothing any more: what is sent from now on is over what may be."""
        self.is_ready = False

    def read_on(self) -> None:
        self.is_ready = True
        if self._ear is not None:
            self._ear.browser_is_ready()

    def _pass_on(self) -> None:
        while self._given and self._ear is not None and not self._is_held:
            message = self._given.popleft()
            if message is None:
                self._ear.browser_has_gone()
            elif isinstance(message, bytes) and not self._given:
                self._ear.take_last(message)
            else:
                self._ear.take(message)
        if self._ear is not None and not self._is_held:
            self._ear.flush()

    async def sees(self) -> bytes | dict[str, Any]:
        """Return the next message that is no credit."""
        while True:
            message = await asyncio.wait_for(self._seen.get(), WAIT_S)
            if isinstance(message, bytes) or message["type"] != "credit":
                return message
            self.credit += message["bytes"]

    def rest(self) -> list[bytes | dict[str, Any]]:
        """Return all messages that nobody has seen yet, credit among them."""
        return [self._seen.get_nowait() for _ in range(self._seen.qsize())]

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


@contextlib.asynccontextmanager
async def connected(
    *, buffer_bytes: int | None = None, **settings: Any
) -> AsyncIterator[tuple[Stage, socket.socket]]:
    """Serve a TCP client; give its lab's end, too.

    Without `buffer_bytes` the kernel decides how much it holds of what the lab does not read
    (tcp(7), tcp_rmem), which may be tens of MiB.
    """
    with socket.create_server(("127.0.0.1", 0)) as listener:
        if buffer_bytes is not None:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer_bytes)
        listener.setblocking(False)
        async with served("tcp", listener.getsockname(), **settings) as stage:
            lab, _ = await asyncio.get_running_loop().sock_accept(listener)
            lab.setblocking(False)
            with lab:
                await opened(stage)
                yield stage, lab
