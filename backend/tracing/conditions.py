"""Tells who waits at a Condition, a Semaphore or an Event that the lab's own code makes.

As with locks, a wait is told only when there is something to wait for. `woke` names the threads
that a notify, set or release lets go on.
"""

from __future__ import annotations

import sys
import threading
from types import FrameType
from typing import Any

from backend.tracing.locks import TracedRLock
from backend.tracing.threads import Teller, Told, dressed

_real_rlock = threading.RLock
_frame = sys._getframe


class Sleeper:
    """A thread that waits at a Condition or an Event, from the beginning to the end of its wait."""

    def __init__(self, sleepers: list[int], told: Told, teller: Teller, *, until: str) -> None:
        self.is_woken = False
        self._me = teller.me()
        self._sleepers = sleepers
        self._told = told
        self._teller = teller
        self._until = until

    def __enter__(self) -> Sleeper:
        self._sleepers.append(self._me)
        self._teller.sync(self._told, "waiting", until=self._until)
        return self

    def __exit__(self, kind: object, *_error: object) -> None:
        if self._me in self._sleepers:  # a notify takes out whom it wakes
            self._sleepers.remove(self._me)
        outcome = "interrupted"
        if kind is None:
            outcome = "woken" if self.is_woken else "timeout"
        self._teller.sync(self._told, outcome)


def install(teller: Teller) -> None:
    """Put subclasses in place of Condition, Event, Semaphore and BoundedSemaphore."""
    module: Any = threading
    real_condition: Any = threading.Condition
    is_own = teller.sites.is_own

    class Condition(real_condition):  # type: ignore[misc]
        def __init__(self, lock: Any = None) -> None:
            self._told = None
            if is_own(_frame().f_back):
                self._told = Told("Condition", teller.number())
                self._sleepers: list[int] = []
                teller.sync(self._told, "made")
                if lock is None:
                    lock = TracedRLock(_real_rlock(), self._told, teller)
            real_condition.__init__(self, lock)

        def wait(self, timeout: float | None = None) -> bool:
            told = self._told
            if told is None or not self._is_owned():
                return real_condition.wait(self, timeout)  # type: ignore[no-any-return]
            with Sleeper(self._sleepers, told, teller, until="notify") as sleeper:
                sleeper.is_woken = real_condition.wait(self, timeout)
            return sleeper.is_woken

        def notify(self, n: int = 1) -> None:
            if self._told is not None and self._is_owned():
                woke = self._sleepers[:n]
                del self._sleepers[:n]
                teller.sync(self._told, "notified", woke=woke)
            real_condition.notify(self, n)

    real_semaphore: Any = threading.Semaphore
    real_bounded: Any = threading.BoundedSemaphore

    class Semaphore(real_semaphore):  # type: ignore[misc]
        _kind = "Semaphore"

        _told: Told | None = None

        def __init__(self, value: int = 1) -> None:
            real_semaphore.__init__(self, value)
            self._adopt(value, _frame().f_back)

        def _adopt(self, value: int, caller: FrameType | None) -> None:
            if is_own(caller):
                self._told = Told(self._kind, teller.number())
                self._queue: list[int] = []
                self._permits = value  # as told
                self._telling = _real_rlock()  # so that it is told in an order that can be
                teller.sync(self._told, "made", value=value)

        def acquire(self, blocking: bool = True, timeout: float | None = None) -> bool:
            told = self._told
            if told is None or (not blocking and timeout is not None):
                return super().acquire(blocking, timeout)  # type: ignore[no-any-return]
            with self._telling:
                if super().acquire(False):
                    self._permits -= 1
                    teller.sync(told, "acquired", value=self._permits)
                    return True
                if not blocking:
                    teller.sync(told, "missed", value=self._permits)
                    return False
                me = teller.me()
                self._queue.append(me)
                teller.sync(told, "waiting", value=self._permits)
            got: bool = False
            outcome = "interrupted"
            try:
                got = super().acquire(True, timeout)
                outcome = "acquired" if got else "timeout"
            finally:
                with self._telling:
                    self._queue.remove(me)
                    self._permits -= got
                    teller.sync(told, outcome, value=self._permits)
            return got

        __enter__ = acquire

        def release(self, n: int = 1) -> None:
            if self._told is None:
                super().release(n)
                return
            with self._telling:
                super().release(n)
                self._permits += n
                woke = self._queue[:n]
                teller.sync(self._told, "released", value=self._permits, woke=woke)

    class BoundedSemaphore(Semaphore, real_bounded):  # type: ignore[misc]
        _kind = "BoundedSemaphore"

        def __init__(self, value: int = 1) -> None:
            real_bounded.__init__(self, value)
            self._adopt(value, _frame().f_back)

    real_event: Any = threading.Event

    class Event(real_event):  # type: ignore[misc]
        def __init__(self) -> None:
            real_event.__init__(self)
            self._told = None
            if is_own(_frame().f_back):
                self._told = Told("Event", teller.number())
                self._sleepers: list[int] = []
                teller.sync(self._told, "made", value=0)

        def set(self) -> None:
            if self._told is not None:
                teller.sync(self._told, "set", value=1, woke=list(self._sleepers))
            real_event.set(self)

        def clear(self) -> None:
            if self._told is not None:
                teller.sync(self._told, "cleared", value=0)
            real_event.clear(self)

        def wait(self, timeout: float | None = None) -> bool:
            told = self._told
            if told is None or self.is_set():
                return real_event.wait(self, timeout)  # type: ignore[no-any-return]
            with Sleeper(self._sleepers, told, teller, until="set") as sleeper:
                sleeper.is_woken = real_event.wait(self, timeout)
            return sleeper.is_woken

    module.Condition = dressed(Condition, real_condition)
    module.Event = dressed(Event, real_event)
    module.Semaphore = dressed(Semaphore, real_semaphore)
    module.BoundedSemaphore = dressed(BoundedSemaphore, real_bounded)
