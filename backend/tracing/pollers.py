"""Tells that a line of the program's own waits in `poll` of an object that `select` has made.

These objects are of types of C's that nobody may inherit from, so ours stand before the real ones,
as with locks. What the library makes for itself is not touched: a selector tells its waits itself.
"""

from __future__ import annotations

import select
from typing import Any

from backend.tracing.sites import Sites
from backend.tracing.threads import StandIn, imitate
from backend.tracing.waits import READY, WaitTeller, waiting


class TracedPoller:
    """An object with `poll`: the real one does the work."""

    __slots__ = ("_real", "poll")

    def __init__(self, real: Any, teller: WaitTeller) -> None:
        self._real = real
        self.poll = waiting(real.poll, READY, teller)

    def __enter__(self) -> Any:
        self._real.__enter__()
        return self

    def __exit__(self, *error: object) -> Any:
        return self._real.__exit__(*error)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def __repr__(self) -> str:
        return repr(self._real)

    def __reduce_ex__(self, protocol: Any) -> Any:
        return self._real.__reduce_ex__(protocol)

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return type(self._real)


class _Class(type):
    """The class of a class that makes such objects."""

    _real: Any

    def __instancecheck__(cls, thing: object) -> bool:
        return isinstance(thing, cls._real)

    def __getattr__(cls, name: str) -> Any:
        return getattr(cls._real, name)


def install(teller: WaitTeller, sites: Sites) -> None:
    """Make `select.poll` and `select.epoll`, where there are such, make traced ones."""
    module: Any = select

    def maker(real: Any) -> Any:
        def make(*args: Any, **kwargs: Any) -> Any:
            made = real(*args, **kwargs)
            return TracedPoller(made, teller) if sites.is_caller_own() else made

        return make

    if hasattr(module, "poll"):
        module.poll = StandIn(maker(module.poll), module.poll)
    if hasattr(module, "epoll"):
        real = module.epoll
        make = maker(real)
        body = {
            "_real": real,
            "__new__": lambda _cls, *args, **kwargs: make(*args, **kwargs),
            "fromfd": StandIn(maker(real.fromfd), real.fromfd),
            # Fails, in the words of the real one.
            "__init_subclass__": lambda _cls, **_more: type("", (real,), {}),
        }
        module.epoll = imitate(_Class("epoll", (), body), real)
