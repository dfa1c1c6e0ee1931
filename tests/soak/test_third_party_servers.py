"""Servers that are modules do the same under `socketlab trace -m` as without, and are told truly.

They are gunicorn with two workers, and http.server; their client is outside, and knows every byte.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.ports import HOST, unused_port
from tests.soak import told
from tests.soak.test_third_party import FOLDER, SOCKETLAB
from tests.soak.tools import tool

pytestmark = pytest.mark.soak

WITHIN_S = 60
REQUESTS = 40
WORKERS = 2
# Time and process of a line of the log, which no two runs have in common.
STAMP = re.compile(r"\[\d{4}-[^]]+\] \[\d+\]|\[\d\d/\w+/\d{4} [\d:]+\]|pid: ?\d+|\(\d+\)")
DATE = re.compile(rb"(?<=\r\nDate: )[^\r]+")


@dataclass(frozen=True)
class Server:
    """A module, the words that it is started with, what its log says when it is ready, its end."""

    words: tuple[str, ...]
    ready: str
    stop: int
    is_ready_at: int = 1
    takes_bodies: bool = False


SERVERS = {
    "gunicorn": Server(
        ("gunicorn", "--workers", str(WORKERS), "--bind", f"{HOST}:PORT", "--chdir", str(FOLDER),
         "--no-control-socket", "wsgi_app:application"),
        "Booting worker", signal.SIGTERM, WORKERS, takes_bodies=True,
    ),
    "http.server": Server(
        ("http.server", "--bind", HOST, "PORT"), "Serving HTTP", signal.SIGINT
    ),
}  # fmt: skip


@dataclass
class Talk:
    """What a client sent and received, by its address."""

    sent: bytes
    received: bytes


def ask(port: int, number: int, *, posts: bool) -> tuple[str, Talk]:
    """Make one request on a connection of its own; return the client's address, and all of it."""
    body = f"text {number} ".encode() * 3000 if posts and number % 3 else b""
    path = f"/{number}" if number % 4 else "/lines.txt"
    head = f"{'POST' if body else 'GET'} {path} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n"
    sent = f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
    received = b""
    with socket.create_connection((HOST, port), timeout=WITHIN_S) as client:
        address = "{}:{}".format(*client.getsockname())
        client.sendall(sent)
        while data := client.recv(65536):
            received += data
    return address, Talk(sent, received)


def command(server: Server, port: int, trace: Path | None) -> list[str]:
    words = [word.replace("PORT", str(port)) for word in server.words]
    python = tool("python")
    if trace is None:
        return [python, "-m", *words]
    return [SOCKETLAB, "trace", "--json", "--output", str(trace), "--python", python, "-m", *words]


def served(
    server: Server, folder: Path, port: int, trace: Path | None
) -> tuple[int, str, dict[str, Talk]]:
    """Run a server; return its exit status, its log without stamps, and what its clients saw."""
    process = subprocess.Popen(
        command(server, port, trace),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=folder,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        start_new_session=True,
    )
    assert process.stdout is not None
    log: list[str] = []
    try:
        while sum(server.ready in line for line in log) < server.is_ready_at:
            log.append(process.stdout.readline())
            assert log[-1], log
        talks = dict(ask(port, number, posts=server.takes_bodies) for number in range(REQUESTS))
        os.killpg(process.pid, server.stop)
        rest, _ = process.communicate(timeout=WITHIN_S)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    # The signal goes to all, and the arbiter sees a worker end before it has told it to, or not.
    lines = [each for each in ("".join(log) + rest).splitlines() if "was sent SIG" not in each]
    return process.returncode, "\n".join(sorted(STAMP.sub("", line) for line in lines)), talks


@pytest.mark.parametrize("name", SERVERS)
def test_a_server_answers_and_ends_as_without_the_tracer(name: str, tmp_path: Path) -> None:
    server, port, trace = SERVERS[name], unused_port(), tmp_path / "trace.jsonl"
    site = tmp_path / "site"
    site.mkdir()
    (site / "lines.txt").write_text("a line of text\n" * 20_000)
    os.utime(site / "lines.txt", (1_700_000_000, 1_700_000_000))
    plain_status, plain_log, plain = served(server, site, port, None)
    status, log, talks = served(server, site, port, trace)
    assert (status, log) == (plain_status, plain_log)
    answers = [DATE.sub(b"", talk.received) for talk in talks.values()]
    assert answers == [DATE.sub(b"", talk.received) for talk in plain.values()]
    records, told_status = told.read(trace)
    assert told_status == status
    told.hold_counts(records)
    hold_talks(records, talks)
    workers = Counter(r.get("child") for r in told.calls(records) if "accepted" in r)
    assert workers.total() == REQUESTS
    assert len(workers) <= (WORKERS if name == "gunicorn" else 1)


def hold_talks(records: list[told.Record], talks: dict[str, Talk]) -> None:
    """Hold that each connection is told once: accepted, its bytes both ways, closed."""
    for address, talk in talks.items():
        mine = [r for r in told.calls(records) if r.get("peer") == address]
        (accepted,) = (record["accepted"] for record in mine if "accepted" in record)
        theirs = [r for r in told.calls(records) if r["socket"] == accepted]
        assert len({record.get("child") for record in theirs}) == 1
        told.hold_stream(theirs, told.SENDING, talk.received)
        told.hold_stream(theirs, told.TAKING, talk.sent)
        assert sum(r["call"] == "close" and "held" not in r for r in theirs) == 1
