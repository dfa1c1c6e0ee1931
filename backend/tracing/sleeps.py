"""Tells that a thread sleeps: time.sleep, called from the lab's own code.

A short sleep is not told: a loop that looks again every millisecond would tell of nothing else.
"""

from __future__ import annotations

import time
from typing import Any

from backend.tracing.stand_ins import StandIn
from backend.tracing.threads import ThreadTeller

SHORTEST_S = 0.02


def install(teller: ThreadTeller) -> None:
    """Make time.sleep tell when the lab's own code calls it."""
    module: Any = time
    real = time.sleep

    def sleep(*args: Any, **kwargs: Any) -> None:
        # What is no number the real one knows the words for.
        is_number = len(args) == 1 and not kwargs and type(args[0]) in (int, float)
        is_long = is_number and args[0] >= SHORTEST_S
        if not is_long or not teller.sites.is_caller_own():
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
