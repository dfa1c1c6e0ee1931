"""The other end of the program's sockets: a client of a server, or the server of a client.

A peer is one connection, or over UDP one pair of addresses. It keeps what has come until a step
looks at it; what it keeps is bounded, so that a program that never stops sending is held by TCP.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections import deque
from collections.abc import Callable
from typing import Protocol

from backend.domain.addresses import Address
from backend.runtime.examiner.news import Bell

KEPT_BYTES = 4 * 1024 * 1024
KEPT_DATAGRAMS = 1000


class Peer(Protocol):
    """One end of a talk."""

    bell: Bell
    sent: deque[bytes]  # what has not been compared yet

    def send(self, data: bytes) -> None:
        """Send bytes."""

    async def take(self, size: int, within_s: float) -> bytes | None:
        """Take the next datagram, or so many bytes of the stream, fewer at its end or in time."""

    async def take_message(self, within_s: float) -> bytes | None:
        """Take the next datagram, or the next line without its end; None: it did not come."""

    @property
    def waiting(self) -> bytes:
        """What has come and was not looked at."""

    @property
    def end(self) -> str:
        """How it was ended by the program: `eof`, the name of an error, empty: not at all."""

    def half_close(self) -> None:
        """Send no more."""

    def close(self) -> None:
        """Close the socket."""

    def reset(self) -> None:
        """Break it off."""

    def vanish(self) -> None:
        """Read no more, and close nothing."""


class TcpPeer(asyncio.Protocol):
    """One TCP connection; `made` is told once it is there."""

    def __init__(self, made: Callable[[TcpPeer], None] | None = None) -> None:
        self.bell = Bell()
        self._made = made
        self.sent: deque[bytes] = deque()
        self._buffer = bytearray()
        self._end = ""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        if self._made is not None:
            self._made(self)

    def data_received(self, data: bytes) -> None:
        """Keep bytes that have come; stop reading when they are too many."""
        self._buffer += data
        if len(self._buffer) > KEPT_BYTES and self._transport is not None:
            self._transport.pause_reading()
        self.bell.ring()

    def eof_received(self) -> bool:
        """Note the end of the stream."""
        self._end = "eof"
        self.bell.ring()
        return True  # we may still send

    def connection_lost(self, exc: Exception | None) -> None:
        """Note how it ended."""
        if not self._end:
            self._end = type(exc).__name__ if exc else "eof"
        self.bell.ring()

    @property
    def waiting(self) -> bytes:
        """What has come and was not looked at."""
        return bytes(self._buffer)

    @property
    def end(self) -> str:
        """How the program ended it: `eof`, an error, empty: not at all."""
        return self._end

    def send(self, data: bytes) -> None:
        """Send bytes."""
        self.sent.append(data)
        self._socket.write(data)

    async def take(self, size: int, within_s: float) -> bytes | None:
        """Take the next bytes, or datagram; None: it did not come."""
        await self.bell.wait_until(lambda: len(self._buffer) >= size or bool(self._end), within_s)
        return self._cut(min(size, len(self._buffer)))

    async def take_message(self, within_s: float) -> bytes | None:
        """Take the next datagram, or line without its end; None: it did not come."""
        await self.bell.wait_until(lambda: b"\n" in self._buffer or bool(self._end), within_s)
        if b"\n" in self._buffer:
            return self._cut(self._buffer.index(b"\n") + 1)[:-1].removesuffix(b"\r")
        return self._cut(len(self._buffer)) if self._buffer and self._end else None

    def half_close(self) -> None:
        """Send no more: FIN."""
        self._socket.write_eof()

    def close(self) -> None:
        """Close the socket."""
        if self._transport is not None:
            self._transport.close()

    def reset(self) -> None:
        """Break the connection off: RST."""
        if self._socket.is_closing():
            return
        linger = struct.pack("ii", 1, 0)
        self._socket.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, linger
        )
        self._socket.abort()

    def vanish(self) -> None:
        """Read no more, and close nothing."""
        self._socket.pause_reading()

    @property
    def _socket(self) -> asyncio.Transport:
        assert self._transport is not None, "it is connected before anybody has it"
        return self._transport

    def _cut(self, size: int) -> bytes:
        data = bytes(self._buffer[:size])
        del self._buffer[:size]
        return data


class UdpPeer:
    """One pair of addresses; what the kernel says of what was sent counts as its end.

    It has a socket of its own, connected, or shares that of a listener. (asyncio's own transport
    sends no empty datagram before Python 3.12.)
    """

    def __init__(self, sock: socket.socket, to: Address | None = None) -> None:
        self.bell = Bell()
        self.sent: deque[bytes] = deque()
        self._datagrams: deque[bytes] = deque(maxlen=KEPT_DATAGRAMS)
        self._problem = ""
        self._socket = sock
        self._to = to
        self._is_gone = False

    def note(self, data: bytes) -> None:
        """Keep a datagram that has come."""
        if not self._is_gone:
            self._datagrams.append(data)
            self.bell.ring()

    def note_problem(self, problem: OSError) -> None:
        """Note what the kernel says of a datagram that was sent."""
        self._problem = str(problem)
        self.bell.ring()

    @property
    def waiting(self) -> bytes:
        """What has come and was not looked at."""
        return b"".join(self._datagrams)

    @property
    def end(self) -> str:
        """What the kernel said of the last datagram that was sent, if anything."""
        return self._problem

    def send(self, data: bytes) -> None:
        """Send a datagram; what the kernel says of it is `end`."""
        self._problem = ""
        self.sent.append(data)
        try:
            if self._to is None:
                self._socket.send(data)
            else:
                self._socket.sendto(data, self._to)
        except OSError as error:
            self.note_problem(error)

    async def take(self, _size: int, within_s: float) -> bytes | None:
        """Take the next datagram; None: it did not come."""
        return await self.take_message(within_s)

    async def take_message(self, within_s: float) -> bytes | None:
        """Take the next datagram; None: it did not come."""
        await self.bell.wait_until(lambda: bool(self._datagrams or self._problem), within_s)
        return self._datagrams.popleft() if self._datagrams else None

    def half_close(self) -> None:
        """Do nothing: UDP knows no end."""

    def close(self) -> None:
        """Close the socket, if it is its own."""
        if not self._is_gone and self._to is None:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket.close()
        self._is_gone = True

    def reset(self) -> None:
        """Close the socket: UDP knows nothing else."""
        self.close()

    def vanish(self) -> None:
        """Read no more, and close nothing."""
        self._is_gone = True
