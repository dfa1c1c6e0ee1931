"""A browser's TCP socket: a stream of bytes each way, each direction ended on its own.

What the browser sends is taken at once, so that pings go on, and given to the lab as fast as the
kernel takes it; what the lab sends is read as fast as the browser takes it. Between browser and
lab wait at most a window's bytes. What the browser sent before it went is still written, for at
most LINGER_S.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections import deque
from itertools import islice

import msgspec

from backend.domain.errors import WindowExceeded
from backend.domain.events import Problem, Transport
from backend.domain.window import CreditWindow
from backend.runtime import kernel
from backend.runtime.bridge.client import READ_BYTES, Client, wait_for_first

LINGER_S = 2.0  # for the lab to take what a browser sent before it closed
LOOK_AGAIN_S = 0.05  # whether the lab still holds its end; twice as long each time, up to
LOOK_AGAIN_AT_MOST_S = 1.0
PIECES_AT_A_TIME = 64  # that one sendmsg(2) takes


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
        self._taken_bytes = 0  # of the oldest piece, by the kernel

    def __bool__(self) -> bool:
        return bool(self._pieces)

    def put(self, data: bytes) -> None:
        """Add bytes. Raises WindowExceeded."""
        if not data:
            return  # no part of a stream, and it would wait here without costing credit
        self._window.take(len(data))
        self._pieces.append(data)

    def refuse(self) -> None:
        """Note that the browser sent more than it might: it gets no more credit."""
        self._is_refused = True

    def next(self, pieces: int) -> list[bytes | memoryview]:
        """Return at most so many pieces that the kernel is to take next."""
        found: list[bytes | memoryview] = list(islice(self._pieces, pieces))
        if self._taken_bytes:
            found[0] = memoryview(self._pieces[0])[self._taken_bytes :]
        return found

    def advance(self, size_bytes: int) -> tuple[list[bytes], int]:
        """Let go what the kernel took; return the pieces that it has whole now, and a credit.

        The credit is what is to be granted now (0: not yet worth a grant).
        """
        whole, grant = [], 0
        self._taken_bytes += size_bytes
        while self._pieces and self._taken_bytes >= len(self._pieces[0]):
            piece = self._pieces.popleft()
            self._taken_bytes -= len(piece)
            whole.append(piece)
            grant += self._window.release(len(piece))
        return whole, 0 if self._is_refused else grant


class TcpClient(Client):
    """A stream. It ends when both its directions have ended, or when one of its ends is gone."""

    transport: Transport = "tcp"
    controls = '{"type": "shutdown"}'

    _gone: asyncio.Future[None]  # the browser
    _written: asyncio.Future[None]  # all that the browser sent; or the lab takes no more
    _read: asyncio.Future[OSError | None]  # all that the lab sent, or what reading met
    _reset: ConnectionResetError | None = None  # met by writing
    _pause: asyncio.TimerHandle | None = None  # of a browser that sends too fast
    _waits_for_kernel = False  # to take more of what goes to the lab

    def _make_socket(self, family: socket.AddressFamily) -> socket.socket:
        sock = socket.socket(family, socket.SOCK_STREAM)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock

    async def _carry(self) -> None:
        self._outgoing = Outgoing(self._settings.window_bytes)
        self._gone = self._loop.create_future()
        self._written = self._loop.create_future()
        self._read = self._loop.create_future()
        self._listen()
        self._browser.attach(self)
        try:
            await wait_for_first(self._gone, self._read)
            if self._read.done():
                if (error := self._read.result()) is not None:
                    raise error
                await self._wait_for_our_end()
            if self._gone.done():
                await wait_for_first(self._written, within_s=LINGER_S)
        finally:
            if self._pause is not None:
                self._pause.cancel()

    def browser_has_gone(self) -> None:
        """End, when what was taken is written."""
        _finish(self._gone)
        self._guard(self._end_outgoing)

    # From the browser to the lab

    def _take(self, message: bytes | str) -> None:
        if isinstance(message, str):
            if _control_type(message) == "shutdown":
                self._end_outgoing()
            else:
                self._refuse_control(message)
        elif self._outgoing.has_ended:
            text = "You closed your direction with shutdown already."
            self._report(Problem(code="bad_message", message=text))
        elif self._owner is not None and self._is_silenced():
            self._credit.grant(len(message))
        else:
            self._put(message)
            return
        if not self._browser.is_ready:
            self._browser.hold()

    def _take_last(self, message: bytes) -> None:
        """Take bytes; where none wait before them, without a queue."""
        if not self._is_clear(message):
            super()._take_last(message)
            return
        try:
            began, taken = time.monotonic(), self._sock.send(message)
        except OSError as error:
            self._put(message)
            self._stop_writing(error)
            return
        if taken == len(message):
            self._teller.tell_sent(message, began)
            self._credit.grant(taken)
        else:
            self._put(message)
            self._outgoing.advance(taken)
            self._flush()

    def _is_clear(self, message: bytes) -> bool:
        """Whether the kernel may be given these bytes now, with no word to anybody before."""
        return not (
            self._outgoing
            or self._pace is not None
            or self._written.done()
            or not 0 < len(message) <= self._settings.window_bytes
            or not (self._owner is None or self._owner.may_send())
            or not self._may_write()
        )

    def _put(self, data: bytes) -> None:
        try:
            self._outgoing.put(data)
        except WindowExceeded as error:
            self._outgoing.refuse()
            self._credit.take()
            self._fail(Problem(code=error.code, message=error.message))
            self.browser_has_gone()  # for us: what it might send is still written
            self._browser.detach()

    def _end_outgoing(self) -> None:
        self._outgoing.has_ended = True
        self._flush()

    def _flush(self) -> None:
        """Give the kernel what it takes now, as far as the browser can be told; then half-close."""
        if self._written.done() or self._waits_for_kernel or self._pause is not None:
            return
        try:
            while self._outgoing and self._may_write():
                self._write_some()
            if self._outgoing.has_ended and not self._outgoing:
                self._sock.shutdown(socket.SHUT_WR)
                self._teller.tell_shutdown()
                _finish(self._written)
        except OSError as error:
            self._stop_writing(error)

    def _stop_writing(self, error: OSError) -> None:
        """Write no more until the kernel takes more, if it ever does."""
        if isinstance(error, BlockingIOError):
            self._waits_for_kernel = True
            self._loop.add_writer(self._sock, self._guard, self._write_again)
            return
        if isinstance(error, ConnectionResetError):
            # The kernel tells it once: reading, which has the lab's last bytes before it, meets
            # only an end of stream now.
            self._reset = error
        _finish(self._written)  # the lab has closed (EPIPE, ENOTCONN): reading meets that, too

    def _may_write(self) -> bool:
        """Whether the browser can be told of more, if it still wants to know; and its pace."""
        return self._pause is None and (self._browser.is_ready or self._gone.done())

    def _write_some(self) -> None:
        # Who has to keep a pace is looked at after each piece.
        pieces = self._outgoing.next(1 if self._pace else PIECES_AT_A_TIME)
        began = time.monotonic()
        taken = self._sock.send(pieces[0]) if len(pieces) == 1 else self._sock.sendmsg(pieces)
        whole, grant = self._outgoing.advance(taken)
        for piece in whole:
            self._teller.tell_sent(piece, began)
            if self._pace and (wait_s := self._pace.spend(len(piece), time.monotonic())):
                self._pause = self._loop.call_later(wait_s, self._guard, self._end_pause, grant)
                return  # no more credit meanwhile
        if grant:
            self._credit.grant(grant)

    def _write_again(self) -> None:
        self._loop.remove_writer(self._sock)
        self._waits_for_kernel = False
        self._flush()

    def _end_pause(self, grant: int) -> None:
        self._pause = None
        if grant:
            self._credit.grant(grant)
        self._flush()

    # From the lab to the browser

    def _read_from_lab(self) -> None:
        """Pass on what the lab sends, up to its FIN; not more than the browser takes."""
        try:
            data = self._sock.recv(READ_BYTES)
        except BlockingIOError:
            self._listen()
            return
        except OSError as error:
            self._end_reading(error)
            return
        if data:
            if not self._pass_on(data):
                self._loop.remove_reader(self._sock)
        elif self._reset is not None:
            self._end_reading(self._reset)
        else:
            self._end_reading(None)
            self._teller.tell_eof()
            self._browser.send_control({"type": "eof"})

    def _end_reading(self, error: OSError | None) -> None:
        self._loop.remove_reader(self._sock)
        self._read.set_result(error)

    def _go_on(self) -> None:
        if not self._read.done():
            self._listen()
        self._browser.go_on()
        self._flush()

    async def _wait_for_our_end(self) -> None:
        """After the lab's FIN: wait until our direction has ended, too, or has no reader.

        No packet tells that a half-closed lab has closed for good, so the kernel's table is looked
        at. Where there is none, a lab that half-closes is taken as one that has closed.
        """
        local = self._sock.getsockname()[:2]
        pause_s = LOOK_AGAIN_S
        while not (self._gone.done() or self._written.done()):
            if not kernel.tcp_socket_is_held(self._peer, local):
                return
            await wait_for_first(self._gone, self._written, within_s=pause_s)
            pause_s = min(2 * pause_s, LOOK_AGAIN_AT_MOST_S)


def _finish(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


def _control_type(text: str) -> str | None:
    """Return the type of a control message; None when it is none."""
    try:
        return msgspec.json.decode(text, type=Control).type
    except (msgspec.DecodeError, RecursionError):  # RecursionError: nested too deep
        return None
