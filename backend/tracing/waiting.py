"""What the program's threads are inside of, and which of their waits were over a moment ago.

A loop that waits for 0.1 s again and again, the library's or the program's own, is told as one
wait: its end is told AGAIN_NS later, as of then, unless the thread waits there again before.
An item of `Thread.idle` belongs to whoever has taken it out: the thread itself, or the writer.
"""

from __future__ import annotations

from backend.tracing.notes import Call, Return
from backend.tracing.sites import Thread

AGAIN_NS = 20_000_000


def untold_calls(threads: dict[int, Thread]) -> list[tuple[Thread, Call]]:
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


def is_any_idle(threads: dict[int, Thread]) -> bool:
    """Whether the end of any wait is still to be told."""
    return bool([each for each in list(threads.values()) if each.idle])


def take_old(threads: dict[int, Thread], before: float) -> list[Return]:
    """Take out the waits of which the time was over before that, in ns; return their notes."""
    old = [each for each in list(threads.values()) if each.idle and each.idle[0][1] < before]
    return [timed_out(*found) for found in map(take, old) if found is not None]
