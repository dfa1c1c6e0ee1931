"""Tells the tasks of an event loop of asyncio, each with a lane of its own: who waits, and in what.

Nothing is put between the loop and its tasks. Each time that the loop has nothing to do for a while
(SETTLE_NS of channel.py), the writer looks which tasks there are and what each of them waits for;
what has changed since its look before has happened when the loop woke up last. So a task that did
not wait between two such looks is told when it next does.
"""

from __future__ import annotations

import sys
import time
import weakref
from collections.abc import Callable
from types import CoroutineType, FrameType, GeneratorType
from typing import Any

from backend.tracing.arguments import attempt
from backend.tracing.naming import awaited_path
from backend.tracing.notes import compact
from backend.tracing.sites import NOWHERE, Sites, Thread, told_name

TASKS_LIMIT = 200  # followed at a time, of one loop; of more nothing is told
DEPTH_LIMIT = 100  # coroutines that await each other
LONG_NS = 2_000_000  # of processor time: a look that takes longer is not made often:
PAUSES = 50  # it pauses as many times as long

_monotonic_ns = time.monotonic_ns
_thread_time_ns = time.thread_time_ns


def running_loop() -> Any:
    """Return the event loop of asyncio that runs in this thread; None: there is none."""
    get = getattr(sys.modules.get("asyncio.events"), "_get_running_loop", None)
    return None if get is None else attempt(get)


class _Lane:
    """A task that is followed; `future` returns what it waits for."""

    __slots__ = ("future", "task", "thread", "waits")

    def __init__(self, task: Any, name: str) -> None:
        self.task = _reference(task)
        self.thread = Thread.with_name(name)
        self.future: Callable[[], Any] = _nothing
        self.waits = ""  # what its wait is, and where, as JSON


class Tasks:
    """The tasks of one loop. `woke_ns` is when the loop last woke up, in ns."""

    def __init__(self, loop: Any, sites: Sites) -> None:
        self.loop = _reference(loop)
        self.woke_ns = 0
        self._sites = sites
        self._lanes: dict[int, _Lane] = {}  # by id of the task
        self._lines: list[str] = []
        self._not_before_ns = 0
        self._head = ""

    def look(self, run: str, idle_ns: int) -> list[str]:
        """Return what is to be told now, when the loop is idle since then; `run` is JSON."""
        began = _thread_time_ns()
        if idle_ns < self._not_before_ns:
            return []
        lines: list[str] = attempt(self._look, run, idle_ns) or []
        took = _thread_time_ns() - began
        if took > LONG_NS:
            self._not_before_ns = _monotonic_ns() + took * PAUSES
        return lines

    def _look(self, run: str, idle_ns: int) -> list[str]:
        loop, asyncio = self.loop(), sys.modules.get("asyncio")
        tasks = attempt(getattr(asyncio, "all_tasks", None) or _nothing, loop)
        self._head, self._lines = f'{{"type":"thread","run":{run}', []
        woke = self.woke_ns or idle_ns
        found = {id(task): task for task in tasks or ()}
        for key, lane in list(self._lanes.items()):
            if key not in found or lane.task() is not found[key]:
                self._tell(woke, "ended", lane)
                del self._lanes[key]
        new = [(_name_of(task), task) for key, task in found.items() if key not in self._lanes]
        new.sort(key=_by_name)
        for name, task in new[: max(0, TASKS_LIMIT - len(self._lanes))]:
            lane = self._lanes[id(task)] = _Lane(task, name)
            self._tell(woke, "began", lane)
        for key, lane in self._lanes.items():
            self._look_at(lane, found[key], woke, idle_ns)
        return self._lines

    def end(self, run: str) -> list[str]:
        """Return the records of their end: the loop runs no more."""
        self._head, self._lines = f'{{"type":"thread","run":{run}', []
        for lane in self._lanes.values():
            self._tell(self.woke_ns, "ended", lane)
        self._lanes.clear()
        return self._lines

    def _look_at(self, lane: _Lane, task: Any, woke: int, idle_ns: int) -> None:
        future = attempt(getattr, task, "_fut_waiter")
        if lane.waits:
            if future is not None and lane.future() is future:
                return
            self._tell(woke, "waited", lane, lane.waits)
            lane.waits = ""
        if future is not None:
            lane.future, lane.waits = _reference(future), self._wait_of(task)
            self._tell(max(woke, idle_ns), "waits", lane, lane.waits)

    def _wait_of(self, task: Any) -> str:
        """Return in what a task waits, and on which line of the program's own, as JSON."""
        own: FrameType | None = None
        coroutine, name = _asked(task, "get_coro"), ""
        for _ in range(DEPTH_LIMIT):
            if type(coroutine) is CoroutineType:
                frame, inner = coroutine.cr_frame, coroutine.cr_await
            elif type(coroutine) is GeneratorType:
                frame, inner = coroutine.gi_frame, coroutine.gi_yieldfrom
            else:
                break
            if frame is not None and self._sites.is_own(frame):
                own, name = frame, ""
            else:
                name = name or coroutine.__qualname__.rpartition(".")[2]
            coroutine = inner
        site = self._sites.of(own) if own is not None else NOWHERE
        written = awaited_path(own.f_code, own.f_lasti) if own is not None else None
        call = written or name or type(coroutine).__name__
        return f',"call":{compact(told_name(call))},"until":"loop"{site.json}'

    def _tell(self, at: int, event: str, lane: _Lane, more: str = "") -> None:
        self._lines.append(f'{self._head},"t":{at}e-9,"event":"{event}"{lane.thread.json}{more}}}')


def _nothing(*_args: Any) -> Any:
    return None


def _reference(thing: Any) -> Callable[[], Any]:
    try:
        return weakref.ref(thing)
    except TypeError:
        return _nothing


def _asked(task: Any, method: str) -> Any:
    """Return what a task says, not what the program's own class of tasks would say."""
    return attempt(getattr(sys.modules["asyncio"].Task, method), task)


def _name_of(task: Any) -> str:
    """Return how a task is told: by its name, and that of its coroutine."""
    name, coroutine = _asked(task, "get_name"), _asked(task, "get_coro")
    of = attempt(getattr, coroutine, "__qualname__")
    shown = told_name(name) if name is not None else "Task"
    return f"{shown} ({told_name(of)})" if isinstance(of, str) else shown


def _by_name(found: tuple[str, Any]) -> tuple[int, str]:
    return len(found[0].partition(" ")[0]), found[0]  # Task-9 before Task-10
