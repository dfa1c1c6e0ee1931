"""Tells that a line of the program's own waits for an item of a `queue.SimpleQueue`.

It waits in C, for a lock of its own, where `queue.Queue` waits at a Condition (conditions.py).
Those that the library makes are of the same class: who waits at one with no line of the program's
own below, as the threads of a pool do, is silent.
"""

from __future__ import annotations

import queue
import sys
from typing import Any

from backend.tracing.stand_ins import imitate
from backend.tracing.waits import OTHERS, WaitTeller

_Empty = queue.Empty


def install(teller: WaitTeller) -> None:
    """Make `get` of a SimpleQueue of C's tell that it waits."""
    low: Any = sys.modules.get("_queue")
    if low is None:
        return
    real = low.SimpleQueue

    def take(*args: Any, **kwargs: Any) -> Any:
        return [real.get(*args, **kwargs)]  # something has come, also where that is None

    def get(*args: Any, **kwargs: Any) -> Any:
        if not args or not isinstance(args[0], real) or not _can_wait(args[1:], kwargs):
            return real.get(*args, **kwargs)  # at once, or it is refused
        try:
            return real.get(args[0], False)
        except _Empty:
            pass
        return teller.wait(OTHERS, take, *args, **kwargs)[0]

    def new(cls: Any, *args: Any, **kwargs: Any) -> Any:
        if cls is traced and (args or kwargs):
            real(*args, **kwargs)  # Python 3.10 does not refuse them to a subclass
        return real.__new__(cls, *args, **kwargs)

    def reduce(self: Any, protocol: Any) -> Any:
        if type(self) is traced:
            self = real()  # refuses it by its name
        return real.__reduce_ex__(self, protocol)

    def no_attribute(self: Any, name: str) -> Any:
        kind = type(self)
        called = f"{real.__module__}.{real.__name__}" if kind is traced else kind.__name__
        raise AttributeError(f"'{called}' object has no attribute '{name}'", name=name, obj=self)

    body: Any = {"__slots__": (), "__new__": new, "get": _imitate(get, real.get)}
    body["__getattr__"] = no_attribute
    traced = imitate(type("SimpleQueue", (real,), body), real)
    traced.__reduce_ex__ = _imitate(reduce, real.__reduce_ex__)
    take.__name__ = "get"
    module: Any = queue
    low.SimpleQueue = module.SimpleQueue = traced


def _can_wait(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Whether `get` with such arguments is certain to be taken, and to wait if need be."""
    given = {**dict(zip(("block", "timeout"), args, strict=False)), **kwargs}
    if len(given) < len(args) + len(kwargs) or not given.keys() <= {"block", "timeout"}:
        return False
    timeout = given.get("timeout")
    is_time = timeout is None or (type(timeout) in (int, float) and timeout >= 0)
    return given.get("block", True) is True and is_time


def _imitate(method: Any, real: Any) -> Any:
    method.__name__, method.__qualname__ = real.__name__, real.__qualname__
    method.__doc__, method.__wrapped__ = real.__doc__, real
    del method.__module__  # one of C's has none
    return method
