"""The calls of a traced program as a table."""

from __future__ import annotations

import io
import json
import os

import pytest

from backend.terminal.table import Table


def test_the_table_shows_what_is_told_of_threads_and_of_what_is_missing() -> None:
    file = io.StringIO()
    table = Table(file)
    common = {"run": "r", "thread": "worker", "tid": 2, "file": "mine.py", "line": 7}
    events = [
        {"type": "thread", "t": 1.0, "event": "starts", "other": "helper", **common},
        {"type": "sync", "t": 1.5, "event": "released", "object": 3, "kind": "Semaphore", **common}
        | {"name": "room.seats", "value": 2},
        {"type": "dropped", "t": 2.0, "run": "r", "what": "calls", "count": 12, "bytes": 0},
        {"type": "call", "t": 2.5, "call": "recv", "n": 1, "phase": "enter", **common},
        {"type": "call", "t": 3.0, "call": "recv", "n": 1, "phase": "return", **common}
        | {"bytes": 3, "data": "YRti"},
        {"type": "thread", "t": 3.5, "event": "waits", "call": "inbox.get", **common},
        {"type": "thread", "t": 4.0, "event": "waited", "call": "inbox.get", **common}
        | {"error": "timeout"},
    ]
    table.take([json.dumps(event).encode() for event in events])
    table.end(0)
    rows = [" ".join(row.split()) for row in file.getvalue().splitlines()]
    assert rows[1:] == [
        "0.000000 worker mine.py:7 thread starts helper",
        "0.500000 worker mine.py:7 room.seats released 2",
        "1.000000 … 12 events were not recorded",
        "1.500000 worker mine.py:7 recv …",
        "2.000000 worker mine.py:7 recv 3 B a·b after 0.500 s",
        "2.500000 worker mine.py:7 thread waits inbox.get()",
        "3.000000 worker mine.py:7 thread waited inbox.get() timeout",
        "exit status 0",
    ]


def test_a_table_that_nobody_reads_any_more_raises_and_does_not_end_the_process() -> None:
    theirs, ours = os.pipe()
    os.close(theirs)
    file = io.TextIOWrapper(open(ours, "wb", buffering=0), write_through=True)  # noqa: SIM115
    with file, pytest.raises(BrokenPipeError):
        Table(file).end(0)
