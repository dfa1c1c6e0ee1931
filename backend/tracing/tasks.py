"""Tells the tasks of an event loop of asyncio, each with a lane of its own: who waits, and in what.

Nothing is put between the loop and its tasks. Each time that the loop has nothing to do for a while
(SETTLE_NS of channel.py), the writer looks which tasks there are and what each of them waits for;
what has changed since its look before has happened when the loop woke up last. So a task that did
not wait between two such looks is told when it next does, or makes a call of a socket.
A look that cannot be made then is made later, if the loop still has nothing to do: `waiting.py`.

The loop's thread and the writer share the lanes without a lock: each step of theirs in a dict or
list is one of the interpreter's, and what is to be told once belongs to whoever has taken it out.
"""

from __future__ import annotations

import sys
import threading
import time
import weakref
from collections.abc import Callable
from types import CoroutineType, FrameType, GeneratorType
from typing import TYPE_CHECKING, Any

from backend.tracing.arguments import attempt
from backend.tracing.naming import awaited_path
from backend.tracing.notes import START_NS, Call, compact
from backend.tracing.sites import NOWHERE, Sites, Thread, told_name

if TYPE_CHECKING:
    from backend.tracing.channel import Channel

TASKS_LIMIT = 200  # followed at a time, of one loop; of more nothing is told
FEW = 32  # are looked through each time that one more is followed
DEPTH_LIMIT = 100  # coroutines that await each other
LONG_NS = 2_000_000  # of processor time: a look that takes longer is not made often:
PAUSES = 50  # it pauses as many times as long

_get_ident = threading.get_ident
_monotonic_ns = time.monotonic_ns
_thread_time_ns = time.thread_time_ns


def running_loop() -> Any:
    """Return the event loop of asyncio that runs in this thread; None: there is none."""
    get = getattr(sys.modules.get("asyncio.events"), "_get_running_loop", None)
    return None if get is None else attempt(get)


def follow(thread: Thread, channel: Channel, sites: Sites) -> Tasks | None:
    """Return the tasks of the event loop that runs in this thread, if one does."""
    loop, tasks = running_loop(), thread.tasks
    if tasks is not None and tasks.loop() is not loop:
        thread.tasks = None
        for line in tasks.end():
            channel.tell(line)
    if loop is not None and thread.tasks is None:
        thread.tasks = Tasks(loop, sites, channel)
    found: Tasks | None = thread.tasks
    return found


def lane_of_call(at: int, channel: Channel, sites: Sites) -> Thread:
    """Return in whose lane a call that does not wait stands: a task's, if one makes it."""
    thread = sites.thread(_get_ident())
    tasks = follow(thread, channel, sites)
    return (tasks and tasks.lane_of_running(at)) or thread


class _Lane:
    """A task that is followed; `future` returns what it waits for.

    `waits` holds what its wait is, and where, as JSON; `used_ns` is when it last made a call.
    """

    __slots__ = ("future", "task", "thread", "used_ns", "waits")

    def __init__(self, task: Any, name: str) -> None:
        self.task = _reference(task)
        self.thread = Thread.with_name(name)
        self.future: Callable[[], Any] = _nothing
        self.waits: list[str] = []
        self.used_ns = 0


class Tasks:
    """The tasks of one loop. `woke_ns` is when the loop last woke up, in ns.

    `seen_in` is the call inside of which the loop was idle when they were looked at last; the next
    look is not to be made before `not_before_ns`.
    """

    def __init__(self, loop: Any, sites: Sites, channel: Channel) -> None:
        self.loop = _reference(loop)
        self.woke_ns = self.not_before_ns = 0
        self.seen_in: Call | None = None
        self._sites = sites
        self._channel = channel
        self._lanes: dict[int, _Lane] = {}  # by id of the task
        self._crowd = 0  # so many are looked through for those that have ended
        # What waits for descriptors in C (uvloop) is never looked at while it is idle.
        self._is_seen = attempt(getattr, loop, "_selector") is not None

    def lane_of_running(self, at: int) -> Thread | None:
        """Return the lane of the task that makes a call now; None: the loop itself makes it."""
        task = _running_task(self.loop()) if self._is_seen else None
        if task is None:
            return None
        lane = self._lanes.get(id(task))
        if lane is None or lane.task() is not task:
            lane = self._add(task, lane, at)
            if lane is None:
                return None
        while (waits := _take(lane)) is not None:
            self._channel.tell(self._line(self.woke_ns, "waited", lane, waits))
        lane.used_ns = at
        return lane.thread

    def _add(self, task: Any, before: _Lane | None, at: int) -> _Lane | None:
        """Follow a task from now on; `before` is one that had its id."""
        if not self._is_own(task):
            return None
        new = _Lane(task, _name_of(task))
        if len(self._lanes) >= self._crowd:
            self._end_some()
        if new.task() is not task or (before is None and len(self._lanes) >= TASKS_LIMIT):
            return None
        if before is not None and self._lanes.pop(id(task), None) is before:
            self._channel.tell(self._end_of(before))
        lane = self._lanes.setdefault(id(task), new)
        if lane is new:
            self._channel.tell(self._line(self.woke_ns or at, "began", lane))
        return lane

    def _is_own(self, task: Any) -> bool:
        code = attempt(getattr, _asked(task, "get_coro"), "cr_code")
        return code is not None and self._sites.own_name(code.co_filename) is not None

    def _end_some(self) -> None:
        """Tell the end of those that have ended, in a loop that has had no time to be idle."""
        for key, lane in list(self._lanes.items()):
            task = lane.task()
            is_gone = task is None or _asked(task, "done")
            if is_gone and self._lanes.pop(key, None) is lane:
                self._channel.tell(self._end_of(lane))
        left = len(self._lanes)
        self._crowd = 0 if left < FEW else min(2 * left, TASKS_LIMIT)

    def look(self, call: Call) -> list[str]:
        """Return what is to be told now, when the loop is idle inside of that call."""
        began = _thread_time_ns()
        self.seen_in = call
        lines: list[str] = []
        attempt(self._look, call[START_NS], lines.append)
        took = _thread_time_ns() - began
        if took > LONG_NS:
            self.not_before_ns = _monotonic_ns() + took * PAUSES
        return lines

    def _look(self, idle_ns: int, tell: Callable[[str], None]) -> None:
        loop, asyncio = self.loop(), sys.modules.get("asyncio")
        tasks = attempt(getattr(asyncio, "all_tasks", None) or _nothing, loop)
        woke = self.woke_ns or idle_ns
        found = {id(task): task for task in tasks or ()}
        for key, lane in list(self._lanes.items()):
            is_gone = key not in found or lane.task() is not found[key]
            if is_gone and self._lanes.pop(key, None) is lane:
                tell(self._end_of(lane))
        new = [(_name_of(task), task) for key, task in found.items() if key not in self._lanes]
        new.sort(key=_by_name)
        for name, task in new[: max(0, TASKS_LIMIT - len(self._lanes))]:
            lane = _Lane(task, name)
            if self._lanes.setdefault(id(task), lane) is lane:
                tell(self._line(woke, "began", lane))
        for key, lane in list(self._lanes.items()):
            if key in found:
                self._look_at(lane, found[key], (woke, idle_ns), tell)

    def end(self) -> list[str]:
        """Return the records of their end: the loop runs no more."""
        lanes = list(self._lanes.values())
        self._lanes.clear()
        return [self._end_of(lane) for lane in lanes]

    def _look_at(
        self, lane: _Lane, task: Any, times: tuple[int, int], tell: Callable[[str], None]
    ) -> None:
        future = attempt(getattr, task, "_fut_waiter")
        if lane.waits and future is not None and lane.future() is future:
            return
        if (waits := _take(lane)) is not None:
            tell(self._line(times[0], "waited", lane, waits))
        if future is not None:
            lane.future, waits = _reference(future), self._wait_of(task)
            tell(self._line(max(times), "waits", lane, waits))
            lane.waits.append(waits)

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

    def _end_of(self, lane: _Lane) -> str:
        return self._line(max(self.woke_ns, lane.used_ns), "ended", lane)

    def _line(self, at: int, event: str, lane: _Lane, more: str = "") -> str:
        members = f'"t":{at}e-9,"event":"{event}"{lane.thread.json}{more}'
        return f'{{"type":"thread","run":{self._channel.run_json},{members}}}'


def _take(lane: _Lane) -> str | None:
    """Take out what a lane waits for; None: it does not, any more."""
    try:
        return lane.waits.pop()
    except IndexError:
        return None


def _nothing(*_args: Any) -> Any:
    return None


def _reference(thing: Any) -> Callable[[], Any]:
    try:
        return weakref.ref(thing)
    except TypeError:
        return _nothing


def _running_task(loop: Any) -> Any:
    get = getattr(sys.modules.get("asyncio.tasks"), "current_task", None)
    return None if get is None else attempt(get, loop)


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
