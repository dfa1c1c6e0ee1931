"""A backend that is killed takes its labs along, whatever they do, and leaves nothing for ever."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import psutil
import pytest

from tests.labs.programs import WAIT_S
from tests.server import is_alive, serving, until


async def test_when_the_backend_is_killed_its_labs_die_within_a_second() -> None:
    with serving(runs_per_room=30, ends_with=-signal.SIGKILL) as playground:
        runs = await asyncio.gather(
            *(playground.start("tcp/echo") for _ in range(8)),
            *(playground.start("udp/echo") for _ in range(4)),
            *(playground.start("threads/sleeper", "demo") for _ in range(4)),
            *(playground.start("threads/stubborn", "demo") for _ in range(4)),
        )
        pids = {run["pid"] for run in runs}
        for run in runs:
            if run["lab"] == "threads/stubborn":
                pids |= {int(pid) for pid in (await playground.printed(run, "\n")).split()}
        assert len(pids) == 24
        assert all(map(is_alive, pids))
        os.kill(playground.program.pid, signal.SIGKILL)
        took_s = await until(
            lambda: not any(map(is_alive, pids)), within_s=1, what="all labs are gone"
        )
        print(f"20 labs were gone {took_s:.3f} s after their backend")


async def test_a_killed_backend_takes_along_what_is_busy_in_c_or_stopped_with_its_children(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with serving(ends_with=-signal.SIGKILL) as playground:
        pids = set()
        for lab, is_stopped in (("threads/busy", False), ("threads/stubborn", True)):
            for _ in range(2):
                run = await playground.start(lab, "demo")
                pids |= {int(pid) for pid in (await playground.printed(run, "\n")).split()}
                if is_stopped:
                    os.killpg(run["pid"], signal.SIGSTOP)
                else:
                    await playground.type(run, text="\n")
                    await burns_processor_time(run["pid"])
        assert len(pids) == 8
        assert all(map(is_alive, pids))
        os.kill(playground.program.pid, signal.SIGKILL)
        took_s = await until(
            lambda: not any(map(is_alive, pids)), within_s=1, what="all labs are gone"
        )
        print(f"labs that hear nothing were gone {took_s:.3f} s after their backend")
    assert len(list(tmp_path.glob("socketlab-*/run-*"))) == 4
    with serving() as playground:
        await until(lambda: not list(tmp_path.glob("socketlab-*")), within_s=5, what="cleared")
        await playground.start("threads/sleeper", "demo")
        assert len(list(tmp_path.glob("socketlab-*/run-*"))) == 1
    assert list(tmp_path.glob("socketlab-*")) == []


async def burns_processor_time(pid: int) -> None:
    """Wait until a program computes: until it has used more than reading a line takes."""
    process = psutil.Process(pid)
    begun_s = process.cpu_times().user
    await until(
        lambda: process.cpu_times().user > begun_s + 0.1, within_s=WAIT_S, what="it computes"
    )
