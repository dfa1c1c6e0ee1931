"""One socket for one browser: its life, and what the browser is told of it.

What was told as opened is told as closed, in any case. Nothing waits for ever for a browser that
does not read: while bytes are carried `client_idle_s` is the bound, after that LAST_WORDS_S. What
carries the bytes is the part of each transport: udp.py and tcp.py.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Protocol

from backend.domain.addresses import Address, as_text, is_ipv6
from backend.domain.events import Event, Problem, Transport
from backend.domain.pace import Pace
from backend.domain.room_info import ClientInfo
from backend.runtime.bridge.problems import problem_of
from backend.runtime.bridge.teller import ClientTeller
from backend.settings import Settings

READ_BYTES = 65536  # also more than the largest datagram
LAST_WORDS_S = 2.0  # for a browser to take the error that ended its client


class Browser(Protocol):
    """The other end of a client: one WebSocket. `cut`: why we ended it, if it was we who did."""

    cut: Problem | None

    async def receive(self) -> bytes | str | None:
        """Return the next message; None once it is closed."""

    async def send(self, data: bytes) -> None:
        """Send bytes; return when more may be sent."""

    async def send_control(self, message: dict[str, Any]) -> None:
        """Send a control message; return when more may be sent."""


@contextlib.asynccontextmanager
async def run_parts(
    *parts: Coroutine[Any, Any, None],
) -> AsyncIterator[tuple[asyncio.Task[None], ...]]:
    """Run the parts of a client as tasks. When the block ends, those that still run are cancelled.

    A defect of a part is raised then. Its OSError is not: whoever needs to know awaits the task.
    """
    tasks = tuple(asyncio.create_task(part) for part in parts)
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    for failure in results:
        if isinstance(failure, Exception) and not isinstance(failure, OSError):
            raise failure


@dataclass(frozen=True)
class Owner:
    """Whose client it is, as a person of the room; `may_send`: whether they may send now."""

    id: str
    name: str
    may_send: Callable[[], bool]


class Client(ABC):
    """One socket for one browser. `serve` is its whole life."""

    transport: Transport
    controls: str  # the control messages that it takes, in words

    def __init__(
        self,
        client_id: str,
        run_id: str,
        peer: Address,
        *,
        settings: Settings,
        publish: Callable[[Event], object],
        is_ours: Callable[[str, int], bool],
        number: int | None = None,
        owner: Owner | None = None,
    ) -> None:
        self.id = client_id
        self.run_id = run_id
        self.number = number
        self.last_problem: Problem | None = None
        self._peer = peer
        self._local: Address | None = None
        self._settings = settings
        self._is_ours = is_ours
        self._pace: Pace | None = None
        if settings.is_bounded:
            self._pace = Pace(
                messages=settings.client_messages_rate,
                size_bytes=settings.client_bytes_rate,
                now=time.monotonic(),
            )
        self._owner = owner
        self._teller = ClientTeller(client_id, run_id, settings=settings, publish=publish)

    @property
    def owner_id(self) -> str | None:
        """The id of the person whose it is, where people have names."""
        return self._owner.id if self._owner else None

    def info(self) -> ClientInfo:
        """Return the client as it is now."""
        local = None if self._local is None else as_text(self._local)
        return ClientInfo(
            id=self.id,
            run=self.run_id,
            transport=self.transport,
            local=local,
            peer=as_text(self._peer),
            number=self.number,
            owner=self.owner_id,
        )

    async def serve(self, browser: Browser) -> None:
        """Open the socket, carry bytes both ways, close it. Errors go to the browser."""
        family = socket.AF_INET6 if is_ipv6(self._peer[0]) else socket.AF_INET
        try:
            with self._make_socket(family) as sock:
                sock.setblocking(False)
                await self._connect(sock)
                await self._live(sock, browser)
        except OSError as error:
            await self._fail(browser, problem_of(error, self.transport))

    async def _connect(self, sock: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(self._settings.connect_timeout_s):
            await loop.sock_connect(sock, self._peer)

    async def _live(self, sock: socket.socket, browser: Browser) -> None:
        """Carry bytes, and tell the timeline of the beginning and, whatever happens, of the end."""
        self._local = sock.getsockname()[:2]
        self._teller.tell_opened(self.info(), name=self._owner.name if self._owner else None)
        try:
            await self._carry_until_idle(sock, browser)
            if browser.cut is not None:
                self.last_problem = browser.cut
                self._teller.tell_failed(browser.cut)
        except OSError as error:
            await self._fail(browser, problem_of(error, self.transport))
        finally:
            self._teller.tell_closed()

    async def _carry_until_idle(self, sock: socket.socket, browser: Browser) -> None:
        limit_s = self._settings.client_idle_s
        async with run_parts(self._greet_and_carry(sock, browser)) as (carrying,):
            while (left_s := self._teller.active_at + limit_s - time.monotonic()) > 0:
                await asyncio.wait({carrying}, timeout=left_s)
                if carrying.done():
                    return await carrying
        message = f"Socket Lab closed this client, for no byte passed for {limit_s:g} s."
        return await self._fail(browser, Problem(code="idle", message=message))

    async def _greet_and_carry(self, sock: socket.socket, browser: Browser) -> None:
        ends = self.info()
        await browser.send_control(
            {
                "type": "opened",
                "client": ends.id,
                "transport": ends.transport,
                "local": ends.local,
                "peer": ends.peer,
                "number": ends.number,
                "owner": ends.owner,
                "message_limit": self._settings.message_limit_bytes,
            }
        )
        await browser.send_control({"type": "credit", "bytes": self._settings.window_bytes})
        await self._carry(sock, browser)

    @abstractmethod
    def _make_socket(self, family: socket.AddressFamily) -> socket.socket: ...

    @abstractmethod
    async def _carry(self, sock: socket.socket, browser: Browser) -> None:
        """Carry bytes both ways; return when an end is gone. Raises OSError."""

    async def _is_silenced(self, browser: Browser) -> bool:
        """Whether its owner may not send now; they are told then, and nothing is passed on."""
        if self._owner is None or self._owner.may_send():
            return False
        message = "You may not send at present: the host decides. Nothing was sent."
        await self._report(browser, Problem(code="forbidden", message=message))
        return True

    async def _refuse_control(self, browser: Browser, text: str) -> None:
        message = (
            f"Expected a control message ({self.controls}), got {text[:80]!r}. Bytes are binary."
        )
        await self._report(browser, Problem(code="bad_message", message=message))

    async def _report(self, browser: Browser, problem: Problem) -> None:
        """Tell the browser and the timeline of a problem after which the client lives on."""
        self.last_problem = problem
        self._teller.tell_survived(problem)
        await browser.send_control(_control(problem))

    async def _fail(self, browser: Browser, problem: Problem) -> None:
        """Tell the browser and the timeline of the problem that ends the client."""
        self.last_problem = problem
        self._teller.tell_failed(problem)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LAST_WORDS_S):
                await browser.send_control(_control(problem))


def _control(problem: Problem) -> dict[str, Any]:
    return {"type": "error", "code": problem.code, "message": problem.message}
