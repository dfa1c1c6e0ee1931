"""Programs that do their worst are held to their bounds, told so, and end as any other."""

from __future__ import annotations

import asyncio
import os
import re
import resource
import signal
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from backend.domain.events import RunCrashed, RunSlowed
from backend.domain.launch import StartOrder
from backend.domain.run_state import RunState
from backend.runtime.processes import governor, proc
from backend.settings import Settings
from tests.labs.programs import WAIT_S
from tests.launching import make_launcher
from tests.runtime.stage import Stage, staged, tag_of
from tests.server import is_alive
from tests.sweeps import in_the_soak

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only Linux tells what the governor needs"
)

BUSY = "print('begun')\nwhile True: pass"
THREADS_BUSY = """
    import threading
    def spin():
        while True: sum(range(100))
    for _ in range(7): threading.Thread(target=spin, daemon=True).start()
    spin()
"""
CHILDREN_BUSY = """
    import os, sys
    print('begun')
    for _ in range(7):
        if os.fork() == 0:
            if '--apart' in sys.argv: os.setpgid(0, 0)
            break
    while True: pass
"""


def slow(share: float) -> dict[str, Any]:
    """Return settings by which a program is soon slowed, also on a machine that has much to do."""
    return {"run_processor_share": share, "run_processor_burst_s": 0.05, "run_nice": 0}


def bound(tmp_path: Path, source: str, *args: str, **settings: Any) -> Any:
    """Return a stage whose program has the bounds of these settings."""
    launcher = make_launcher(bounds=Settings(bounded=True, **settings).program_bounds)
    return staged(tmp_path, source, *args, program="demo", launcher=launcher, **settings)


async def told(stage: Stage, tag: str) -> None:
    """Wait until the run has told this."""
    async with asyncio.timeout(WAIT_S):
        while tag not in map(tag_of, stage.events):
            await asyncio.sleep(0.01)


def session_of(stage: Stage) -> list[proc.Stat]:
    """Return all processes of a run that are there now."""
    stats = [stat for pid in proc.pids() if (stat := proc.stat(pid)) is not None]
    return [stat for stat in stats if stat.session == stage.run.life.pid]


async def all_gone(stage: Stage) -> None:
    """Wait until nothing of a run is left: who was killed still has to have a turn, to end.

    A zombie has no memory any more.
    """
    async with asyncio.timeout(WAIT_S):
        while [stat for stat in session_of(stage) if stat.memory_bytes]:
            await asyncio.sleep(0.01)


def processor_s(stage: Stage) -> float:
    """Return what a run has used so far."""
    return sum(stat.processor_s for stat in session_of(stage))


@pytest.mark.parametrize(
    ("source", "args"),
    [
        (BUSY, ()),
        (CHILDREN_BUSY, ("--apart",)),
        pytest.param(THREADS_BUSY, (), marks=pytest.mark.soak),
        pytest.param(CHILDREN_BUSY, (), marks=pytest.mark.soak),
    ],
    ids=["loop", "children apart", "threads", "children"],
)
async def test_a_program_that_never_waits_has_its_share_and_no_more(
    tmp_path: Path, source: str, args: tuple[str, ...]
) -> None:
    share, watched_s = 0.04, 4.0
    async with bound(tmp_path, source, *args, **slow(share)) as stage:
        await stage.run.start()
        await told(stage, "run.slowed")
        before_s, then = processor_s(stage), time.monotonic()
        async with asyncio.timeout(WAIT_S):
            used_s = passed_s = 0.0
            while passed_s < watched_s or not used_s:  # how long depends on what it owes
                await asyncio.sleep(0.1)
                used_s, passed_s = processor_s(stage) - before_s, time.monotonic() - then
        # What it uses from one look to the next, perhaps on all processors, is paid for afterwards.
        assert used_s <= share * passed_s + 0.3
    assert stage.run.life.state is RunState.EXITED
    await all_gone(stage)


@pytest.mark.parametrize("source", [CHILDREN_BUSY, *in_the_soak(BUSY)], ids=["children", "loop"])
async def test_a_program_that_is_slowed_is_stopped_as_quickly_as_any_other(
    tmp_path: Path, source: str
) -> None:
    bounds = slow(0.01) | {"run_processor_burst_s": 2.0}  # enough to begin: Python, the tracer
    async with bound(tmp_path, source, **bounds, stop_int_s=WAIT_S) as stage:
        await stage.run.start()
        await told(stage, "output")
        await told(stage, "run.slowed")
        await stage.run.stop()
        assert stage.run.life.exit_status == -signal.SIGINT
        assert stage.run.life.pid is not None
        assert not is_alive(stage.run.life.pid)


async def test_a_program_that_waits_again_is_slowed_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(governor, "RELIEVED_S", 0.5)
    source = """
        import signal, time
        while time.process_time() < 0.3: pass
        signal.pause()
    """
    async with bound(tmp_path, source, **slow(0.04)) as stage:
        await stage.run.start()
        async with asyncio.timeout(WAIT_S):
            while len(slowings := [e for e in stage.events if isinstance(e, RunSlowed)]) < 2:
                await asyncio.sleep(0.05)
        assert [each.slowed for each in slowings] == [True, False]


TASKS = "threads and processes, 60 are allowed"
MEMORY = "MiB of memory, 64 are allowed"
TOO_MUCH = {
    "fork bomb": ("import os\nwhile True: os.fork()", {"run_tasks_limit": 60}, TASKS),
    "threads": (
        "import threading, time\n"
        "while True: threading.Thread(target=time.sleep, args=(99,), daemon=True).start()",
        {"run_tasks_limit": 60},
        TASKS,
    ),
    "memory": (
        "kept = []\nwhile True: kept.append(b'x' * 1_000_000)",
        {"run_memory_bytes": 64 * 2**20},
        MEMORY,
    ),
    "memory of children": (
        "import os, time\nkept = b'x' * 20_000_000\n"
        "for _ in range(8):\n    if os.fork() == 0: break\n"
        "time.sleep(99)",
        {"run_memory_bytes": 64 * 2**20},
        MEMORY,
    ),
}


@pytest.mark.parametrize(("source", "own", "words"), TOO_MUCH.values(), ids=TOO_MUCH)
async def test_a_program_that_wants_too_much_is_ended_with_all_that_it_started_and_told_why(
    tmp_path: Path, source: str, own: dict[str, Any], words: str
) -> None:
    plenty = {"run_tasks_limit": 10_000, "run_memory_bytes": 2**40, "run_data_bytes": 2**40}
    async with bound(tmp_path, source, **{**plenty, **own}) as stage:
        await stage.run.start()
        await stage.ended()
        crashed = stage.events[-1]
        assert isinstance(crashed, RunCrashed)
        assert crashed.error.code == "excess"
        assert re.search(rf"^The playground ended it: it had \d+ {words}", crashed.error.message)
        await all_gone(stage)


async def test_files_and_their_size_are_bound_and_the_program_is_told_by_the_kernel(
    tmp_path: Path,
) -> None:
    source = """
        import os, sys
        try:
            with open('big', 'wb') as file: file.write(b'x' * 2_000_000)
        except OSError as error: print(error.strerror, os.path.getsize('big'))
        kept = []
        try:
            while True: kept.append(open(os.devnull))
        except OSError as error: print(error.strerror)
        print(290 < len(kept) < 300, 'resource' in sys.modules)
        del kept
        print(os.nice(0) - int(sys.argv[1]))
    """
    own: dict[str, Any] = {"run_files_limit": 300, "run_file_bytes": 10**6, "run_nice": 3}
    async with bound(tmp_path, source, str(os.nice(0)), **own) as stage:
        await stage.run.start()
        await stage.ended()
        text = "".join(getattr(each, "text", "") for each in stage.events)
        assert text.splitlines() == [
            "File too large 1000000",
            "Too many open files",
            "True False",
            "3",
        ]


async def test_without_bounds_a_program_has_what_we_have(tmp_path: Path) -> None:
    source = """
        import os, resource
        print(os.nice(0), *(resource.getrlimit(each) for each in range(8)), sep='|')
    """
    assert Settings().program_bounds is None
    async with staged(tmp_path, source, program="demo") as stage:
        await stage.run.start()
        await stage.ended()
        text = "".join(getattr(each, "text", "") for each in stage.events)
        ours = (os.nice(0), *(resource.getrlimit(each) for each in range(8)))
        assert text.strip() == "|".join(map(str, ours))


async def test_many_that_are_busy_have_no_more_together_than_is_for_all(tmp_path: Path) -> None:
    """Each is within what it may use in one go; together they are not."""
    settings = Settings(
        bounded=True, run_nice=0, run_processor_burst_s=0.2, runs_processor_share=0.04
    )
    launcher = make_launcher(bounds=settings.program_bounds)
    path = tmp_path / "busy.py"
    path.write_text(BUSY)
    order = StartOrder(lab="", program="busy.py", path=path)
    processes = [await launcher.start(order, run=f"r{number}") for number in range(8)]

    def used_s() -> float:
        stats = [proc.stat(process.pid) for process in processes]
        return sum(stat.processor_s for stat in stats if stat is not None)

    try:
        async with asyncio.timeout(WAIT_S):
            while used_s() < 0.8:  # four bursts
                await asyncio.sleep(0.05)
        before_s, then = used_s(), time.monotonic()
        await asyncio.sleep(3.0)
        allowed = 0.04 * (os.cpu_count() or 1) * (time.monotonic() - then)
        assert used_s() - before_s <= allowed + 0.6
    finally:
        for process in processes:
            await process.reap()
            process.close()
        launcher.close()
