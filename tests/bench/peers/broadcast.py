"""Programs that send a stream of events on to many viewers, as the playground does.

    python -m tests.bench.peers.broadcast websockets|sockets

Events come as lines over a connection that says `feed` first; each 50 ms what has come goes out to
all other connections, as one array. `websockets`: over WebSockets, by the library's own
broadcast(). `sockets`: the same bytes over bare sockets, by a loop that does nothing else.
"""

from __future__ import annotations

import asyncio
import contextlib
import select
import socket
import sys
import time
from collections.abc import Iterable
from typing import Any

from websockets.asyncio.server import ServerConnection, broadcast, serve

INTERVAL_S = 0.05
FEED = b"feed\n"


async def with_websockets() -> None:
    """Send on over WebSockets; the feed is a plain connection. Prints both ports."""
    viewers: set[ServerConnection] = set()
    lines: list[bytes] = []

    async def view(connection: ServerConnection) -> None:
        viewers.add(connection)
        await connection.wait_closed()
        viewers.discard(connection)

    async def feed(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        while line := await reader.readline():
            lines.append(line[:-1])

    async with (
        serve(view, "127.0.0.1", 0, compression=None, ping_interval=None) as server,
        await asyncio.start_server(feed, "127.0.0.1", 0) as feeding,
    ):
        print(_port(server.sockets), _port(feeding.sockets), flush=True)
        while True:
            await asyncio.sleep(INTERVAL_S)
            if lines:
                batch = b"[" + b",".join(lines) + b"]"
                lines.clear()
                broadcast(viewers, batch.decode())


def with_sockets() -> None:
    """Send on over bare sockets. Prints its port twice."""
    viewers: dict[int, socket.socket] = {}
    feeds: set[int] = set()
    unfed, due = b"", time.monotonic()
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as listener, select.epoll() as ready:
        port = _port([listener])
        print(port, port, flush=True)
        ready.register(listener.fileno(), select.EPOLLIN)
        while True:
            for number, _ in ready.poll(max(0.0, due - time.monotonic())):
                if number == listener.fileno():
                    connection, _ = listener.accept()
                    viewers[connection.fileno()] = connection
                    ready.register(connection.fileno(), select.EPOLLIN)
                elif data := viewers[number].recv(1 << 18):
                    feeds.add(number)
                    unfed += data.removeprefix(FEED)
                else:
                    feeds.discard(number)
                    ready.unregister(number)
                    viewers.pop(number).close()
            if time.monotonic() < due:
                continue
            due = time.monotonic() + INTERVAL_S
            whole, _, unfed = unfed.rpartition(b"\n")
            if whole:
                batch = b"[" + whole.replace(b"\n", b",") + b"]"
                for number in viewers.keys() - feeds:
                    with contextlib.suppress(ConnectionError):  # its end is still to be read
                        viewers[number].sendall(batch)


def _port(sockets: Iterable[Any]) -> int:
    (sock,) = sockets  # asyncio's are of another kind
    port: int = sock.getsockname()[1]
    return port


if __name__ == "__main__":
    if sys.argv[1] == "websockets":
        asyncio.run(with_websockets())
    else:
        with_sockets()
