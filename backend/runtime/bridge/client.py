"""One socket for one browser: its life, and what the browser is told of it.

What was told as opened is told as closed, in any case. Nothing waits for ever for a browser that
does not read: `client_idle_s` is the bound. What carries the bytes is the part of each transport:
udp.py and tcp.py.
"""

from __future__ import annotations

import asyncio
import socket
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from backend.domain.addresses import Address, as_text, is_ipv6
from backend.domain.events import Event, Problem, Transport
from backend.domain.pace import Pace
from backend.domain.room_info import ClientInfo
from backend.runtime.bridge.browser import Browser
from backend.runtime.bridge.credit import Credit
from backend.runtime.bridge.problems import error_message, problem_of
from backend.runtime.bridge.teller import ClientTeller
from backend.settings import Settings

READ_BYTES = 65536  # also more than the largest datagram


async def wait_for_first(*futures: asyncio.Future[Any], within_s: float | None = None) -> None:
    """Return once one of them is done, or the time is over."""
    await asyncio.wait(futures, timeout=within_s, return_when=asyncio.FIRST_COMPLETED)


@dataclass(frozen=True)
class Owner:
    """Whose client it is, as a person of the room; `may_send`: whether they may send now."""

    id: str
    name: str
    may_send: Callable[[], bool]


class Client(ABC):
    """One socket for one browser. `serve` is its whole life.

    Bytes pass within callbacks, without a task in between: from the browser's message to send(2),
    from the readable socket to the browser.
    """

    transport: Transport
    controls: str  # the control messages that it takes, in words

    # From when `serve` begins.
    _sock: socket.socket
    _browser: Browser
    _loop: asyncio.AbstractEventLoop
    _credit: Credit
    _defect: asyncio.Future[Exception]  # of ours, met in a callback

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

    @property
    def local(self) -> str | None:
        """Its own address, once it has one."""
        return None if self._local is None else as_text(self._local)

    def info(self) -> ClientInfo:
        """Return the client as it is now."""
        return ClientInfo(
            id=self.id,
            run=self.run_id,
            transport=self.transport,
            local=self.local,
            peer=as_text(self._peer),
            number=self.number,
            owner=self.owner_id,
        )

    async def serve(self, browser: Browser) -> None:
        """Open the socket, carry bytes both ways, close it. Errors go to the browser."""
        family = socket.AF_INET6 if is_ipv6(self._peer[0]) else socket.AF_INET
        self._browser = browser
        self._loop = asyncio.get_running_loop()
        self._defect = self._loop.create_future()
        self._credit = Credit(
            later=self._later,
            tell=self._tell_credit,
            much_bytes=self._settings.window_bytes // 8,
        )
        try:
            with self._make_socket(family) as self._sock:
                self._sock.setblocking(False)
                await self._connect()
                await self._live()
        except OSError as error:
            self._fail(problem_of(error, self.transport))

    async def _connect(self) -> None:
        async with asyncio.timeout(self._settings.connect_timeout_s):
            await self._loop.sock_connect(self._sock, self._peer)

    async def _live(self) -> None:
        """Carry bytes, and tell the timeline of the beginning and, whatever happens, of the end."""
        self._local = self._sock.getsockname()[:2]
        self._teller.tell_opened(self.info(), name=self._owner.name if self._owner else None)
        try:
            self._greet()
            await self._carry_until_idle()
            if self._browser.cut is not None:
                self.last_problem = self._browser.cut
                self._teller.tell_failed(self._browser.cut)
        except OSError as error:
            self._fail(problem_of(error, self.transport))
        finally:
            self._teller.tell_closed()

    def _greet(self) -> None:
        ends = self.info()
        self._browser.send_control(
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
        self._tell_credit(self._settings.window_bytes)

    async def _carry_until_idle(self) -> None:
        """Carry until an end is gone or nothing has passed for too long. Raises our defects."""
        limit_s = self._settings.client_idle_s
        carrying = asyncio.create_task(self._carry_with_callbacks())
        try:
            while (left_s := self._teller.active_at + limit_s - time.monotonic()) > 0:
                await wait_for_first(carrying, self._defect, within_s=left_s)
                if self._defect.done():
                    raise self._defect.result()
                if carrying.done():
                    return await carrying
        finally:
            carrying.cancel()
            await asyncio.wait({carrying})
        message = f"Socket Lab closed this client, for no byte passed for {limit_s:g} s."
        return self._fail(Problem(code="idle", message=message))

    async def _carry_with_callbacks(self) -> None:
        try:
            await self._carry()
        finally:
            self._browser.detach()
            self._credit.take()
            self._loop.remove_reader(self._sock)
            self._loop.remove_writer(self._sock)

    @abstractmethod
    def _make_socket(self, family: socket.AddressFamily) -> socket.socket: ...

    @abstractmethod
    async def _carry(self) -> None:
        """Carry bytes both ways; return when an end is gone. Raises OSError.

        The callbacks that it has set are taken back afterwards.
        """

    # What the browser says: see Ear

    def take(self, message: bytes | str) -> None:
        """Take a message of the browser."""
        self._guard(self._take, message)

    def flush(self) -> None:
        """Pass on what was taken."""
        self._guard(self._flush)

    def take_last(self, message: bytes) -> None:
        """Take bytes of the browser, and pass them on."""
        self._guard(self._take_last, message)

    def browser_is_ready(self) -> None:
        """Go on with what the browser could not take."""
        self._guard(self._go_on)

    @abstractmethod
    def browser_has_gone(self) -> None:
        """End, when what was taken is passed on."""

    @abstractmethod
    def _take(self, message: bytes | str) -> None: ...

    @abstractmethod
    def _flush(self) -> None: ...

    def _take_last(self, message: bytes) -> None:
        self._take(message)
        self._flush()

    @abstractmethod
    def _go_on(self) -> None: ...

    def _later(self, delay_s: float, step: Callable[..., None]) -> asyncio.TimerHandle:
        return self._loop.call_later(delay_s, self._guard, step)

    def _guard(self, step: Callable[..., None], *args: bytes | str | int) -> None:
        """Take a step of a callback; a defect of ours in it ends the client."""
        try:
            step(*args)
        except Exception as defect:
            if not self._defect.done():
                self._defect.set_result(defect)

    # What the lab says

    @abstractmethod
    def _read_from_lab(self) -> None:
        """Read once from the socket, which may be readable, and pass it on."""

    def _listen(self) -> None:
        """Read from now on whenever the lab has said something.

        After each error this is to be asked for anew: of a socket that had one (EPOLLERR) libuv's
        uv_poll, on which uvloop stands, says nothing more.
        """
        self._loop.remove_reader(self._sock)
        self._loop.add_reader(self._sock, self._guard, self._read_from_lab)

    # What the browser is told

    def _tell_credit(self, size_bytes: int) -> None:
        self._browser.send_control({"type": "credit", "bytes": size_bytes})

    def _pass_on(self, data: bytes) -> bool:
        """Send bytes of the lab, then tell of them; return whether the browser takes more."""
        takes_more = self._browser.send(data, self._credit.take_along())
        self._teller.tell_received(data)
        return takes_more

    def _is_silenced(self) -> bool:
        """Whether its owner may not send now; they are told then, and nothing is passed on."""
        if self._owner is None or self._owner.may_send():
            return False
        message = "You may not send at present: the host decides. Nothing was sent."
        self._report(Problem(code="forbidden", message=message))
        return True

    def _refuse_control(self, text: str) -> None:
        message = (
            f"Expected a control message ({self.controls}), got {text[:80]!r}. Bytes are binary."
        )
        self._report(Problem(code="bad_message", message=message))

    def _report(self, problem: Problem) -> None:
        """Tell the browser and the timeline of a problem after which the client lives on."""
        self.last_problem = problem
        self._teller.tell_survived(problem)
        self._browser.send_control(error_message(problem))

    def _fail(self, problem: Problem) -> None:
        """Tell the browser and the timeline of the problem that ends the client."""
        self.last_problem = problem
        self._teller.tell_failed(problem)
        self._browser.send_control(error_message(problem))
