"""Starting what ours is measured beside, each a process of its own."""

from __future__ import annotations

import contextlib
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.labs.programs import WAIT_S, Program

ENVIRONMENT = Path(sys.prefix, "bench")  # where `make bench` installs peers


@contextlib.contextmanager
def websockify(target: int) -> Iterator[int]:
    """Serve a WebSocket before a port; yield the port of the WebSocket."""
    program = ENVIRONMENT / "bin" / "websockify"
    if not program.exists():
        raise FileNotFoundError(f"there is no {program}: make bench installs it")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
    with Program(str(program), f"127.0.0.1:{port}", f"127.0.0.1:{target}"):
        _wait_for(port)
        yield port


@contextlib.contextmanager
def bare(kind: str, size: int) -> Iterator[int]:
    """Serve what does nothing but answer messages of a size; yield its port."""
    with Program(sys.executable, "-m", "tests.bench.peers.bare", kind, str(size)) as program:
        yield int(program.wait_for(r"(\d+)\n")[1])


@dataclass(frozen=True)
class Broadcast:
    """Who sends events on: the ports of viewers and of the feed."""

    pid: int
    port: int
    feed: int


@contextlib.contextmanager
def broadcasting(kind: str) -> Iterator[Broadcast]:
    """Let a program send events on to many."""
    with Program(sys.executable, "-m", "tests.bench.peers.broadcast", kind) as program:
        port, feed = map(int, program.wait_for(r"(\d+) (\d+)\n").groups())
        yield Broadcast(program.pid, port, feed)


def _wait_for(port: int) -> None:
    """Wait until somebody listens."""
    deadline = time.monotonic() + WAIT_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return
