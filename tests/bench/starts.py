"""Start labs through the API, forked and plainly, and print what a start costs.

Names: the numbers of labs that run already; 1, 20 and 100 if none is given. Processor time is that
of the playground with all its processes, for each start; memory is a lab's proportional set (PSS).
"""

from __future__ import annotations

import asyncio
import contextlib
import statistics
import sys
import time

import psutil

from tests.server import Playground, serving

STARTS = 11
LABS = (1, 20, 100)


def processor_s(playground: Playground) -> float:
    """Return what the playground and all that it started have used."""
    used = 0.0
    for process in (playground.process, *playground.process.children(recursive=True)):
        with contextlib.suppress(psutil.NoSuchProcess):
            used += sum(process.cpu_times()[:4])
    return used


async def measure(playground: Playground, running: int, pids: list[int]) -> str:
    """Let that many labs run, start some more, and say what it took."""
    while len(pids) < running:
        pids.append((await playground.start("tcp/echo"))["pid"])
    took, before = [], processor_s(playground)
    for _ in range(STARTS):
        began = time.monotonic()
        pids.append((await playground.start("tcp/echo"))["pid"])
        took.append(time.monotonic() - began)
    used = (processor_s(playground) - before) / STARTS
    held = statistics.mean(psutil.Process(pid).memory_full_info().pss for pid in pids)
    return (
        f"{running:4} labs: {statistics.median(took) * 1000:6.1f} ms, "
        f"{used * 1000:5.1f} ms of processor time, {held / 2**20:4.1f} MiB a lab"
    )


async def main() -> None:
    """Measure both forms, one after the other."""
    for is_forked in (False, True):
        print("forked" if is_forked else "plain")
        with serving(fork_server=is_forked, runs_per_room=500) as playground:
            pids: list[int] = []
            for running in map(int, sys.argv[1:] or LABS):
                print(await measure(playground, running, pids))


if __name__ == "__main__":
    asyncio.run(main())
