"""The bridge: a browser's socket, held here, on the very same ports as the classic clients.

A client names a run, never an address. What the browser sends goes to the lab byte for byte; what
the lab sends goes to the browser byte for byte. Both directions are bounded: the browser by
credit, the lab by the kernel (we do not read for a browser that does not).
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

import msgspec

from backend.domain.errors import BadInput
from backend.domain.events import (
    ClientClosed,
    ClientEof,
    ClientFailed,
    ClientOpened,
    ClientReceived,
    ClientSent,
    ClientShutdown,
    Dropped,
    Event,
    payload,
)
from backend.domain.rate import Bucket
from backend.domain.window import CreditWindow
from backend.runtime import kernel
from backend.settings import Settings

READ_BYTES = 65536  # also more than the largest datagram
LINGER_S = 2.0
LOOK_AGAIN_S = 0.05
LOOK_AGAIN_AT_MOST_S = 1.0

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


def _show(address: Address) -> str:
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
            "local": None if self._local is None else _show(self._local),
            "peer": _show(self._peer),
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
        local, peer = _show(self._local), _show(self._peer)
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


class UdpClient(Client):
    """Datagrams: one binary message is one datagram, in both directions.

    The socket is connected (connect(2) for SOCK_DGRAM): the kernel lets in only datagrams of the
    lab, and reports an ICMP port unreachable as ECONNREFUSED. It stays open after any error.
    """

    transport = "udp"

    def _make_socket(self, family: socket.AddressFamily) -> socket.socket:
        return socket.socket(family, socket.SOCK_DGRAM)

    async def _carry(self, sock: socket.socket, browser: Browser) -> None:
        receive = asyncio.create_task(self._receive(sock, browser))
        try:
            while (message := await browser.receive()) is not None:
                if isinstance(message, str):
                    await self._refuse_control(browser, message)
                    continue
                await self._send(sock, browser, message)
                if message:
                    await browser.send_control({"type": "credit", "bytes": len(message)})
        finally:
            receive.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await receive

    async def _send(self, sock: socket.socket, browser: Browser, data: bytes) -> None:
        if not self._is_ours(*self._peer) and kernel.udp_port_is_bound(self._peer):
            message = f"The lab has ended, and {_show(self._peer)} belongs to another program now."
            await self._report(browser, ClientError("refused", message))
            return
        loop = asyncio.get_running_loop()
        for attempt in (1, 2):
            try:
                await loop.sock_sendall(sock, data) if data else sock.send(data)
            except ConnectionRefusedError as error:
                # send(2) reports what an earlier datagram met, and sends nothing itself.
                await self._report(browser, error)
                if attempt == 1:
                    continue
            except OSError as error:
                await self._report(browser, error)
            else:
                self._tell(ClientSent, data)
            return

    async def _receive(self, sock: socket.socket, browser: Browser) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                data = await loop.sock_recv(sock, READ_BYTES)
            except OSError as error:
                await self._report(browser, error)
            else:
                self._tell(ClientReceived, data)
                await browser.send(data)


class TcpClient(Client):
    """A stream, with both its directions closed one by one.

    What the browser sends waits in a queue of at most a window's size until the kernel takes it;
    only then is credit granted again.
    """

    transport = "tcp"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._window = CreditWindow(self._settings.window_bytes)
        self._outgoing: deque[bytes] = deque()
        self._news = asyncio.Event()
        self._shut = False  # the browser closed its direction
        self._writing_ended = asyncio.Event()

    def _make_socket(self, family: socket.AddressFamily) -> socket.socket:
        sock = socket.socket(family, socket.SOCK_STREAM)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock

    async def _carry(self, sock: socket.socket, browser: Browser) -> None:
        """Run the three directions until both ends are done, or one is gone."""
        accept = asyncio.create_task(self._accept_from(browser))
        write = asyncio.create_task(self._write_to_lab(sock, browser))
        read = asyncio.create_task(self._read_from_lab(sock, browser))
        tasks = (accept, write, read)
        try:
            await asyncio.wait({accept, read}, return_when=asyncio.FIRST_COMPLETED)
            if read.done():
                await read
                await self._wait_for_both_ends(accept, write)
            else:
                await accept
                self._end_writing()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(asyncio.shield(write), LINGER_S)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _accept_from(self, browser: Browser) -> None:
        """Take what the browser sends, never waiting for the lab: so pings go on."""
        while (message := await browser.receive()) is not None:
            if isinstance(message, str):
                control = await self._control(browser, message)
                if control == "shutdown":
                    self._end_writing()
                elif control is not None:
                    await self._refuse_control(browser, message)
            elif self._shut:
                await self._report(
                    browser,
                    ClientError("bad_message", "You closed your direction with shutdown already."),
                )
            else:
                try:
                    self._window.take(len(message))
                except BadInput as error:
                    await self._report(browser, ClientError(error.code, error.message))
                    return
                self._outgoing.append(message)
                self._news.set()

    def _end_writing(self) -> None:
        self._shut = True
        self._news.set()

    async def _write_to_lab(self, sock: socket.socket, browser: Browser) -> None:
        """Pass the queue on; half-close when the browser did. Ends when nothing can be written."""
        loop = asyncio.get_running_loop()
        try:
            while True:
                while self._outgoing:
                    data = self._outgoing[0]
                    await loop.sock_sendall(sock, data)
                    self._outgoing.popleft()
                    self._tell(ClientSent, data)
                    if grant := self._window.release(len(data)):
                        await browser.send_control({"type": "credit", "bytes": grant})
                if self._shut:
                    sock.shutdown(socket.SHUT_WR)
                    self._publish(
                        ClientShutdown(t=time.monotonic(), client=self.id, run=self.run_id)
                    )
                    return
                self._news.clear()
                await self._news.wait()
        except OSError:
            # The lab is gone. What it sent before is still to be read; reading tells why it went.
            return
        finally:
            self._writing_ended.set()

    async def _read_from_lab(self, sock: socket.socket, browser: Browser) -> None:
        """Pass on what the lab sends, up to its FIN. Raises OSError, ConnectionResetError."""
        loop = asyncio.get_running_loop()
        while data := await loop.sock_recv(sock, READ_BYTES):
            self._tell(ClientReceived, data)
            await browser.send(data)
        self._publish(ClientEof(t=time.monotonic(), client=self.id, run=self.run_id))
        await browser.send_control({"type": "eof"})

    async def _wait_for_both_ends(
        self, accept: asyncio.Task[None], write: asyncio.Task[None]
    ) -> None:
        """After the lab's FIN: wait until our direction has ended, too, or has no reader."""
        assert self._local is not None
        pause_s = LOOK_AGAIN_S
        while not (accept.done() or write.done()):
            if not kernel.tcp_socket_is_held(self._peer, self._local):
                return
            await asyncio.wait(
                {accept, write}, timeout=pause_s, return_when=asyncio.FIRST_COMPLETED
            )
            pause_s = min(2 * pause_s, LOOK_AGAIN_AT_MOST_S)


def make_client(transport: str, *args: Any, **kwargs: Any) -> Client:
    """Return a client of this transport, `udp` or `tcp`."""
    client = UdpClient if transport == "udp" else TcpClient
    return client(*args, **kwargs)
