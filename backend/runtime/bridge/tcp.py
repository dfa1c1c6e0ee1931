"""A browser's TCP socket: a stream of bytes each way, each direction ended on its own.

Three tasks: what the browser sends is accepted at once, so that pings go on; it is written to the
lab as fast as the kernel takes it; what the lab sends is read as fast as the browser takes it.
Between the first two wait at most a window's bytes. What the browser sent before it went is still
written, for at most LINGER_S.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections import deque

import msgspec

from backend.domain.errors import WindowExceeded
from backend.domain.events import Problem, Transport
from backend.domain.window import CreditWindow
from backend.runtime import kernel
from backend.runtime.bridge.client import READ_BYTES, Browser, Client, run_parts

LINGER_S = 2.0  # for the lab to take what a browser sent before it closed
LOOK_AGAIN_S = 0.05  # whether the lab still holds its end; twice as long each time, up to
LOOK_AGAIN_AT_MOST_S = 1.0


class Control(msgspec.Struct, frozen=True):
    """A control message of the browser."""

    type: str


class Outgoing:
    """What the browser sent and the kernel has not yet taken: at most a window's bytes."""

    def __init__(self, limit_bytes: int) -> None:
        self.has_ended = False  # the browser closed its direction
        self._is_refused = False
        self._window = CreditWindow(limit_bytes)
        self._pieces: deque[bytes] = deque()
        self._news = asyncio.Event()

    def put(self, data: bytes) -> None:
        """Add bytes. Raises WindowExceeded."""
        if not data:
            return  # no part of a stream, and it would wait here without costing credit
        self._window.take(len(data))
        self._pieces.append(data)
        self._news.set()

    def refuse(self) -> None:
        """Note that the browser sent more than it might: it gets no more credit."""
        self._is_refused = True

    def end(self) -> None:
        """Note that nothing more comes."""
        self.has_ended = True
        self._news.set()

    async def next(self) -> bytes | None:
        """Return the oldest piece once there is one; None when all are taken and no more come."""
        while not self._pieces:
            if self.has_ended:
                return None
            self._news.clear()
            await self._news.wait()
        return self._pieces[0]

    def let_go(self) -> int:
        """Let the oldest piece go; return the credit to grant now (0: not yet worth a grant)."""
        grant = self._window.release(len(self._pieces.popleft()))
        return 0 if self._is_refused else grant


class TcpClient(Client):
    """A stream. It ends when both its directions have ended, or when one of its ends is gone."""

    transport: Transport = "tcp"
    controls = '{"type": "shutdown"}'

    _reset: ConnectionResetError | None = None  # met by writing

    def _make_socket(self, family: socket.AddressFamily) -> socket.socket:
        sock = socket.socket(family, socket.SOCK_STREAM)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock

    async def _carry(self, sock: socket.socket, browser: Browser) -> None:
        outgoing = Outgoing(self._settings.window_bytes)
        parts = (
            self._accept_from_browser(browser, outgoing),
            self._write_to_lab(sock, browser, outgoing),
            self._read_from_lab(sock, browser),
        )
        async with run_parts(*parts) as (accepting, writing, reading):
            await asyncio.wait({accepting, reading}, return_when=asyncio.FIRST_COMPLETED)
            if reading.done():
                await reading
                await self._wait_for_our_end(sock, accepting, writing)
            if accepting.done():
                outgoing.end()
                await asyncio.wait({writing}, timeout=LINGER_S)

    async def _accept_from_browser(self, browser: Browser, outgoing: Outgoing) -> None:
        """Take what the browser sends, never waiting for the lab, until the browser has gone."""
        while (message := await browser.receive()) is not None:
            if isinstance(message, str):
                if _control_type(message) == "shutdown":
                    outgoing.end()
                else:
                    await self._refuse_control(browser, message)
            elif outgoing.has_ended:
                text = "You closed your direction with shutdown already."
                await self._report(browser, Problem(code="bad_message", message=text))
            elif await self._is_silenced(browser):
                await browser.send_control({"type": "credit", "bytes": len(message)})
            else:
                try:
                    outgoing.put(message)
                except WindowExceeded as error:
                    outgoing.refuse()
                    await self._fail(browser, Problem(code=error.code, message=error.message))
                    return

    async def _write_to_lab(
        self, sock: socket.socket, browser: Browser, outgoing: Outgoing
    ) -> None:
        """Pass on what the browser sends; half-close when it did. Ends when the lab is gone."""
        loop = asyncio.get_running_loop()
        try:
            while (data := await outgoing.next()) is not None:
                await loop.sock_sendall(sock, data)
                self._teller.tell_sent(data)
                if self._pace and (wait_s := self._pace.spend(len(data), time.monotonic())):
                    await asyncio.sleep(wait_s)  # no more credit meanwhile
                if grant := outgoing.let_go():
                    await browser.send_control({"type": "credit", "bytes": grant})
            sock.shutdown(socket.SHUT_WR)
            self._teller.tell_shutdown()
        except ConnectionResetError as error:
            # The kernel tells it once: reading, which has the lab's last bytes before it, meets
            # only an end of stream now.
            self._reset = error
        except OSError:
            pass  # the lab has closed (EPIPE, ENOTCONN): reading meets that, too

    async def _read_from_lab(self, sock: socket.socket, browser: Browser) -> None:
        """Pass on what the lab sends, up to its FIN. Raises OSError, ConnectionResetError."""
        loop = asyncio.get_running_loop()
        while data := await loop.sock_recv(sock, READ_BYTES):
            self._teller.tell_received(data)
            await browser.send(data)
        if self._reset is not None:
            raise self._reset
        self._teller.tell_eof()
        await browser.send_control({"type": "eof"})

    async def _wait_for_our_end(
        self, sock: socket.socket, accepting: asyncio.Task[None], writing: asyncio.Task[None]
    ) -> None:
        """After the lab's FIN: wait until our direction has ended, too, or has no reader.

        No packet tells that a half-closed lab has closed for good, so the kernel's table is looked
        at. Where there is none, a lab that half-closes is taken as one that has closed.
        """
        local = sock.getsockname()[:2]
        pause_s = LOOK_AGAIN_S
        while not (accepting.done() or writing.done()):
            if not kernel.tcp_socket_is_held(self._peer, local):
                return
            await asyncio.wait(
                {accepting, writing}, timeout=pause_s, return_when=asyncio.FIRST_COMPLETED
            )
            pause_s = min(2 * pause_s, LOOK_AGAIN_AT_MOST_S)


def _control_type(text: str) -> str | None:
    """Return the type of a control message; None when it is none."""
    try:
        return msgspec.json.decode(text, type=Control).type
    except (msgspec.DecodeError, RecursionError):  # RecursionError: nested too deep
        return None
