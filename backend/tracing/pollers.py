"""Tells that a line of the program's own waits in `poll` of an object that `select` has made.

These objects are of types of C's that nobody may inherit from, so ours stand before the real ones,
as with locks. What the library makes for itself is not touched: a selector tells its waits itself.
"""

from __future__ import annotations

import select
from typing import Any

from backend.tracing.sites import Sites
from backend.tracing.stand_ins import (
    StandIn,
    StandInThing,
    make_thing,
    stand_for,
    stand_in_class,
)
from backend.tracing.waits import READY, WaitTeller, waiting


class TracedPoller(StandInThing):
    """An object with `poll`: the real one does the work."""

    __slots__ = ("poll",)

    def __init__(self, real: Any, teller: WaitTeller) -> None:
        self._real = real
        self.poll = waiting(real.poll, READY, teller)


class _TracedPoll(TracedPoller):
    """What stands for a `select.poll`."""

    __slots__ = ()


class _TracedEpoll(TracedPoller):
    """What stands for a `select.epoll`."""

    __slots__ = ()

    def __enter__(self) -> Any:
        self._real.__enter__()
        return self

    def __exit__(self, *error: object) -> Any:
        return self._real.__exit__(*error)


def install(teller: WaitTeller, sites: Sites) -> None:
    """Make `select.poll` and `select.epoll`, where there are such, make traced ones."""
    module: Any = select

    def maker(real: Any, traced: type[TracedPoller]) -> Any:
        def make(*args: Any, **kwargs: Any) -> Any:
            made = real(*args, **kwargs)
            return make_thing(traced, made, teller) if sites.is_caller_own() else made

        return make

    if hasattr(module, "poll"):
        real_type = type(module.poll())
        stand_for(_TracedPoll, real_type, maker(real_type, _TracedPoll))
        module.poll = StandIn(maker(module.poll, _TracedPoll), module.poll)
    if hasattr(module, "epoll"):
        real = module.epoll
        stand_for(_TracedEpoll, real, maker(real, _TracedEpoll))
        from_number = StandIn(maker(real.fromfd, _TracedEpoll), real.fromfd)
        module.epoll = stand_in_class(real, maker(real, _TracedEpoll), fromfd=from_number)
