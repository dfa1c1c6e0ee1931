"""Tells who waits at a Condition, a Semaphore or an Event that the lab's own code makes.

As with locks, a wait is told only when there is something to wait for. `woke` names the threads
that a notify, set or release lets go on. What the library makes for itself is not told: it has no
`_primitive`, and goes to the real methods at once.

The classes call the real ones by name: `super()` looks for its class in a frame, and ours are
hidden (frames.py).
"""

from __future__ import annotations

import threading
from math import nan
from types import FunctionType
from typing import Any

from backend.tracing.arguments import index_of
from backend.tracing.locks import TracedLock, TracedRLock
from backend.tracing.records import Given
from backend.tracing.stand_ins import imitate, make_thing
from backend.tracing.threads import Primitive, ThreadTeller, telling_refusals
from backend.tracing.waits import OTHERS, WaitTeller

_PERMITS_LIMIT = 1 << 53  # what a record, and a page, can count to
_real_rlock = threading.RLock
_Condition: Any = threading.Condition
_Event: Any = threading.Event
_Semaphore: Any = threading.Semaphore
_BoundedSemaphore: Any = threading.BoundedSemaphore
_TOLD = (
    "_primitive",
    "_sleepers",
    "_permits",
    "_queue",
    "_telling",
    "_is_silent",
)  # attributes of ours
_LOCKS = (TracedLock, type(_real_rlock()))


def install(teller: ThreadTeller, waits: WaitTeller) -> None:
    """Put the traced classes in the place of the real ones in `threading`."""
    module: Any = threading
    TracedCondition._waits = waits
    for traced, real in (
        (TracedCondition, _Condition),
        (TracedEvent, _Event),
        (TracedSemaphore, _Semaphore),
        (TracedBoundedSemaphore, _BoundedSemaphore),
    ):
        traced._teller = teller
        traced.__getstate__ = _state  # type: ignore[method-assign, assignment]
        for name, method in list(vars(traced).items()):
            theirs = vars(real).get(name)
            if type(method) is FunctionType and type(theirs) is FunctionType:
                setattr(traced, name, _telling_refusals(method, theirs, teller))
        setattr(module, real.__name__, imitate(traced, real))


def _primitive_of(thing: Any) -> Primitive | None:
    """Return what is told of a thing, None of one that is not, or is none of these at all."""
    primitive = getattr(thing, "_primitive", None)
    return primitive if type(primitive) is Primitive else None


def _state(thing: Any) -> dict[str, Any]:
    """Return what is copied and pickled of a thing: what the real one consists of."""
    return {name: value for name, value in vars(thing).items() if name not in _TOLD}


def _telling_refusals(method: FunctionType, real: FunctionType, teller: ThreadTeller) -> Any:
    def tell(error: Exception, given: Given) -> None:
        args, kwargs = given
        primitive = _primitive_of(args[0]) if args else None
        if primitive is not None:
            teller.tell_refusal(primitive, real.__name__, error, (args[1:], kwargs))

    return telling_refusals(method, real, tell)


class Wait:
    """The wait of this thread at a Condition or an Event, from its beginning to its end."""

    def __init__(
        self, waiting: list[int], primitive: Primitive, teller: ThreadTeller, *, until: str
    ) -> None:
        self.is_woken = False
        self._me = teller.me()
        self._waiting = waiting
        self._primitive = primitive
        self._teller = teller
        self._until = until

    def __enter__(self) -> Wait:
        self._waiting.append(self._me)
        self._teller.tell_sync(self._primitive, "waiting", until=self._until)
        return self

    def __exit__(self, kind: object, *_error: object) -> None:
        if self._me in self._waiting:  # a notify takes out whom it wakes
            self._waiting.remove(self._me)
        outcome = "interrupted"
        if kind is None:
            outcome = "woken" if self.is_woken else "timeout"
        self._teller.tell_sync(self._primitive, outcome)


class TracedCondition(_Condition):  # type: ignore[misc]
    """A Condition that tells its waits and its notifies."""

    _teller: ThreadTeller
    _waits: WaitTeller
    _is_silent = False

    def __init__(self, lock: Any = None) -> None:
        self._primitive: Primitive | None = None
        if self._teller.sites.is_caller_own():
            self._primitive = self._teller.make("Condition", type(self))
            self._sleepers: list[int] = []  # numbers of threads, longest first
            if lock is None:
                lock = make_thing(TracedRLock, _real_rlock(), self._primitive, self._teller)
        _Condition.__init__(self, lock)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for a notify, as Condition.wait does."""
        primitive = _primitive_of(self)
        if primitive is None and not getattr(self, "_is_silent", True):  # the library's
            return TracedCondition._waits.wait(OTHERS, _Condition.wait, self, timeout)  # type: ignore[no-any-return]
        if primitive is None or not self._seems_held():
            return _Condition.wait(self, timeout)  # type: ignore[no-any-return]
        with Wait(self._sleepers, primitive, self._teller, until="notify") as wait:
            wait.is_woken = _Condition.wait(self, timeout)
        return wait.is_woken

    def notify(self, n: int = 1) -> None:
        """Wake threads, as Condition.notify does."""
        primitive = _primitive_of(self)
        if primitive is None or not self._seems_held():
            _Condition.notify(self, n)
            return
        before = len(self._waiters)
        # Told after it has happened: whoever is woken has to wait for the lock.
        _Condition.notify(self, n)
        count = before - len(self._waiters)
        woke = self._sleepers[:count]
        del self._sleepers[:count]
        self._teller.tell_sync(primitive, "notified", woke=woke)

    def _seems_held(self) -> bool:
        """Whether the call will not be refused; a lock of the program's own is not asked twice."""
        return not isinstance(self._lock, _LOCKS) or self._is_owned()


class TracedEvent(_Event):  # type: ignore[misc]
    """An Event that tells when it is set and cleared, and who waits for it."""

    _teller: ThreadTeller

    def __init__(self) -> None:
        _Event.__init__(self)
        self._primitive: Primitive | None = None
        if self._teller.sites.is_caller_own():
            self._cond._is_silent = True  # the wait is told of the event
            self._primitive = self._teller.make("Event", type(self), value=0)
            self._sleepers: list[int] = []

    def set(self) -> None:
        """Set the flag, as Event.set does."""
        if (primitive := _primitive_of(self)) is not None:
            self._teller.tell_sync(primitive, "set", value=1, woke=list(self._sleepers))
        _Event.set(self)

    def clear(self) -> None:
        """Take the flag back, as Event.clear does."""
        if (primitive := _primitive_of(self)) is not None:
            self._teller.tell_sync(primitive, "cleared", value=0)
        _Event.clear(self)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the flag, as Event.wait does."""
        primitive = _primitive_of(self)
        if primitive is None or self.is_set():
            return _Event.wait(self, timeout)  # type: ignore[no-any-return]
        with Wait(self._sleepers, primitive, self._teller, until="set") as wait:
            wait.is_woken = _Event.wait(self, timeout)
        return wait.is_woken


def _told(permits: float) -> int | None:
    """Return how many permits are told: what is no number of them is not."""
    return permits if isinstance(permits, int) and abs(permits) < _PERMITS_LIMIT else None


class TracedSemaphore(_Semaphore):  # type: ignore[misc]
    """A Semaphore that tells who takes and gives back permits, and how many are left."""

    _teller: ThreadTeller
    _real = _Semaphore
    _primitive: Primitive | None = None

    def __init__(self, value: int = 1) -> None:
        _Semaphore.__init__(self, value)
        self._begin_telling(value)

    def _begin_telling(self, value: int) -> None:
        if self._teller.sites.is_caller_own():
            self._cond._is_silent = True  # the wait is told of the semaphore
            self._queue: list[int] = []  # numbers of threads that wait, longest first
            # As told: `True` is one, as for the semaphore itself.
            self._permits: float = 0 + value if isinstance(value, int) else nan
            self._telling = _real_rlock()  # held while permits change: they are told in that order
            kind = self._real.__name__
            self._primitive = self._teller.make(kind, type(self), value=_told(self._permits))

    def acquire(self, blocking: bool = True, timeout: float | None = None) -> bool:
        """Take a permit, as Semaphore.acquire does."""
        primitive, real = _primitive_of(self), _Semaphore
        if primitive is None or (not blocking and timeout is not None):
            return real.acquire(self, blocking, timeout)  # type: ignore[no-any-return]
        teller = self._teller
        with self._telling:
            if real.acquire(self, False):
                self._permits -= 1
                teller.tell_sync(primitive, "acquired", value=_told(self._permits))
                return True
            if not blocking:
                teller.tell_sync(primitive, "missed", value=_told(self._permits))
                return False
            me = teller.me()
            self._queue.append(me)
            teller.tell_sync(primitive, "waiting", value=_told(self._permits))
        got: bool = False
        outcome = "interrupted"
        try:
            got = real.acquire(self, True, timeout)
            outcome = "acquired" if got else "timeout"
        finally:
            with self._telling:
                self._queue.remove(me)
                self._permits -= got
                teller.tell_sync(primitive, outcome, value=_told(self._permits))
        return got

    __enter__ = acquire

    def release(self, n: int = 1) -> None:
        """Give permits back, as Semaphore.release does."""
        _release(self, n, _Semaphore)


def _release(semaphore: Any, n: int, real: Any) -> None:
    primitive = _primitive_of(semaphore)
    if primitive is None:
        real.release(semaphore, n)
        return
    with semaphore._telling:
        real.release(semaphore, n)
        count = index_of(n) or 0  # as C takes it for a range
        semaphore._permits += count
        woke, value = semaphore._queue[:count], _told(semaphore._permits)
        semaphore._teller.tell_sync(primitive, "released", value=value, woke=woke)


class TracedBoundedSemaphore(TracedSemaphore, _BoundedSemaphore):  # type: ignore[misc]
    """A BoundedSemaphore that tells the same."""

    _real = _BoundedSemaphore

    def __init__(self, value: int = 1) -> None:
        _BoundedSemaphore.__init__(self, value)
        self._begin_telling(value)

    def release(self, n: int = 1) -> None:
        """Give permits back, as BoundedSemaphore.release does."""
        _release(self, n, _BoundedSemaphore)
