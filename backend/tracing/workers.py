"""The tracer's own threads: made with `_thread`, so that `threading` knows nothing of them."""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # the half of `signal` in C
import _thread
from collections.abc import Callable

from backend.tracing.frames import own_threads, starting

_start_new_thread = _thread.start_new_thread
# Of `signal` itself each makes 64 members of an enumeration.
_ALL = _signal.valid_signals()
_mask = _signal.pthread_sigmask


def start(work: Callable[[], None]) -> None:
    """Start a thread of ours.

    A signal to the process may be handed to any thread (signal(7)): to the program's, never to
    ours, or a main thread that waits in a call would not be woken by it.
    """
    before = _mask(_signal.SIG_BLOCK, _ALL)
    starting.append(None)
    try:
        own_threads.append(_start_new_thread(work, ()))
    finally:
        starting.pop()
    _mask(_signal.SIG_SETMASK, before)
