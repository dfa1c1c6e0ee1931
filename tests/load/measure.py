"""What a load costs and how late things come: percentiles, processor time, memory."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import psutil

MIB = 2**20
LAG_LOOK_S = 0.01


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the value below which so many percent of the values are."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


@dataclass
class Cost:
    """What the server and we ourselves spent in a time; shares are of one core."""

    took_s: float = 0.0
    server_share: float = 0.0
    labs_share: float = 0.0
    own_share: float = 0.0
    server_mib: float = 0.0  # at the end
    server_grew_mib: float = 0.0
    labs_mib: float = 0.0  # their part of what they share (PSS)
    lags_ms: list[float] = field(default_factory=list)  # of our own event loop
    machine_load: float = 0.0  # processes that wanted to run at the end, ours among them

    def __str__(self) -> str:
        return (
            f"server {self.server_share:.0%} of a core, {self.server_mib:.0f} MiB "
            f"(+{self.server_grew_mib:.1f}); labs {self.labs_share:.0%}, {self.labs_mib:.0f} MiB; "
            f"the load itself {self.own_share:.0%} "
            f"(its loop late by {percentile(self.lags_ms, 99):.0f} ms at p99); "
            f"machine's load {self.machine_load:.1f}"
        )


def cpu_s(process: psutil.Process) -> float:
    """Return the processor time of a process so far."""
    times = process.cpu_times()
    spent: float = times.user + times.system
    return spent


def labs_cpu_s(process: psutil.Process) -> float:
    """Return the processor time of the living programs below a process."""
    total = 0.0
    for child in process.children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            total += cpu_s(child)
    return total


def labs_bytes(process: psutil.Process) -> int:
    """Return the memory of the programs below a process; 0 where the system does not tell."""
    total = 0
    for child in process.children(recursive=True):
        with contextlib.suppress(psutil.Error):
            total += getattr(child.memory_full_info(), "pss", 0)
    return total


@contextlib.asynccontextmanager
async def measuring(server: psutil.Process) -> AsyncIterator[Cost]:
    """Measure what is spent while the block runs; the cost is complete after it."""
    cost = Cost()
    own = psutil.Process()
    looking = asyncio.create_task(_note_lag(cost.lags_ms))
    before = (time.monotonic(), cpu_s(server), labs_cpu_s(server), cpu_s(own))
    rss = server.memory_info().rss
    try:
        yield cost
    finally:
        looking.cancel()
        after = (time.monotonic(), cpu_s(server), labs_cpu_s(server), cpu_s(own))
        cost.took_s, spent, labs, ours = (b - a for a, b in zip(before, after, strict=True))
        cost.server_share = spent / cost.took_s
        cost.labs_share = labs / cost.took_s
        cost.own_share = ours / cost.took_s
        cost.server_mib = server.memory_info().rss / MIB
        cost.server_grew_mib = cost.server_mib - rss / MIB
        cost.labs_mib = labs_bytes(server) / MIB
        cost.machine_load = os.getloadavg()[0]


async def _note_lag(lags_ms: list[float]) -> None:
    while True:
        began = time.monotonic()
        await asyncio.sleep(LAG_LOOK_S)
        lags_ms.append((time.monotonic() - began - LAG_LOOK_S) * 1000)
