"""Runs and addresses for the tests of clients."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import AsyncIterator, Iterator

import pytest

from tests.server import Playground, Run
from tests.sweeps import in_the_soak

both_ways = pytest.mark.parametrize("way", ["websocket", "plain http"])
one_way = pytest.mark.parametrize("way", ["websocket", *in_the_soak("plain http")])  # takes long


@contextlib.asynccontextmanager
async def running(
    playground: Playground, lab: str, program: str = "server", *args: str
) -> AsyncIterator[Run]:
    run = await playground.start(lab, program, *args)
    try:
        yield run
    finally:
        await playground.stop(run)


@contextlib.contextmanager
def listening(kind: socket.SocketKind, port: int) -> Iterator[socket.socket]:
    """Be another program that takes the port of a lab that has ended."""
    with socket.socket(socket.AF_INET, kind) as sock:
        if kind == socket.SOCK_STREAM:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(("127.0.0.1", port))
        if kind == socket.SOCK_STREAM:
            sock.listen()
        sock.setblocking(False)
        yield sock
