"""The tracer's own threads: made with `_thread`, so that `threading` knows nothing of them."""

from __future__ import annotations

import _thread
import signal
from collections.abc import Callable

from backend.tracing.frames import own_threads, starting

_start_new_thread = _thread.start_new_thread


def start(work: Callable[[], None]) -> None:
    """Start a thread of ours.

    A signal to the process may be handed to any thread (signal(7)): to the program's, never to
    ours, or a main thread that waits in a call would not be woken by it.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    starting.append(None)
    try:
        own_threads.append(_start_new_thread(work, ()))
    finally:
        starting.pop()
    signal.pthread_sigmask(signal.SIG_SETMASK, before)
