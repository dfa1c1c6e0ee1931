"""Connections as the load uses them: blocking sockets, messages made beforehand, bytes counted.

Each kind has the same face, so that a socket and a WebSocket are measured by the same loop.
"""

from __future__ import annotations

import re
import select
import socket
from base64 import b64encode
from os import urandom
from typing import ClassVar

from tests.bench.load.frames import PayloadCounter, client_frame

BUFFER_BYTES = 256 * 1024
PATIENCE_S = 20.0
CREDIT = re.compile(rb'"type": ?"credit", ?"bytes": ?(\d+)')


class Wire:
    """One connection. `received` counts bytes of messages, without what they are wrapped in."""

    _buffer: ClassVar = memoryview(bytearray(BUFFER_BYTES))

    def __init__(self, sock: socket.socket) -> None:
        sock.settimeout(PATIENCE_S)
        self.sock = sock
        self.received = 0
        self.may_lose = sock.type == socket.SOCK_DGRAM
        self.sent = 0  # messages
        self.early = b""  # what came with the answer to a handshake; it is counted already

    def message(self, payload: bytes) -> bytes:
        """Return what to send for a message."""
        return payload

    def send(self, message: bytes, count: int, size: int) -> int:
        """Send so many messages of a size, or fewer where there is no credit; return how many."""
        self.sock.sendall(message * count)
        self.sent += count
        return count

    def receive(self) -> None:
        """Wait for bytes, and count them. Raises ConnectionError at the end."""
        took = self.sock.recv_into(self._buffer)
        if not took:
            raise ConnectionResetError("the other side has closed")
        self._count(took)

    def let_go_of_late(self) -> None:
        """Count what came later than anybody waited for it, so that nobody takes it for new."""
        looking = select.poll()
        looking.register(self.sock, select.POLLIN)
        while looking.poll(0):
            self.receive()

    def _count(self, took: int) -> None:
        self.received += took

    def close(self) -> None:
        """Be gone."""
        self.sock.close()


class DatagramWire(Wire):
    """UDP: each message is a datagram."""

    def send(self, message: bytes, count: int, size: int) -> int:
        """Send so many datagrams."""
        for _ in range(count):
            self.sock.send(message)
        self.sent += count
        return count


class WebSocketWire(Wire):
    """A WebSocket that carries bytes. `has_credit`: ours, which grants what may be sent."""

    def __init__(self, sock: socket.socket, counter: PayloadCounter, *, has_credit: bool) -> None:
        super().__init__(sock)
        self._counter = counter
        self._has_credit = has_credit
        self.credit_bytes = 0
        self._take_credit()

    def message(self, payload: bytes) -> bytes:
        """Return a frame."""
        return client_frame(payload)

    def send(self, message: bytes, count: int, size: int) -> int:
        """Send as many as there is credit for."""
        if self._has_credit:
            count = min(count, self.credit_bytes // size)
            self.credit_bytes -= count * size
        return super().send(message, count, size) if count else 0

    def _count(self, took: int) -> None:
        self.received += self._counter.feed(self._buffer[:took])
        if self._counter.texts:
            self._take_credit()

    def _take_credit(self) -> None:
        for text in self._counter.texts:
            if found := CREDIT.search(text):
                self.credit_bytes += int(found[1])
            elif b'"error"' in text:
                raise ConnectionError(text.decode())
        self._counter.texts.clear()


def open_wire(port: int, transport: str = "tcp") -> Wire:
    """Open a socket to a port of this machine."""
    if transport == "udp":
        sock = socket.socket(type=socket.SOCK_DGRAM)
        sock.connect(("127.0.0.1", port))
        return DatagramWire(sock)
    return Wire(_connected(port))


def open_websocket(port: int, path: str = "/", *, has_credit: bool = False) -> WebSocketWire:
    """Open a WebSocket to a port of this machine; one with credit waits for the first of it."""
    sock = _connected(port)
    sock.settimeout(PATIENCE_S)
    lines = (
        f"GET {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Protocol: binary",
        f"Sec-WebSocket-Key: {b64encode(urandom(16)).decode()}",
    )
    sock.sendall("\r\n".join([*lines, "", ""]).encode())
    answer = b""
    while b"\r\n\r\n" not in answer:
        if not (more := sock.recv(4096)):
            raise ConnectionResetError(f"no WebSocket at port {port}: {answer.decode()}")
        answer += more
    head, _, rest = answer.partition(b"\r\n\r\n")
    if b" 101 " not in head.partition(b"\r\n")[0]:
        raise ConnectionError(answer.decode())
    counter = PayloadCounter()
    counter.feed(rest)
    wire = WebSocketWire(sock, counter, has_credit=has_credit)
    wire.early = rest
    while has_credit and not wire.credit_bytes:
        wire.receive()
    return wire


def _connected(port: int) -> socket.socket:
    sock = socket.create_connection(("127.0.0.1", port))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock
