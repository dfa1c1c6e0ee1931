"""A WebSocket client that costs next to nothing, so that the load does not measure itself.

It speaks only what our server speaks: frames of the server are whole messages, never fragments
(RFC 6455, 5.2), and its own key for masking is zero, which leaves the bytes as they are.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from base64 import b64encode
from collections.abc import Callable
from os import urandom
from typing import cast

TEXT, BINARY, CLOSE, PING, PONG = 0x1, 0x2, 0x8, 0x9, 0xA
MASKED = 0x80
NO_KEY = b"\0\0\0\0"
HEAD_END = b"\r\n\r\n"

Hear = Callable[[int, bytes], None]  # opcode and payload of each message


class RawWebSocket(asyncio.Protocol):
    """One WebSocket. `hear` is called with each message that comes; `closed` is its end."""

    def __init__(self, hear: Hear) -> None:
        loop = asyncio.get_running_loop()
        self.hear = hear
        self.opened: asyncio.Future[None] = loop.create_future()
        self.closed: asyncio.Future[bytes] = loop.create_future()  # what the last frame said
        self.received_bytes = 0
        self._transport: asyncio.Transport | None = None
        self._rest = b""
        self._last_words = b""

    @property
    def transport(self) -> asyncio.Transport:
        """The connection below."""
        assert self._transport is not None
        return self._transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Know the connection."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is of no such class

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever waits that this is over."""
        if not self.opened.done():
            self.opened.set_exception(exc or ConnectionResetError("no handshake"))
        if not self.closed.done():
            self.closed.set_result(self._last_words)

    def data_received(self, data: bytes) -> None:
        """Cut what came into messages."""
        self.received_bytes += len(data)
        data = self._rest + data if self._rest else data
        if not self.opened.done():
            head, end, data = data.partition(HEAD_END)
            if not end:
                self._rest = head
                return
            if b" 101 " not in head.partition(b"\r\n")[0]:
                self.opened.set_exception(ConnectionError(head.decode("latin-1")))
                self.transport.abort()
                return
            self.opened.set_result(None)
        self._rest = self._take_frames(data)

    def _take_frames(self, data: bytes) -> bytes:
        """Hear each whole frame; return what is left."""
        at, size = 0, len(data)
        while size - at >= 2:
            length, start = data[at + 1], at + 2
            if length == 126:
                start += 2
                length = int.from_bytes(data[at + 2 : start]) if size >= start else size
            elif length == 127:
                start += 8
                length = int.from_bytes(data[at + 2 : start]) if size >= start else size
            if size < start + length:
                break
            self._take(data[at] & 0x0F, data[start : start + length])
            at = start + length
        return data[at:]

    def _take(self, opcode: int, payload: bytes) -> None:
        if opcode == PING:
            self.send(PONG, payload)
        elif opcode == CLOSE:
            self._last_words = payload
            self.send(CLOSE, payload[:2])
        else:
            self.hear(opcode, payload)

    def send(self, opcode: int, payload: bytes) -> None:
        """Send one message."""
        size = len(payload)
        if size < 126:
            head = bytes((0x80 | opcode, MASKED | size))
        elif size < 65536:
            head = struct.pack("!BBH", 0x80 | opcode, MASKED | 126, size)
        else:
            head = struct.pack("!BBQ", 0x80 | opcode, MASKED | 127, size)
        self.transport.write(head + NO_KEY + payload)

    async def close(self) -> None:
        """Say goodbye, and wait until the server has done so too."""
        self.send(CLOSE, b"\x03\xe8")
        await self.closed


async def open_raw(port: int, path: str, hear: Hear, *, token: str = "") -> RawWebSocket:
    """Open a WebSocket of a server on this machine; with a token it says hello first."""
    loop = asyncio.get_running_loop()
    sock = socket.socket()
    sock.setblocking(False)
    await loop.sock_connect(sock, ("127.0.0.1", port))
    _, websocket = await loop.create_connection(lambda: RawWebSocket(hear), sock=sock)
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {b64encode(urandom(16)).decode()}",
    ]
    websocket.transport.write("\r\n".join([*lines, "", ""]).encode())
    await websocket.opened
    if token:
        websocket.send(TEXT, b'{"type":"hello","token":"%s"}' % token.encode())
    return websocket
