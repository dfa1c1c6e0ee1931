"""Peers for the chat labs: a naive client that reads line by line, and `nc`."""

from __future__ import annotations

import contextlib
import re
import shutil
import socket
from types import TracebackType

import pytest

from tests.labs.programs import WAIT_S, Program

HOST = "127.0.0.1"
STAMP = r"\d{4}\.\d\d\.\d\d \d\d:\d\d:\d\d"
CLIENTS_LIMIT = 32  # as in the servers
LINE_LIMIT_BYTES = 4096

needs_nc = pytest.mark.skipif(shutil.which("nc") is None, reason="nc is not installed")


class ChatPeer:
    """A connection that sends text and reads lines, five lines of Python as a learner writes."""

    def __init__(self, port: int, *, receive_buffer_bytes: int | None = None) -> None:
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if receive_buffer_bytes is not None:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer_bytes)
        self.sock.settimeout(WAIT_S)
        self.sock.connect((HOST, port))
        self._reader = self.sock.makefile("rb")
        host, local_port = self.sock.getsockname()
        self.address = f"{host}:{local_port}"

    def send(self, data: str | bytes) -> None:
        self.sock.sendall(data.encode() if isinstance(data, str) else data)

    def send_too_much(self, data: bytes) -> None:
        """Send what the server does not take: it may have gone before all has left."""
        with contextlib.suppress(ConnectionError):
            self.send(data)

    def line(self) -> str:
        """Read the next line, without its end; "" at the end of the stream."""
        return self._reader.readline().decode().removesuffix("\n")

    def rest(self) -> str:
        """Read everything until the server closes, which must be with FIN and not with RST."""
        data = self._reader.read()
        error = self.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        assert error == 0, f"reset, errno {error}, after {data!r}"
        return data.decode()

    def __enter__(self) -> ChatPeer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._reader.close()
        self.sock.close()


def joined(server: Program, port: int, *, receive_buffer_bytes: int | None = None) -> ChatPeer:
    """Connect, and wait until the server has said that this address is here."""
    peer = ChatPeer(port, receive_buffer_bytes=receive_buffer_bytes)
    server.wait_for(re.escape(peer.address) + r"\b")
    return peer


def wait_until_refused(port: int) -> str:
    """Be one too many: return what the server says before it closes."""
    with ChatPeer(port) as peer:
        return peer.rest()
