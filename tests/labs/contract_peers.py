"""Peers of the labs' servers for the contract: one that behaves well, and some that do not.

What a well-behaved peer sends and expects is quoted from LABS.md.
"""

from __future__ import annotations

import re
import socket
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from tests.labs.programs import WAIT_S, Program

HOST = "127.0.0.1"


def connect(port: int) -> socket.socket:
    return socket.create_connection((HOST, port), timeout=WAIT_S)


def read_until(sock: socket.socket, pattern: str) -> str:
    """Read until the text so far matches somewhere; fail with what came instead."""
    data = b""
    while not re.search(pattern, data.decode(errors="replace")):
        chunk = sock.recv(65536)
        assert chunk, f"expected {pattern!r}, got {data!r} and the end of the stream"
        data += chunk
    return data.decode(errors="replace")


def read_to_end(sock: socket.socket) -> bytes:
    data = b""
    while chunk := sock.recv(65536):
        data += chunk
    return data


def reset(port: int, data: bytes = b"") -> None:
    """Connect, perhaps send something, and vanish with RST instead of FIN."""
    with connect(port) as sock:
        sock.sendall(data)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


Peer = Callable[[Program, int, ExitStack], list[socket.socket]]


def _asks(request: str, answer: str) -> Peer:
    """A peer that sends a request and waits for its answer."""

    def peer(_server: Program, port: int, stack: ExitStack) -> list[socket.socket]:
        sock = stack.enter_context(connect(port))
        sock.sendall(request.encode())
        read_until(sock, answer)
        return [sock]

    return peer


def _talks(answer: str) -> Peer:
    """Two peers: what one says reaches the other."""

    def peer(_server: Program, port: int, stack: ExitStack) -> list[socket.socket]:
        listens = stack.enter_context(connect(port))
        talks = stack.enter_context(connect(port))
        data = b""
        listens.settimeout(0.5)
        deadline = time.monotonic() + WAIT_S
        talks.sendall("привет\n".encode())
        while not re.search(answer, data.decode(errors="replace")):
            assert time.monotonic() < deadline, f"expected {answer!r}, got {data!r}"
            try:
                chunk = listens.recv(65536)
            except TimeoutError:  # the server had not admitted the listener yet
                talks.sendall("привет\n".encode())
                continue
            assert chunk, f"expected {answer!r}, got {data!r} and the end of the stream"
            data += chunk
        listens.settimeout(WAIT_S)
        return [listens, talks]

    return peer


def _is_shown(request: str, shown: str) -> Peer:
    """A peer that gets no answer: the server shows what it sent."""

    def peer(server: Program, port: int, stack: ExitStack) -> list[socket.socket]:
        sock = stack.enter_context(connect(port))
        sock.sendall(request.encode())
        server.wait_for(shown)
        return [sock]

    return peer


STAMP = r"\d{4}\.\d\d\.\d\d \d\d:\d\d:\d\d"

TCP_PEERS: dict[str, Peer] = {
    "tcp/echo": _asks("эхо", r"^эхо$"),
    "tcp/trapezoid": _asks("3 5 4\n", r"^16\n$"),
    "tcp/transform": _asks("топот\n", r"(?s)топот.*ТОПОТ.*5"),
    "tcp/time": _asks("Анна\n", r"Анна, \d\d:\d\d:\d\d"),
    "tcp/socketserver": _asks("топот\n", r"(?s)топот.*ТОПОТ.*5"),
    "http/page": _asks("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", r"^HTTP/1\.[01] 200 "),
    "chat/threads": _talks(r"127\.0\.0\.1:\d+: привет\r?\n"),
    "chat/numbered": _talks(r"Клиент \d+: привет\r?\n"),
    "chat/log": _is_shown("свой\n", rf"{STAMP} \(127\.0\.0\.1:\d+\): свой\n"),
    "chat/login": _is_shown("Анна\nАнна: свой\n", rf"{STAMP} Анна: свой\n"),
}

UDP_PEERS: dict[str, tuple[str, str]] = {
    "udp/hello": ("Hello, server", r"^Hello, client$"),
    "udp/transform": ("топот", r"^топот\nтопот\nТОПОТ\n.*5\n?$"),
    "udp/time": ("Анна", r"^Анна, \d\d:\d\d:\d\d$"),
    "udp/time_with": ("Анна", r"^Анна, \d\d:\d\d:\d\d$"),
    "udp/socketserver": ("топот", r"^топот\nтопот\nТОПОТ\n.*5\n?$"),
}

# Options that make a server answer sooner than a person needs it.
QUICK = dict.fromkeys(("udp/time", "udp/time_with", "tcp/time"), ("--interval", "1"))


@contextmanager
def served(lab: str, server: Program, port: int) -> Iterator[list[socket.socket]]:
    """A fresh peer that was served as LABS.md says; its connections stay open meanwhile."""
    with ExitStack() as stack:
        yield TCP_PEERS[lab](server, port, stack)


def ask_by_datagram(lab: str, port: int) -> None:
    """A fresh UDP peer must get the answer that LABS.md promises."""
    request, expected = UDP_PEERS[lab]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(WAIT_S)
        sock.sendto(request.encode(), (HOST, port))
        answer = sock.recv(65536).decode()
    assert re.search(expected, answer), f"expected {expected!r}, got {answer!r}"
