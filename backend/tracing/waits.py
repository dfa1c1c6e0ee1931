"""Tells that a line of the program's own waits in a call of the library: a queue, select, input.

Such a wait is told when it has lasted for a while (SETTLE_NS of channel.py), else not at all: who
looks into a queue that is never empty does not wait, and a record for each look would be a flood.
What waits within the library with no line of the program's own below it, as a pool's threads do, is
silent.
"""

from __future__ import annotations

import select
import selectors
import threading
import time
from collections.abc import Callable
from queue import Empty
from typing import Any

from backend.tracing.channel import SETTLE_NS, Channel
from backend.tracing.notes import NAME, OUTER, SITE, START_NS, THREAD, Call, compact
from backend.tracing.records import error_name
from backend.tracing.sites import Sites
from backend.tracing.stand_ins import StandIn, imitate
from backend.tracing.tasks import follow
from backend.tracing.waiting import AGAIN_NS, take, timed_out

OTHERS = "others"  # until another thread does something,
READY = "ready"  # until a descriptor is ready,
LINE = "line"  # until a line is typed

_monotonic_ns = time.monotonic_ns
_get_ident = threading.get_ident
_BRIEF = (threading.Thread.start.__code__,)  # waits in the library, but for nothing to speak of


class WaitTeller:
    """Notes the waits of the program's threads in the library."""

    def __init__(self, channel: Channel, sites: Sites) -> None:
        self._channel = channel
        self._sites = sites

    def wait(self, until: str, real: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Make a call that may wait. What is false of what it returns means that time was over."""
        call = self._begin(until, real)
        if call is None:
            return real(*args, **kwargs)
        try:
            result = real(*args, **kwargs)
        except BaseException as error:
            self._end(call, "timeout" if isinstance(error, Empty) else error_name(error))
            raise
        self._end(call, "" if until == LINE or _has_come(result) else "timeout")
        return result

    def _begin(self, until: str, real: Callable[..., Any]) -> Call | None:
        """Note that this thread may wait from now on; None: no line of the program's own does."""
        found = self._sites.call_of_library(real.__name__, _BRIEF)
        if found is None:
            return None
        site, path = found
        thread = self._sites.thread(_get_ident())
        if until == READY:
            follow(thread, self._channel, self._sites)
        more = f'{path},"until":"{until}"'
        now, outer = _monotonic_ns(), thread.inside
        if outer and not outer[NAME] and (outer[THREAD], outer[SITE]) == (thread.json, site):
            return None  # it is the same wait: `input` reads `sys.stdin`
        call: Call = (now, "", "", thread.json, site, more, outer)
        while thread.idle and (idle := take(thread)):
            before, at = idle
            if before[1:] == call[1:] and now - at < AGAIN_NS:
                call = thread.told_call = before  # it goes on
            else:
                self._channel.add_return(timed_out(before, at), is_told=True)
        thread.inside = call
        if not self._channel.awake:
            self._channel.wake()
        return call

    def _end(self, call: Call, error: str) -> None:
        thread, at = self._sites.thread(_get_ident()), _monotonic_ns()
        thread.inside = call[OUTER]
        if thread.tasks is not None:
            thread.tasks.woke_ns = at
            error = "" if error == "timeout" else error  # it was for that time
        is_told = thread.told_call is call
        if not is_told and at - (call[START_NS] or at) < SETTLE_NS:
            return
        if error == "timeout":
            thread.idle.append((call, at))
        else:
            rest = f',"error":{compact(error)}' if error else ""
            self._channel.add_return((call, at, None, b"", 0, rest), is_told=is_told)


def _has_come(result: Any) -> bool:
    return any(result) if type(result) is tuple else bool(result)


def install(teller: WaitTeller) -> None:
    """Make the functions and methods that wait tell it."""
    select.select = waiting(select.select, READY, teller)
    for name in ("SelectSelector", "PollSelector", "EpollSelector", "KqueueSelector"):
        selector: Any = getattr(selectors, name, None)
        for owner in () if selector is None else selector.__mro__:
            if "select" in vars(owner):
                owner.select = _waiting_select(owner.select, teller)
                break


def waiting(real: Any, until: str, teller: WaitTeller) -> Any:
    """Return what stands for a function that is built in, and tells that it waits."""

    def call(*args: Any, **kwargs: Any) -> Any:
        return teller.wait(until, real, *args, **kwargs)

    return StandIn(call, real)


def _waiting_select(real: Any, teller: WaitTeller) -> Any:
    def select(self: Any, timeout: Any = None) -> Any:
        if type(timeout) in (int, float) and timeout <= 0:  # a look: a loop that has more to do
            return real(self, timeout)
        return teller.wait(READY, real, self, timeout)

    return imitate(select, real)
