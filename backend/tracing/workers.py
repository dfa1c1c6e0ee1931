"""The tracer's own threads: made with `_thread`, so that `threading` knows nothing of them."""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # the half of `signal` in C
import _thread
from collections.abc import Callable

from backend.tracing.frames import IS_STARTERS, own_threads, starting

_start_new_thread, _get_ident = _thread.start_new_thread, _thread.get_ident
# Of `signal` itself each makes 64 members of an enumeration.
_ALL = _signal.valid_signals()
_mask = _signal.pthread_sigmask

alive: set[object] = set()  # one thing for each of them that has not ended


class Workers:
    """Threads of ours that are started once, also before there is anything for them to do."""

    __slots__ = ("_works",)

    def __init__(self, *works: Callable[[], None]) -> None:
        self._works = works

    def start(self) -> None:
        """Start those that are not."""
        works, self._works = self._works, ()
        for work in works:
            start(work)


def start(work: Callable[[], None]) -> bool:
    """Start a thread of ours; return whether there is one to be had.

    A signal to the process may be handed to any thread (signal(7)): to the program's, never to
    ours, or a main thread that waits in a call would not be woken by it.
    """
    before = _mask(_signal.SIG_BLOCK, _ALL)
    me = object()
    starting[me] = _get_ident() if IS_STARTERS else 0
    alive.add(me)
    try:
        own_threads.append(_start_new_thread(_begin, (work, me)))
    except RuntimeError:
        starting.pop(me, None)
        alive.discard(me)
        return False
    finally:
        _mask(_signal.SIG_SETMASK, before)
    return True


def _begin(work: Callable[[], None], me: object) -> None:
    starting.pop(me, None)
    try:
        work()
    finally:
        alive.discard(me)
