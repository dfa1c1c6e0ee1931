"""What is told of threads and locks, picked out of a program's records."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from tests.tracing.runs import Record, traced

WAIT_UNTIL = """
import threading, time
def until(condition):
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > 20:
            raise TimeoutError
        time.sleep(0.001)
"""


def told(tmp_path: Path, text: str) -> list[Record]:
    """Run a program under the tracer; return what it told, after seeing that it ended well."""
    program = tmp_path / "program.py"
    program.write_text(WAIT_UNTIL + dedent(text))
    outcome, records = traced(program)
    assert (outcome.status, outcome.err) == (0, "")
    return sorted(records, key=lambda record: record["t"])


def syncs(records: list[Record], kind: str) -> list[Record]:
    return [r for r in records if r["type"] == "sync" and r["kind"] == kind]


def steps(records: list[Record]) -> list[tuple[str, str]]:
    return [(r["thread"], r["event"]) for r in records]


def tids(records: list[Record]) -> dict[str, int]:
    return {r["thread"]: r["tid"] for r in records}


def line_of(text: str, snippet: str) -> int:
    lines = (WAIT_UNTIL + dedent(text)).splitlines()
    return 1 + next(n for n, line in enumerate(lines) if snippet in line)
