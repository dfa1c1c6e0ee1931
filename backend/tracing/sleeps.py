"""Tells that a thread sleeps: time.sleep, called from the lab's own code or on its behalf.

A short sleep is not told: a loop that looks again every millisecond would tell of nothing else; nor
is one of the library's own that looks ten times a second, as `Popen.wait` with a timeout.
"""

from __future__ import annotations

import threading
import time
from typing import Any

from backend.tracing.sites import NOWHERE, caller
from backend.tracing.stand_ins import StandIn
from backend.tracing.threads import ThreadTeller

SHORTEST_S = 0.02
_SHORTEST_IN_LIBRARY_S = 0.1

_OF_THREAD = threading.Thread.run.__code__
_OF_POOL = ("concurrent.futures.thread", "run")  # that calls what was submitted


def install(teller: ThreadTeller) -> None:
    """Make time.sleep tell when the lab's own code calls it."""
    module: Any = time
    real = time.sleep

    def is_on_behalf(seconds: float) -> bool:
        """Whether the library sleeps below a line of the lab's own, or for a thread of its."""
        frame = caller()
        if frame is None or seconds < _SHORTEST_IN_LIBRARY_S:
            return False
        code = frame.f_code
        place = dict.get(frame.f_globals, "__name__"), code.co_name
        return code is _OF_THREAD or place == _OF_POOL or teller.sites.here() is not NOWHERE

    def sleep(*args: Any, **kwargs: Any) -> None:
        # What is no number the real one knows the words for.
        is_number = len(args) == 1 and not kwargs and type(args[0]) in (int, float)
        is_long = is_number and args[0] >= SHORTEST_S
        if not is_long or not (teller.sites.is_caller_own() or is_on_behalf(args[0])):
            try:
                real(*args, **kwargs)
            except Exception as error:
                if teller.sites.is_caller_own():
                    teller.tell_refusal(None, "sleep", error, (args, kwargs))
                raise
            return
        teller.tell_thread("sleeps")
        is_over = False
        try:
            real(*args)
            is_over = True
        finally:
            teller.tell_thread("slept", ended=is_over)

    module.sleep = StandIn(sleep, real)
