"""Who gives little to a stream that others give to waits for its turn, but for nothing else."""

from __future__ import annotations

import socket
import struct
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest

from backend.tracing import places
from backend.tracing.kernel import has_room
from backend.tracing.places import Sending
from backend.tracing.sites import Thread
from backend.tracing.traces import Trace
from tests.labs.programs import WAIT_S

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells of its streams")


class Looks:
    """How often a call that waits for its turn has looked whether there is room, and an event."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        self.begun = threading.Event()
        monkeypatch.setattr(places, "_LOCK_S", 0.001)
        monkeypatch.setattr(places, "has_room", self._look)

    def _look(self, sock: Any, real: Any) -> bool:
        self.count += 1
        self.begun.set()
        return has_room(sock, real)


@pytest.fixture
def stream() -> Iterator[tuple[socket.socket, socket.socket]]:
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        socket.create_connection(listener.getsockname()) as client,
        listener.accept()[0] as conn,
    ):
        yield client, conn


@pytest.fixture
def asked() -> Iterator[Trace]:
    trace = Trace(1, "tcp", 2, lambda _: None, is_stream=True)
    places.ask_of_sending(trace)
    yield trace
    trace.holders = 0


def fill(client: socket.socket) -> None:
    """Give bytes until no more are taken, and none are on their way, which would leave room."""
    client.setblocking(False)
    deadline = time.monotonic() + WAIT_S
    is_full = False
    while not is_full:
        assert time.monotonic() < deadline, "the kernel takes more and more"
        with suppress(BlockingIOError):
            while True:
                client.send(bytes(65536))
        is_full = not on_their_way(client) and not has_room(client, socket.socket)


def on_their_way(client: socket.socket) -> int:
    """Return tcpi_unacked: how many segments the other end has not said that it has."""
    info = client.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104)
    segments: int = struct.unpack_from("=I", info, 24)[0]
    return segments


def test_a_call_waits_as_long_as_the_one_before_it_has_only_not_had_its_turn(
    monkeypatch: pytest.MonkeyPatch, stream: tuple[socket.socket, socket.socket], asked: Trace
) -> None:
    looks, client = Looks(monkeypatch), stream[0]
    monkeypatch.setattr(places, "_LOCK_LOOKS", 1_000_000)

    def send_two() -> tuple[int, int]:
        turn = Sending(asked, client, socket.socket, 2, Thread(2))
        client.send(b"bc")
        return turn.end(2)

    first = Sending(asked, client, socket.socket, 1, Thread(1))
    with ThreadPoolExecutor(1) as pool:
        second = pool.submit(send_two)
        assert looks.begun.wait(WAIT_S)
        client.send(b"a")
        assert first.end(1) == (0, 0)
        assert second.result(WAIT_S) == (1, 0)


def test_but_not_for_one_that_the_kernel_holds_up(
    monkeypatch: pytest.MonkeyPatch, stream: tuple[socket.socket, socket.socket], asked: Trace
) -> None:
    looks, client = Looks(monkeypatch), stream[0]
    fill(client)
    first = Sending(asked, client, socket.socket, 1, Thread(1))
    Sending(asked, client, socket.socket, 1, Thread(2)).fail(1)
    assert looks.count == 1
    first.fail(1)


def test_nor_again_for_one_that_does_not_come_back_nor_for_itself(
    monkeypatch: pytest.MonkeyPatch, stream: tuple[socket.socket, socket.socket], asked: Trace
) -> None:
    looks, client, thread = Looks(monkeypatch), stream[0], Thread(1)
    first = Sending(asked, client, socket.socket, 1, thread)
    Sending(asked, client, socket.socket, 1, thread).fail(1)  # within a handler of a signal
    assert looks.count == 0
    for number in (2, 3):
        Sending(asked, client, socket.socket, 1, Thread(number)).fail(1)
        assert looks.count == places._LOCK_LOOKS
    first.fail(1)
    last = Sending(asked, client, socket.socket, 1, thread)
    client.send(b"a")
    assert last.end(1) == (0, 0)
