"""`socketlab trace`: a program of one's own under the tracer, its calls in the terminal.

The program runs here, as whoever runs it, with this terminal as its own. Its calls are a table on
standard error, a row as each happens, so that what the program itself prints stays apart; with
`--json` they are JSON lines. With a room they go to a playground's page as well.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
from base64 import b64decode
from collections.abc import Iterator, Sequence
from typing import Any, Protocol, TextIO
from urllib.parse import urlsplit, urlunsplit

import msgspec
from rich.console import Console
from rich.text import Text
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from backend.domain.launch import StartOrder
from backend.domain.visit import Bye, Hello, Welcome
from backend.runtime.processes.launcher import Launcher

READ_BYTES = 65536
BATCH_LIMIT_BYTES = 64 * 1024
PREVIEW_CHARACTERS = 48
RUN = "trace"
_COLOURS = {"sync": "magenta", "thread": "magenta", "dropped": "yellow"}


class Sink(Protocol):
    """Where the events of a traced program go."""

    def take(self, lines: list[bytes]) -> None:
        """Take events, each one JSON object."""

    def end(self, exit_status: int) -> None:
        """Take note that the program has ended."""


class Table:
    """Rows in colour: time, thread, line, call, ends, what came of it."""

    def __init__(self, file: TextIO) -> None:
        self._console = Console(file=file, highlight=False, soft_wrap=True)
        self._began: float | None = None
        self._entered: dict[int, float] = {}
        self._row("bold", "time", "thread", "line", "call", "local → peer", "result")

    def take(self, lines: list[bytes]) -> None:
        """Show events; a call that returns is one row, one that waits long is two."""
        for line in lines:
            self._show(json.loads(line))

    def end(self, exit_status: int) -> None:
        """Say how the program ended."""
        self._console.print(Text(f"exit status {exit_status}", style="bold"))

    def _show(self, event: dict[str, Any]) -> None:
        at = event["t"]
        if self._began is None:
            self._began = at
        kind = event["type"]
        place = f"{event['file']}:{event['line']}" if "file" in event else ""
        began = f"{at - self._began:.6f}"
        if kind == "dropped":
            self._row("yellow", began, "", "", "…", "", f"{event['count']} events were not told")
        elif kind == "call":
            style = "red" if "error" in event else ""
            if event.get("phase") == "enter":
                self._entered[event["n"]] = at
                style = "dim"
            peer = f"→ {event['peer']}" if "peer" in event else ""
            ends = f"{event.get('local', '')} {peer}".strip()
            self._row(
                style, began, event["thread"], place, event["call"], ends, self._result(event)
            )
        else:
            what = f"{event['kind']} {event['object']}" if kind == "sync" else "thread"
            more = event.get("other") or ("" if "value" not in event else str(event["value"]))
            self._row(
                "magenta", began, event["thread"], place, what, "", f"{event['event']} {more}"
            )

    def _result(self, event: dict[str, Any]) -> str:
        if event.get("phase") == "enter":
            return "…"
        parts = []
        if "error" in event:
            parts.append(event["error"])
        if "bytes" in event:
            text = b64decode(event["data"]).decode("utf-8", "replace")
            preview = "".join(c if c.isprintable() else "·" for c in text[:PREVIEW_CHARACTERS])
            parts.append(f"{event['bytes']} B  {preview}")
        parts += [
            f"{name} {event[name]}"
            for name in ("accepted", "backlog", "how", "option", "value", "held")
            if name in event
        ]
        entered = self._entered.pop(event["n"], None)
        if entered is not None and event["t"] - entered >= 0.001:
            parts.append(f"after {event['t'] - entered:.3f} s")
        return "  ".join(parts)

    def _row(self, style: str, *cells: str) -> None:
        widths = (11, 14, 20, 12, 34, 0)
        text = " ".join(
            cell.ljust(width) for cell, width in zip(cells, widths, strict=True)
        ).rstrip()
        self._console.print(Text(text, style=style))


class JsonLines:
    """Events as they are, a line each."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def take(self, lines: list[bytes]) -> None:
        """Write events."""
        self._file.write(b"".join(line + b"\n" for line in lines).decode())
        self._file.flush()

    def end(self, exit_status: int) -> None:
        """Write how the program ended."""
        self._file.write(json.dumps({"type": "exit", "exit_status": exit_status}) + "\n")
        self._file.flush()


class RoomSink:
    """Events as one more lifeline in a playground's page."""

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
def room(url: str, order: StartOrder) -> Iterator[RoomSink]:
    """Join a room by the address of its page, `http://127.0.0.1:8000/r/local`.

    Raises OSError, with words, when there is no such room.
    """
    parts = urlsplit(url)
    segments = [segment for segment in parts.path.split("/") if segment]
    name = segments[1] if segments[:1] == ["r"] and len(segments) > 1 else "local"
    scheme = "wss" if parts.scheme == "https" else "ws"
    address = urlunsplit((scheme, parts.netloc, f"/ws/rooms/{name}/trace", "", ""))
    try:
        with connect(address, max_size=READ_BYTES, compression=None) as connection:
            hello = Hello(
                program=order.program, args=order.args, pid=os.getpid(), t=time.monotonic()
            )
            connection.send(msgspec.json.encode(hello).decode())
            msgspec.json.decode(connection.recv(timeout=5), type=Welcome)
            yield RoomSink(connection)
    except (WebSocketException, OSError, ValueError) as error:
        raise OSError(f"cannot join the room at {url}: {error}") from error


def trace(order: StartOrder, sinks: Sequence[Sink], launcher: Launcher) -> int:
    """Run a program under the tracer to its end; return its exit status.

    A sink that fails is told of once and left out from then on: the program goes on. Raises
    OSError when there can be no process.
    """
    # Ctrl+C is for the program, which the terminal sends it to as well.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return asyncio.run(_trace(order, list(sinks), launcher))


async def _trace(order: StartOrder, sinks: list[Sink], launcher: Launcher) -> int:
    loop = asyncio.get_running_loop()
    process = await launcher.start(order, run=RUN)
    with contextlib.closing(process):
        loop.add_signal_handler(signal.SIGTERM, process.signal_group, signal.SIGTERM)
        rest = b""
        while data := await loop.sock_recv(process.trace, READ_BYTES):
            *lines, rest = (rest + data).split(b"\n")
            _hand_out(sinks, lines)
        await process.ended()
        exit_status = await process.reap()
    for sink in sinks:
        with contextlib.suppress(OSError):
            sink.end(exit_status)
    return exit_status


def _hand_out(sinks: list[Sink], lines: list[bytes]) -> None:
    for sink in list(sinks):
        try:
            sink.take(lines)
        except OSError as error:
            sinks.remove(sink)
            print(f"socketlab trace: {error}", file=sys.stderr)
