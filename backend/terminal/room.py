"""The calls of a traced program in a playground's page: they go there over a WebSocket."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

import msgspec
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from backend.domain.launch import StartOrder
from backend.domain.visit import Bye, Hello, Welcome

MESSAGE_LIMIT_BYTES = 65536  # of the one answer
BATCH_LIMIT_BYTES = 64 * 1024


class RoomSink:
    """Events as one more lifeline in a playground's page."""

    hears_output = True

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    def take(self, lines: list[bytes]) -> None:
        """Send events, in messages of a bounded size. Raises OSError when the room is gone."""
        for batch in batches(lines):
            self._send(b"[" + b",".join(batch) + b"]")

    def end(self, exit_status: int) -> None:
        """Say how the program ended."""
        self._send(msgspec.json.encode(Bye(exit_status=exit_status)))

    def _send(self, message: bytes) -> None:
        try:
            self._connection.send(message.decode())
        except WebSocketException as error:
            raise OSError(f"the room is gone: {error}") from error


def batches(lines: list[bytes]) -> Iterator[list[bytes]]:
    """Cut a list of lines where a message would become too large."""
    batch: list[bytes] = []
    size = 0
    for line in lines:
        if batch and size + len(line) > BATCH_LIMIT_BYTES:
            yield batch
            batch, size = [], 0
        batch.append(line)
        size += len(line)
    if batch:
        yield batch


@contextlib.contextmanager
def join_room(url: str, order: StartOrder) -> Iterator[RoomSink]:
    """Join a room by the address of its page, `http://127.0.0.1:8000/r/local`.

    By that of a lab's page, `…/r/local/labs/tcp/echo`, the program belongs to that lab.
    Raises OSError, with words, when there is no such room.
    """
    parts = urlsplit(url)
    segments = [segment for segment in parts.path.split("/") if segment]
    name = segments[1] if segments[:1] == ["r"] and len(segments) > 1 else "local"
    lab = "/".join(segments[3:5]) if segments[2:3] == ["labs"] else order.lab
    scheme = "wss" if parts.scheme == "https" else "ws"
    address = urlunsplit((scheme, parts.netloc, f"/ws/rooms/{name}/trace", "", ""))
    try:
        with connect(address, max_size=MESSAGE_LIMIT_BYTES, compression=None) as connection:
            hello = Hello(
                program=_as_text(order.program),
                lab=lab,
                args=tuple(_as_text(arg) for arg in order.args),
                pid=os.getpid(),
                t=time.monotonic(),
            )
            connection.send(msgspec.json.encode(hello).decode())
            msgspec.json.decode(connection.recv(timeout=5), type=Welcome)
            yield RoomSink(connection)
    except (WebSocketException, OSError, ValueError) as error:
        raise OSError(f"cannot join the room at {url}: {error}") from error


def _as_text(word: str) -> str:
    """Return a word of our command line as what it is in UTF-8, whatever our locale is."""
    return os.fsencode(word).decode("utf-8", "replace")
