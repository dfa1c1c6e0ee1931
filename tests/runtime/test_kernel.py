"""What the kernel's tables say about sockets of other processes."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from backend.runtime import kernel
from backend.runtime.kernel import tcp_socket_is_held, udp_port_is_bound

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has these tables")


@contextmanager
def connected(host: str) -> Iterator[tuple[socket.socket, socket.socket]]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, 0), family=family) as listener:
        near = socket.create_connection(listener.getsockname()[:2])
        far, _ = listener.accept()
    with near, far:
        yield near, far


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_tcp_socket_is_held_until_its_owner_closes_it(host: str) -> None:
    with connected(host) as (near, far):
        here, there = near.getsockname()[:2], near.getpeername()[:2]
        assert tcp_socket_is_held(there, here) is True
        far.shutdown(socket.SHUT_WR)
        assert near.recv(1) == b""
        assert tcp_socket_is_held(there, here) is True
        far.close()
        assert tcp_socket_is_held(there, here) is False


def test_an_orphan_that_still_sends_is_not_held() -> None:
    with connected("127.0.0.1") as (near, far):
        here, there = near.getsockname(), near.getpeername()
        far.setblocking(False)
        with pytest.raises(BlockingIOError):
            send_on(far)
        far.close()
        assert tcp_socket_is_held(there, here) is False
        assert near.recv(1) == b"\0"


def send_on(sock: socket.socket) -> None:
    while True:
        sock.send(bytes(65536))


def test_a_socket_of_other_ends_does_not_count() -> None:
    with connected("127.0.0.1") as (near, _):
        host, port = near.getsockname()
        assert tcp_socket_is_held((host, port), (host, 1)) is False


@pytest.mark.parametrize(
    ("host", "asked", "bound"),
    [
        ("127.0.0.1", "127.0.0.1", True),
        ("0.0.0.0", "127.0.0.1", True),
        ("127.0.0.2", "127.0.0.1", False),
        ("::1", "::1", True),
        ("::", "::1", True),
        ("::", "127.0.0.1", True),
    ],
)
def test_a_udp_port_is_bound_where_datagrams_would_be_received(
    host: str, asked: str, bound: bool
) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        sock.bind((host, 0))
        port = sock.getsockname()[1]
        assert udp_port_is_bound((asked, port)) is bound
    assert udp_port_is_bound((asked, port)) is False


def test_where_there_are_no_tables_it_is_not_known(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(kernel, "_PROC", tmp_path)
    assert tcp_socket_is_held(("127.0.0.1", 1), ("127.0.0.1", 2)) is None
    assert udp_port_is_bound(("127.0.0.1", 1)) is None
