"""A program that does more than anybody could follow: never blocked, what is missing is counted."""

from __future__ import annotations

import socket
from pathlib import Path
from textwrap import dedent

import pytest

from tests.tracing.runs import Outcome, Record, Traced, traced

ROUNDS = 50_000
PROGRAM = f"""
import socket
left, right = socket.socketpair()
for _ in range({ROUNDS}):
    left.send(b"x")
    right.recv(1)
print("done")
"""
# The wait at its end begins while nothing more is told, and goes on until somebody connects.
WAITS_AT_ITS_END = f"""
import socket
listener = socket.create_server(("127.0.0.1", 0))
{PROGRAM}
listener.accept()
"""
# The same calls by turns through the traced class and through the real one, on the same sockets: so
# whatever else the machine does hits both.
COST = f"""
import _socket, socket, statistics, time
left, right = socket.socketpair()
real, traced, ratios = _socket.socket, socket.socket, []
def spend(kind):
    send, recv = kind.send, kind.recv
    began = time.thread_time()
    for _ in range(500):
        send(left, b"x")
        recv(right, 1)
    return time.thread_time() - began
for _ in range({ROUNDS // 500}):
    ratios.append(spend(traced) / spend(real))
print(statistics.median(ratios))
"""
COST_LIMIT = 5.0  # as much processor time in the program's own thread; measured: 1.8


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
    assert len(told) + dropped == 2 * 2 * ROUNDS
    size = sum(r["bytes"] for r in records if r["type"] == "dropped")
    assert size > 0
    assert size + sum(r.get("bytes", 0) for r in told) == 2 * ROUNDS


def test_what_is_told_in_a_flood_is_told_in_whole_calls(tmp_path: Path) -> None:
    """Each call that is told as entered is told as returned: no thread seems to wait for ever."""
    path = tmp_path / "program.py"
    path.write_text(WAITS_AT_ITS_END)
    with Traced(path) as run:
        records = run.records(lambda r: (r.get("call"), r.get("phase")) == ("accept", "enter"))
        host, port = records[-1]["local"].split(":")
        with socket.create_connection((host, int(port))):
            records += run.records()
        assert run.outcome() == Outcome(0, "done\n", "")
    assert any(r["type"] == "dropped" for r in records)
    calls = [r for r in records if r["type"] == "call"]
    phases = {
        phase: {r["n"] for r in calls if r.get("phase") == phase} for phase in ("enter", "return")
    }
    assert phases["enter"] == phases["return"]
    assert {r["phase"] for r in calls if r["call"] == "accept"} == {"enter", "return"}


@pytest.mark.parametrize("somebody_reads", [True, False])
def test_the_program_is_never_blocked(program: Path, somebody_reads: bool) -> None:
    """It comes to its end by itself, also where the channel is full and stays so."""
    if somebody_reads:
        outcome = traced(program)[0]
    else:
        with Traced(program) as run:
            outcome = run.outcome()
    assert (outcome.status, outcome.out, outcome.err) == (0, "done\n", "")


def test_a_call_costs_little_more_in_a_flood(tmp_path: Path) -> None:
    path = tmp_path / "program.py"
    path.write_text(COST)
    outcome = traced(path)[0]
    assert (outcome.status, outcome.err) == (0, "")
    assert 1 < float(outcome.out) < COST_LIMIT
    print(f"a call costs {float(outcome.out):.2f} times as much")


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
