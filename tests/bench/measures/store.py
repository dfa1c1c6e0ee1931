"""The history: events a second until they are on the disk, and a full one caught up with.

Beside the store stands SQLite with the same lines, a row for a thousand of them and durable after
each; beside catching up the same bytes over a bare socket.
"""

from __future__ import annotations

import json
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.load.audience import NEEDLE, Audience
from tests.bench.load.outsider import begin, call, told
from tests.bench.load.wires import PATIENCE_S, Wire, open_websocket
from tests.bench.playing import Asked, playing
from tests.bench.report.figures import Figure, Goal
from tests.bench.rounds import Contender, Plan, Sample, interleave

PART = "Store"
WRITTEN = 5000  # events in one go
PAYLOAD = 450  # bytes of a call, so that a full history has all its events and most of its bytes
FULL, FEW = 20_000, 5000  # of those that are caught up with; few where it has to go quickly
ROW = 1000
LOOK_S = 0.005
BARE_SQLITE, BARE_SOCKET = "bare SQLite", "bare socket"


def measure_store(plan: Plan, data: Path) -> Iterator[Figure]:
    """Fill a history, then look at all of it."""
    held = FEW if plan.is_quick else FULL
    with playing(plan, data=data, trace_events_rate=1_000_000) as asked:
        outsider = begin(asked.port)
        yield _writing(asked, outsider, data, plan)
        after = asked.last_seq()
        outsider.sock.sendall(told(0, held, PAYLOAD))
        _wait_for_seq(asked, after + held)
        yield _catching_up(asked, plan, after, held)
        outsider.close()


def _writing(asked: Asked, outsider: Wire, data: Path, plan: Plan) -> Figure:
    key = "store.written"
    numbers = range(WRITTEN)
    lines = [json.dumps({"seq": number, **call(number, PAYLOAD)}).encode() for number in numbers]
    message = told(0, WRITTEN, PAYLOAD)
    asked_db = sqlite3.connect(f"file:{data / 'socketlab.sqlite'}?mode=ro", uri=True)
    bare_db = sqlite3.connect(data / "bare.sqlite", isolation_level=None)
    bare_db.execute("PRAGMA journal_mode=WAL")
    bare_db.execute("PRAGMA synchronous=FULL")
    bare_db.execute("CREATE TABLE chunks (first INTEGER PRIMARY KEY, lines BLOB)")

    def ours() -> Sample:
        last = asked.last_seq() + WRITTEN
        began = time.perf_counter()
        outsider.sock.sendall(message)
        while _last_written(asked_db) < last:
            if time.perf_counter() - began > PATIENCE_S:
                raise TimeoutError(f"event {last} was not written in {PATIENCE_S} s")
            time.sleep(LOOK_S)
        return {key: WRITTEN / (time.perf_counter() - began)}

    def bare() -> Sample:
        began = time.perf_counter()
        for first in range(0, WRITTEN, ROW):
            row = b"\n".join(lines[first : first + ROW])
            bare_db.execute("INSERT INTO chunks (lines) VALUES (?)", (row,))
        return {key: WRITTEN / (time.perf_counter() - began)}

    contenders = [Contender("store", "ours", ours), Contender(BARE_SQLITE, "limit", bare)]
    series = interleave(contenders, plan.rounds)[key]
    asked_db.close()
    bare_db.close()
    return Figure(
        key=key,
        part=PART,
        title=f"{WRITTEN} events told at once, until all are on the disk",
        unit="events/s",
        better="more",
        series=series,
    )


def _last_written(database: sqlite3.Connection) -> int:
    (last,) = database.execute("SELECT max(last) FROM chunks WHERE room = 'local'").fetchone()
    return int(last or 0)


def _wait_for_seq(asked: Asked, seq: int) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while asked.last_seq() < seq:
        if time.monotonic() > deadline:
            raise TimeoutError(f"event {seq} was not taken in {PATIENCE_S} s")
        time.sleep(LOOK_S)


def _catching_up(asked: Asked, plan: Plan, after: int, held: int) -> Figure:
    key = f"store.caught_up.{held}"
    path = f"/api/rooms/local/events?after={after}&limit={held}"
    read = asked.read(path)
    held = read.count(NEEDLE)  # those that the history still has

    def ours() -> Sample:
        began = time.perf_counter()
        wire = open_websocket(asked.port, f"/ws/rooms/local/events?after={after}")
        audience = Audience([wire])
        with audience.looking() as ready:
            while not audience.have(held):
                if time.perf_counter() - began > PATIENCE_S:
                    raise TimeoutError(f"{held} events did not come in {PATIENCE_S} s")
                audience.take(ready, 1.0)
        took = time.perf_counter() - began
        wire.close()
        return {key: took}

    def over_http() -> Sample:
        began = time.perf_counter()
        asked.read(path)
        return {key: time.perf_counter() - began}

    contenders = [
        Contender("viewer", "ours", ours),
        Contender("over HTTP", "peer", over_http),
        Contender(BARE_SOCKET, "limit", lambda: {key: _pass_on(read)}),
    ]
    return Figure(
        key=key,
        part=PART,
        title=f"{held} events caught up with ({len(read) / 2**20:.0f} MiB)",
        unit="s",
        better="less",
        series=interleave(contenders, plan.rounds)[key],
        goal=None if plan.is_quick else Goal(bound=0.5),
    )


def _pass_on(data: bytes) -> float:
    """Pass bytes through a socket to a thread; return the seconds that it took."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        sending = threading.Thread(target=ours.sendall, args=[data])
        began, came = time.perf_counter(), 0
        sending.start()
        while came < len(data):
            came += len(theirs.recv(1 << 18))
        took = time.perf_counter() - began
        sending.join()
    return took
