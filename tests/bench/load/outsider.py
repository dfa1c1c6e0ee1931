"""A program from outside that tells calls, as many as one wants and as fast as they are taken."""

from __future__ import annotations

import base64
import json
import time

from tests.bench.load.frames import TEXT, client_frame
from tests.bench.load.wires import Wire, open_websocket

MESSAGE_BYTES = 100_000  # of a message of a tracer, which has a limit


def begin(port: int) -> Wire:
    """Be a program from outside; return its connection."""
    wire = open_websocket(port, "/ws/rooms/local/trace")
    hello = {"program": "bench.py", "args": [], "pid": 1, "t": time.monotonic()}
    wire.sock.sendall(client_frame(json.dumps(hello).encode(), TEXT))
    wire.receive()
    return wire


def call(number: int, payload: int = 0) -> dict[str, object]:
    """Return a call as a tracer tells it, with so many bytes that it has moved."""
    fields = {"type": "call", "t": time.monotonic(), "run": "trace", "call": "recv", "n": number}
    told = {**fields, "socket": 1, "transport": "tcp", "thread": "main", "tid": 1, "bytes": 64}
    if payload:
        told["data"] = base64.b64encode(bytes(payload)).decode()
    return told


def told(first: int, count: int, payload: int = 0) -> bytes:
    """Return calls as messages of a tracer."""
    piece = MESSAGE_BYTES // (250 + 2 * payload)
    messages = []
    for start in range(first, first + count, piece):
        numbers = range(start, min(start + piece, first + count))
        text = json.dumps([call(number, payload) for number in numbers])
        messages.append(client_frame(text.encode(), TEXT))
    return b"".join(messages)
