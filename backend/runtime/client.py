"""One socket for one browser: its life, its errors, and what the timeline is told of it.

What carries the bytes is the part of each transport: udp_client.py and tcp_client.py.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, Protocol

import msgspec

from backend.domain.errors import BadInput
from backend.domain.events import (
    ClientClosed,
    ClientFailed,
    ClientOpened,
    ClientReceived,
    ClientSent,
    Dropped,
    Event,
    payload,
)
from backend.domain.rate import Bucket
from backend.settings import Settings

READ_BYTES = 65536  # also more than the largest datagram

Address = tuple[str, int]

_CODES = {
    errno.ECONNREFUSED: "refused",
    errno.ECONNRESET: "reset",
    errno.EPIPE: "reset",
    errno.ECONNABORTED: "reset",
    errno.EHOSTUNREACH: "unreachable",
    errno.ENETUNREACH: "unreachable",
    errno.EADDRNOTAVAIL: "unreachable",
    errno.EMSGSIZE: "too_big",
    errno.ETIMEDOUT: "timeout",
}

_WORDS = {
    ("refused", "udp"): "Nobody receives on that port: the kernel answered the datagram with "
    "ICMP port unreachable.",
    ("refused", "tcp"): "Nobody listens on that port: the kernel answered SYN with RST.",
    ("reset", "tcp"): "The other side ended the connection at once (RST), perhaps with unread "
    "bytes.",
    ("too_big", "udp"): "One UDP datagram over IPv4 carries at most 65,507 bytes.",
    ("timeout", "tcp"): "No answer came in time.",
}


class ClientError(BadInput):
    """Something that a client was told by the kernel, or by the bridge."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Browser(Protocol):
    """The other end of a client: one WebSocket."""

    async def receive(self) -> bytes | str | None:
        """Return the next message; None once it is closed."""

    async def send(self, data: bytes) -> None:
        """Send bytes; return when there is room for more."""

    async def send_control(self, message: dict[str, Any]) -> None:
        """Send a control message."""


class Control(msgspec.Struct, frozen=True):
    """A control message of the browser."""

    type: str


def shown(address: Address) -> str:
    """Return an address as people write it."""
    host, port = address
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


class Client(ABC):
    """One socket for one browser. `serve` is its whole life."""

    transport: str

    def __init__(
        self,
        client_id: str,
        run_id: str,
        peer: Address,
        *,
        settings: Settings,
        publish: Callable[[Event], object],
        is_ours: Callable[[str, int], bool],
    ) -> None:
        self.id = client_id
        self.run_id = run_id
        self._peer = peer
        self._settings = settings
        self._publish = publish
        self._is_ours = is_ours
        self._local: Address | None = None
        self._active_at = time.monotonic()
        self._bucket = Bucket(
            rate=settings.client_events_rate,
            burst=settings.client_events_rate,
            now=self._active_at,
        )
        self._untold = 0
        self._untold_bytes = 0
        self.last_error: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the client as the API shows it."""
        return {
            "id": self.id,
            "run": self.run_id,
            "transport": self.transport,
            "local": None if self._local is None else shown(self._local),
            "peer": shown(self._peer),
        }

    async def serve(self, browser: Browser) -> None:
        """Open the socket, carry bytes both ways, close it. Errors go to the browser."""
        family = socket.AF_INET6 if ":" in self._peer[0] else socket.AF_INET
        try:
            with self._make_socket(family) as sock:
                sock.setblocking(False)
                await self._connect(sock)
                self._local = sock.getsockname()[:2]
                await self._open(browser)
                try:
                    await self._carry_until_idle(sock, browser)
                except OSError as error:
                    await self._report(browser, error)
                finally:
                    self._report_untold()
                    self._publish(ClientClosed(t=time.monotonic(), client=self.id, run=self.run_id))
        except OSError as error:
            await self._report(browser, error)

    @abstractmethod
    def _make_socket(self, family: socket.AddressFamily) -> socket.socket: ...

    @abstractmethod
    async def _carry(self, sock: socket.socket, browser: Browser) -> None: ...

    async def _connect(self, sock: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(self._settings.connect_timeout_s):
            await loop.sock_connect(sock, self._peer)

    async def _open(self, browser: Browser) -> None:
        assert self._local is not None
        local, peer = shown(self._local), shown(self._peer)
        self._publish(
            ClientOpened(
                t=time.monotonic(),
                client=self.id,
                run=self.run_id,
                transport=self.transport,
                local=local,
                peer=peer,
            )
        )
        await browser.send_control(
            {
                "type": "opened",
                "client": self.id,
                "local": local,
                "peer": peer,
                "transport": self.transport,
            }
        )
        await browser.send_control({"type": "credit", "bytes": self._settings.window_bytes})

    async def _carry_until_idle(self, sock: socket.socket, browser: Browser) -> None:
        carry = asyncio.create_task(self._carry(sock, browser))
        try:
            while not carry.done():
                idle_s = time.monotonic() - self._active_at
                left_s = self._settings.client_idle_s - idle_s
                if left_s <= 0:
                    limit = self._settings.client_idle_s
                    await self._report(
                        browser, ClientError("timeout", f"No byte passed for {limit:.0f} s.")
                    )
                    return
                await asyncio.wait({carry}, timeout=left_s)
            await carry
        finally:
            carry.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await carry

    async def _report(self, browser: Browser, error: OSError | ClientError) -> None:
        """Tell the browser and the timeline what went wrong."""
        if isinstance(error, ClientError):
            code, message = error.code, error.message
        elif isinstance(error, TimeoutError):
            code, message = "timeout", _WORDS["timeout", "tcp"]
        else:
            code = _CODES.get(error.errno or 0, "failed")
            message = _WORDS.get((code, self.transport), str(error))
        self.last_error = code
        self._publish(
            ClientFailed(
                t=time.monotonic(),
                client=self.id,
                run=self.run_id,
                code=code,
                message=message,
            )
        )
        await browser.send_control({"type": "error", "code": code, "message": message})

    async def _control(self, browser: Browser, text: str) -> str | None:
        """Return the type of a control message; tell the browser when it is none."""
        try:
            return msgspec.json.decode(text, type=Control).type
        except msgspec.DecodeError:
            await self._refuse_control(browser, text)
            return None

    async def _refuse_control(self, browser: Browser, text: str) -> None:
        expected = '{"type": "shutdown"}' if self.transport == "tcp" else "none for UDP"
        message = f"Expected a control message ({expected}), got {text[:80]!r}. Bytes are binary."
        await self._report(browser, ClientError("bad_message", message))

    def _tell(self, kind: type[ClientSent] | type[ClientReceived], data: bytes) -> None:
        """Publish a transfer; when there are more than anybody could read, count it."""
        now = self._active_at = time.monotonic()
        if not self._bucket.take(1, now):
            self._untold += 1
            self._untold_bytes += len(data)
            return
        self._report_untold()
        self._publish(
            kind(t=now, client=self.id, run=self.run_id, bytes=len(data), data=payload(data))
        )

    def _report_untold(self) -> None:
        if self._untold:
            self._publish(
                Dropped(
                    t=time.monotonic(),
                    client=self.id,
                    run=self.run_id,
                    what="messages",
                    count=self._untold,
                    bytes=self._untold_bytes,
                )
            )
            self._untold = self._untold_bytes = 0
