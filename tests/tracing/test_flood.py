"""A program that does more than anybody could follow: never blocked, what is missing is counted."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from tests.tracing.runs import Record, Traced, traced, untraced

ROUNDS = 50_000
PROGRAM = f"""
import socket, time
left, right = socket.socketpair()
began, longest = time.thread_time(), 0.0
for _ in range({ROUNDS}):
    before = time.thread_time()
    left.send(b"x")
    right.recv(1)
    longest = max(longest, time.thread_time() - before)
print(time.thread_time() - began, longest)
right.settimeout(0.05)
try:
    right.recv(1)
except TimeoutError:
    pass
"""
COST_LIMIT = 5.0  # as much processor time in the program's own thread; measured: 2


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "program.py"
    path.write_text(dedent(PROGRAM))
    return path


def told_of(records: list[Record]) -> list[Record]:
    return [r for r in records if r["type"] == "call" and r["call"] in ("send", "recv")]


def test_every_call_is_told_or_counted(program: Path) -> None:
    outcome, records = traced(program)
    assert (outcome.status, outcome.err) == (0, "")
    told = told_of(records)
    dropped = sum(r["count"] for r in records if r["type"] == "dropped")
    assert dropped > 0
    assert len({(r["n"], r["phase"]) for r in told}) == len(told)
    assert len(told) + dropped == 2 * (2 * ROUNDS + 1)


def test_what_is_told_in_a_flood_is_told_in_whole_calls(program: Path) -> None:
    """Each call that is told as entered is told as returned: no thread seems to wait for ever."""
    told = told_of(traced(program)[1])
    phases = {phase: {r["n"] for r in told if r["phase"] == phase} for phase in ("enter", "return")}
    assert phases["enter"] == phases["return"]
    last = max(told, key=lambda record: record["t"])
    assert (last["call"], last["error"]) == ("recv", "timeout")


@pytest.mark.parametrize("somebody_reads", [True, False])
def test_the_program_is_never_blocked(program: Path, somebody_reads: bool) -> None:
    if somebody_reads:
        outcome = traced(program)[0]
    else:
        with Traced(program) as run:
            outcome = run.outcome()
    assert (outcome.status, outcome.err) == (0, "")
    spent, longest = map(float, outcome.out.split())
    untraced_spent = float(untraced(program).out.split()[0])
    assert longest < 0.1
    assert spent < COST_LIMIT * untraced_spent
    print(f"{2 * ROUNDS} calls: {untraced_spent:.3f} s untraced, {spent:.3f} s traced")


def test_a_program_that_makes_sockets_without_end_is_bounded_too(tmp_path: Path) -> None:
    """Calls that matter more have a reserve, and no more than that."""
    count = 30_000
    path = tmp_path / "program.py"
    path.write_text(f"import socket\nfor _ in range({count}):\n    socket.socket().close()\n")
    outcome, records = traced(path)
    assert (outcome.status, outcome.err) == (0, "")
    told = [r for r in records if r["type"] == "call"]
    dropped = sum(r["count"] for r in records if r["type"] == "dropped")
    assert dropped > 0
    assert len(told) + dropped == 2 * count
