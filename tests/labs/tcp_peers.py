"""The other end for the TCP and HTTP labs: bare sockets as a learner would write them."""

from __future__ import annotations

import contextlib
import shutil
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.labs.programs import WAIT_S, Program

HOST = "127.0.0.1"

needs_nc = pytest.mark.skipif(shutil.which("nc") is None, reason="nc is not installed")
needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")


def connect(port: int) -> socket.socket:
    """Connect to a lab's server; no call waits for ever."""
    return socket.create_connection((HOST, port), timeout=WAIT_S)


def address_of(sock: socket.socket) -> str:
    """Tell our own address as the labs print it."""
    host, port = sock.getsockname()
    return f"{host}:{port}"


def read_exactly(sock: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        chunk = sock.recv(size - len(data))
        assert chunk, f"expected {size} bytes, got {data!r} and the end of the stream"
        data += chunk
    return data


def read_line(sock: socket.socket) -> str:
    """Read one line, byte by byte, so that nothing of the next one is taken."""
    data = b""
    while not data.endswith(b"\n"):
        chunk = sock.recv(1)
        assert chunk, f"expected a line, got {data!r} and the end of the stream"
        data += chunk
    return data.decode().removesuffix("\n")


def read_to_end(sock: socket.socket) -> bytes:
    data = b""
    while chunk := sock.recv(65536):
        data += chunk
    return data


def read_to_any_end(sock: socket.socket) -> bytes:
    """Read up to FIN or RST: a server that closes over unread bytes sends RST."""
    data = b""
    with contextlib.suppress(ConnectionResetError):
        while chunk := sock.recv(65536):
            data += chunk
    return data


def ask(port: int, data: bytes) -> str:
    """Send bytes, half-close, return everything that comes back."""
    with connect(port) as sock:
        sock.sendall(data)
        sock.shutdown(socket.SHUT_WR)
        return read_to_end(sock).decode()


def was_reset(sock: socket.socket) -> bool:
    """Whether RST has come, even if every byte and FIN came before it."""
    return sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) != 0


def reset(sock: socket.socket) -> None:
    """Vanish with RST instead of FIN."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


@contextmanager
def stand_in_server() -> Iterator[tuple[socket.socket, int]]:
    """A listening socket of the test, for a client that is to meet an unusual server."""
    with socket.create_server((HOST, 0)) as listener:
        listener.settimeout(WAIT_S)
        yield listener, listener.getsockname()[1]


def accept(listener: socket.socket) -> socket.socket:
    conn, _address = listener.accept()
    conn.settimeout(WAIT_S)
    return conn


def wait_for_threads(program: Program, count: int) -> None:
    """Wait until a program has this many threads, as the kernel counts them."""
    tasks = Path(f"/proc/{program.pid}/task")
    deadline = time.monotonic() + WAIT_S
    while (found := len(list(tasks.iterdir()))) != count:
        assert time.monotonic() < deadline, f"expected {count} threads, got {found}"
        time.sleep(0.005)  # the kernel has no event for this


def assert_failed_with_one_line(client: Program) -> None:
    """A client that cannot go on says so in one line and ends with status 1."""
    assert client.finish() == 1
    (line,) = client.errors.splitlines()
    assert line.startswith("Нет связи с сервером 127.0.0.1:"), line


def assert_served_well(server: Program) -> None:
    """Nothing that happened may have hurt the server."""
    assert (server.stop(), server.errors) == (0, "")
    assert "Сервер остановлен\n" in server.output  # a thread may yet print after it
