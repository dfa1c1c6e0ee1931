"""What the program's threads are inside of, and which of their waits were over a moment ago.

A loop that waits for 0.1 s again and again, the library's or the program's own, is told as one
wait: its end is told AGAIN_NS later, as of then, unless the thread waits there again before.
An item of `Thread.idle` belongs to whoever has taken it out: the thread itself, or the writer.
An event loop is idle inside of a call, in which its tasks are looked at once (`tasks.py`).
"""

from __future__ import annotations

import time
from typing import Any

from backend.tracing.notes import START_NS, Call, Return
from backend.tracing.sites import Thread

AGAIN_NS = 20_000_000
SECOND_NS = 1_000_000_000
_monotonic_ns = time.monotonic_ns


def is_any(threads: dict[int, Thread]) -> bool:
    """Whether the beginning or the end of any wait is still to be told."""
    return bool(_untold_calls(threads) or [each for each in list(threads.values()) if each.idle])


def settled_calls(threads: dict[int, Thread], before: int) -> list[tuple[Thread, Call]]:
    """Return who has been inside of a call since before that, in ns, of which nothing is told."""
    untold = [(each, call, call[START_NS]) for each, call in _untold_calls(threads)]
    return [(each, call) for each, call, at in untold if at is not None and at < before]


def _untold_calls(threads: dict[int, Thread]) -> list[tuple[Thread, Call]]:
    """Return who is inside of a call of which nothing is told yet."""
    calls = [(each, each.inside) for each in list(threads.values())]
    return [(each, call) for each, call in calls if call and each.told_call is not call]


def timed_out(call: Call, at: int) -> Return:
    """Return the note of a wait of which the time was over."""
    return call, at, None, b"", 0, ',"error":"timeout"'


def take(thread: Thread) -> tuple[Call, int] | None:
    """Take out a wait and when its time was over; None: there is none, any more."""
    try:
        return thread.idle.pop()
    except IndexError:
        return None


def take_old(threads: dict[int, Thread], before: float) -> list[Return]:
    """Take out the waits of which the time was over before that, in ns; return their notes."""
    old = [each for each in list(threads.values()) if each.idle and each.idle[0][1] < before]
    return [timed_out(*found) for found in map(take, old) if found is not None]


def patience_s(threads: dict[int, Thread]) -> float:
    """Return in how many seconds the next look at tasks is to be made; less than 0: none is."""
    times = [tasks.not_before_ns for tasks, _ in _unseen(threads)]
    return max(0, min(times) - _monotonic_ns()) / SECOND_NS if times else -1


def look_at_tasks(threads: dict[int, Thread]) -> list[str]:
    """Return what is to be told now of the tasks that are to be looked at."""
    now, lines = _monotonic_ns(), []
    for tasks, call in _unseen(threads):
        if tasks.not_before_ns <= now:
            lines += tasks.look(call)
    return lines


def _unseen(threads: dict[int, Thread]) -> list[tuple[Any, Call]]:
    """Return the tasks that have not been looked at since their loop was told to be idle."""
    found = [(each.told_call, each.inside, each.tasks) for each in list(threads.values())]
    return [
        (tasks, call)
        for told, call, tasks in found
        if call and tasks and told is call and tasks.seen_in is not call
    ]
