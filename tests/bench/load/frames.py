"""WebSocket frames (RFC 6455, 5.2), for one that counts payload and looks at none of it.

The mask is zero, which leaves the payload as it is: a frame is made once and sent again and again.
"""

from __future__ import annotations

import struct

TEXT, BINARY, CLOSE = 0x1, 0x2, 0x8
FINAL, MASKED = 0x80, 0x80
NO_KEY = b"\0\0\0\0"
MEDIUM, LARGE = 126, 127


def client_frame(payload: bytes, opcode: int = BINARY) -> bytes:
    """Return a whole message of a client."""
    return _head(len(payload), FINAL | opcode, MASKED) + NO_KEY + payload


def server_frame(payload: bytes, opcode: int = BINARY) -> bytes:
    """Return a whole message of a server."""
    return _head(len(payload), FINAL | opcode, 0) + payload


def _head(size: int, first: int, masked: int) -> bytes:
    if size < MEDIUM:
        return bytes((first, masked | size))
    if size < 65536:
        return struct.pack("!BBH", first, masked | MEDIUM, size)
    return struct.pack("!BBQ", first, masked | LARGE, size)


class PayloadCounter:
    """Counts the bytes of binary messages in a stream of a server's frames; keeps the texts."""

    def __init__(self) -> None:
        self.texts: list[bytes] = []
        self._rest = 0  # of the frame that has begun
        self._text: bytearray | None = None  # of such a frame, if it is no binary one
        self._head = b""  # that came in part

    def feed(self, data: bytes | memoryview) -> int:
        """Take what came; return how many bytes of binary messages are in it."""
        if self._head:
            data, self._head = self._head + data, b""
        counted, at, size = 0, 0, len(data)
        while True:
            if self._rest:
                took = min(self._rest, size - at)
                if self._text is None:
                    counted += took
                else:
                    self._text += data[at : at + took]
                self._rest -= took
                at += took
                if self._rest:
                    return counted
                self._end_text()
            length = data[at + 1] if size - at >= 2 else LARGE
            start = at + (2 if length < MEDIUM else 4 if length == MEDIUM else 10)
            if start > size:
                self._head = bytes(data[at:])
                return counted
            if length >= MEDIUM:
                length = int.from_bytes(data[at + 2 : start])
            self._rest = length
            if data[at] & 0x0F not in (BINARY, 0):
                self._text = bytearray()
                if not length:
                    self._end_text()
            at = start

    def _end_text(self) -> None:
        if self._text is not None:
            self.texts.append(bytes(self._text))
            self._text = None
