"""From the POST to a listening lab, and what a lab holds of the memory.

Beside it a Python from cold that runs the same program, and a bare fork that only listens.
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil

from tests.bench.playing import BENCH_LABS, Asked, playing
from tests.bench.report.figures import Figure, Goal, Series
from tests.bench.rounds import Contender, Plan, Sample, interleave
from tests.labs.programs import Program
from tests.server import Run

PART = "Start"
LAB = "tcp/echo"
FORKER = "tests.bench.peers.forker"
SERVER = BENCH_LABS / "tcp" / "echo" / "server.py"
COLD, FORK = "python from cold", "bare fork"
HELD = 5  # programs whose memory is looked at
AT_ONCE = 100
MIB = 2**20


def measure_starts(plan: Plan, data: Path) -> Iterator[Figure]:
    """Measure starts beside more and more labs that run already."""
    with playing(plan, data=data) as asked, Program(sys.executable, "-m", FORKER) as forker:
        runs = [asked.start(LAB)]
        with _held(forker) as peers:
            yield _times(asked, forker, plan, 1)
            for running in (20,) if plan.is_quick else (20, 200):
                runs += [asked.start(LAB) for _ in range(running - len(runs))]
                yield _times(asked, forker, plan, running)
                yield _memory(runs, peers)
        for run in runs:
            asked.stop(run)
        if not plan.is_quick:
            yield _many_at_once(asked, plan)


def _times(asked: Asked, forker: Program, plan: Plan, running: int) -> Figure:
    key = f"start.{running}"
    started: list[Run] = []

    def through_api() -> None:
        started.append(asked.start(LAB))

    def end_it() -> None:
        asked.stop(started.pop())

    contenders = [
        Contender("POST", "ours", _timed(key, through_api, end_it)),
        Contender(COLD, "peer", _timed(key, lambda: _start_cold().__exit__(), lambda: None)),
        Contender(FORK, "limit", _timed(key, lambda: _fork(forker), lambda: None)),
    ]
    return Figure(
        key=key,
        part=PART,
        title=f"from the POST to listening, {running} running",
        unit="ms",
        better="less",
        series=interleave(contenders, plan.rounds if plan.is_quick else 3 * plan.rounds)[key],
        goal=Goal(bound=8.0) if running == 200 else None,
    )


def _timed(
    key: str, start: Callable[[], object], end: Callable[[], object]
) -> Callable[[], Sample]:
    def measure() -> Sample:
        began = time.perf_counter()
        start()
        took = time.perf_counter() - began
        end()
        return {key: took * 1000}

    return measure


def _memory(runs: list[Run], peers: dict[str, list[int]]) -> Figure:
    """Look at what each process holds: each is a sample."""
    held = {"forked lab": [int(run["pid"]) for run in runs[-HELD:]], **peers}
    roles = {"forked lab": "ours", COLD: "peer", FORK: "limit"}
    series = [
        Series(name=name, role=roles[name], samples=tuple(map(_pss_mib, pids)))  # type: ignore[arg-type]  # literals
        for name, pids in held.items()
    ]
    return Figure(
        key=f"start.memory.{len(runs)}",
        part=PART,
        title=f"memory of a lab (PSS), {len(runs)} running",
        unit="MiB",
        better="less",
        series=tuple(series),
        goal=Goal(bound=1.5),
    )


def _many_at_once(asked: Asked, plan: Plan) -> Figure:
    key = "start.at_once"

    def measure() -> Sample:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            began = time.perf_counter()
            runs = list(pool.map(lambda _: _start_anew(asked), range(AT_ONCE)))
            took = time.perf_counter() - began
        for run in runs:
            asked.stop(run)
        return {key: took}

    return Figure(
        key=key,
        part=PART,
        title=f"{AT_ONCE} starts at the same time",
        unit="s",
        better="less",
        series=interleave([Contender("POST", "ours", measure)], min(plan.rounds, 3))[key],
        goal=Goal(bound=2.0),
    )


def _start_anew(asked: Asked) -> Run:
    """Start a lab over a connection of its own."""
    with contextlib.closing(Asked(asked.playground)) as own:
        return own.start(LAB)


@contextlib.contextmanager
def _held(forker: Program) -> Iterator[dict[str, list[int]]]:
    """Let some programs of each peer run; yield their process ids."""
    with contextlib.ExitStack() as stack:
        cold = [stack.enter_context(_start_cold()) for _ in range(HELD)]
        yield {COLD: [program.pid for program in cold], FORK: [_fork(forker) for _ in range(HELD)]}


def _start_cold() -> Program:
    """Start the program with a Python of its own; return it once it listens."""
    program = Program(sys.executable, str(SERVER), "--port", "0")
    program.wait_for("listening")
    return program


def _fork(forker: Program) -> int:
    """Let a child be forked; return its process id once it listens."""
    before = forker.output
    forker.type("\n")
    found = forker.wait_for(rf"\A{before}(\d+)\n")
    return int(found[1])


def _pss_mib(pid: int) -> float:
    """Return what a process holds, its part of what it shares included."""
    size: int = psutil.Process(pid).memory_full_info().pss
    return size / MIB
