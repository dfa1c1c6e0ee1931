"""A history of 16 MiB, and peers that ask and read nothing: bare sockets with a small window."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import time
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import msgspec

from backend.domain.visit import Hello
from tests.server import ROOM, Playground

MIB = 2**20
FAST: dict[str, Any] = {"trace_events_rate": 10**6}  # so that a history is soon full
EVENT = {
    "type": "call", "run": "", "call": "recv", "n": 1, "socket": 3, "transport": "tcp",
    "thread": "MainThread", "tid": 1, "bytes": 600, "data": "x" * 800,
}  # fmt: skip


async def fill_history(playground: Playground, size: int = 16 * MIB) -> None:
    """Let a program from outside tell events until the history is full."""
    hello = Hello(program="x.py", args=(), pid=1, t=time.monotonic())
    batch = json.dumps([{**EVENT, "t": time.monotonic()}] * 100)
    async with playground.connect("/ws/rooms/local/trace") as program:
        await program.send(msgspec.json.encode(hello).decode())
        await program.recv()
        for _ in range(size // len(batch) + 20):
            await program.send(batch)
        # Once a ping behind them is answered, they are taken.
        await (await program.ping())


@contextlib.contextmanager
def asking(playground: Playground, path: str, *, upgrade: bool = False) -> Iterator[socket.socket]:
    """Ask for something and read nothing."""
    lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{playground.port}"]
    if upgrade:
        key = b64encode(os.urandom(16)).decode()
        lines += ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"]
        lines += [f"Sec-WebSocket-Key: {key}"]
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.connect(("127.0.0.1", playground.port))
        sock.sendall("\r\n".join([*lines, "", ""]).encode())
        yield sock


DOWNLOADS = (f"{ROOM}/events?limit=100000", f"{ROOM}/recording")
VIEW = "/ws/rooms/local/events?after=0"
