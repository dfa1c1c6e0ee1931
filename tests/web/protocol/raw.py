"""Raw connections to a served playground, and what comes back on them."""

from __future__ import annotations

import contextlib
import itertools
import json
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.labs.programs import WAIT_S
from tests.server import Playground

UPGRADE = (
    b"Connection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)
TEXT, BINARY, CLOSE = 1, 2, 8


@dataclass(frozen=True)
class Answer:
    """An HTTP answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def error(self) -> dict[str, Any]:
        """The error that it tells."""
        error: dict[str, Any] = json.loads(self.body)["error"]
        return error


class Connection:
    """One connection; what is sent and what comes is bytes."""

    def __init__(self, playground: Playground) -> None:
        self.sock = socket.create_connection(("127.0.0.1", playground.port), timeout=WAIT_S)
        self.host = f"Host: 127.0.0.1:{playground.port}\r\n".encode()
        self.file = self.sock.makefile("rb")

    def send(self, data: bytes) -> None:
        """Send bytes."""
        self.sock.sendall(data)

    def ask(self, path: str = "/healthz", *headers: bytes, method: str = "GET") -> None:
        """Send a request's whole head."""
        first = f"{method} {path} HTTP/1.1\r\n".encode()
        self.send(first + self.host + b"".join(line + b"\r\n" for line in headers) + b"\r\n")

    def answer(self, *, to_head: bool = False) -> Answer:
        """Return the next answer, by its length."""
        status = int(self.file.readline().split()[1])
        headers = {}
        while (line := self.file.readline()) != b"\r\n":
            name, _, value = line.decode().partition(":")
            headers[name.lower()] = value.strip()
        length = 0 if to_head else int(headers.get("content-length", 0))
        return Answer(status, headers, self.file.read(length))

    def rest(self) -> bytes:
        """Return all that comes before the end; a reset is a failure."""
        return self.file.read()

    def open(self, path: str) -> None:
        """Open a WebSocket."""
        self.ask(path, *UPGRADE.split(b"\r\n")[:-1])
        answer = self.answer()
        assert answer.status == 101, answer

    def frame(self) -> tuple[int, bytes]:
        """Return the next frame's opcode and data."""
        first, length = self.file.read(2)
        if length == 126:
            (length,) = struct.unpack("!H", self.file.read(2))
        elif length == 127:
            (length,) = struct.unpack("!Q", self.file.read(8))
        return first & 0x0F, self.file.read(length)

    def closed_with(self) -> tuple[int, str]:
        """Return code and reason of the close frame, passing over what comes before it."""
        while (got := self.frame())[0] != CLOSE:
            pass
        (code,) = struct.unpack("!H", got[1][:2])
        return code, got[1][2:].decode()


@contextlib.contextmanager
def connected(playground: Playground) -> Iterator[Connection]:
    """Be connected."""
    connection = Connection(playground)
    with connection.sock, connection.file:
        yield connection


def frame(opcode: int, data: bytes, *, fin: bool = True, mask: bytes = bytes(4)) -> bytes:
    """Return a frame of a client, masked (RFC 6455, 5.2)."""
    head = bytes([0x80 * fin | opcode])
    if len(data) < 126:
        head += bytes([0x80 | len(data)])
    elif len(data) < 65536:
        head += struct.pack("!BH", 0x80 | 126, len(data))
    else:
        head += struct.pack("!BQ", 0x80 | 127, len(data))
    if any(mask):
        data = bytes(byte ^ key for byte, key in zip(data, itertools.cycle(mask), strict=False))
    return head + mask + data
