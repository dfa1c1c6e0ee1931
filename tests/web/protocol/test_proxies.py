"""Whom a proxy speaks for counts where it is one of ours, and nowhere else."""

from __future__ import annotations

import json
import re
from contextlib import ExitStack

from tests.server import Playground, serving
from tests.web.protocol.raw import UPGRADE, Connection, connected

FULL = re.compile(r"(?:.*Connections are refused.*\n)*")
PROXY = '["127.0.0.1"]'


def speaks_for(connection: Connection, address: str) -> int:
    connection.ask("/healthz", f"X-Forwarded-For: {address}".encode())
    return connection.answer().status


def streams_for(connection: Connection, address: str) -> bytes:
    """Open a WebSocket that stays; return the first line of the answer."""
    said = f"X-Forwarded-For: {address}".encode()
    connection.ask("/ws/rooms/local/events", *UPGRADE.split(b"\r\n")[:-1], said)
    return connection.file.readline()


def open_lines(stack: ExitStack, playground: Playground, n: int) -> list[Connection]:
    return [stack.enter_context(connected(playground)) for _ in range(n)]


def test_connections_of_a_proxy_count_for_the_callers() -> None:
    with (
        serving(may_say=FULL, trusted_proxy=PROXY, connections_per_address=2) as playground,
        ExitStack() as stack,
    ):
        lines = open_lines(stack, playground, 6)
        for line in lines[:2]:
            assert streams_for(line, "192.0.2.1").startswith(b"HTTP/1.1 101 ")
        assert speaks_for(lines[2], "192.0.2.1") == 503
        assert streams_for(lines[3], "192.0.2.1").startswith(b"HTTP/1.1 503 ")
        for address in ("192.0.2.2", "192.0.2.3"):  # one line, one caller after the other
            assert speaks_for(lines[4], address) == 200
        assert streams_for(lines[5], "192.0.2.2").startswith(b"HTTP/1.1 101 ")


def test_what_a_stranger_says_of_the_caller_changes_nothing() -> None:
    with serving(may_say=FULL, connections_per_address=2) as playground, ExitStack() as stack:
        for number, line in enumerate(open_lines(stack, playground, 2)):
            assert streams_for(line, f"192.0.2.{number}").startswith(b"HTTP/1.1 101 ")
        (late,) = open_lines(stack, playground, 1)
        late.ask("/healthz", b"X-Forwarded-For: 192.0.2.9")
        answer = late.answer()
        assert answer.status == 503
        assert json.loads(answer.body)["error"]["code"] == "busy"
