"""Tells who acquires, waits for and releases the locks that the lab's own code makes.

The locks inside of `queue`, `logging` or `threading` itself stay silent. A wait is told only when
there is something to wait for: what is free at once is just acquired. `waiting` names the threads
that a lock has to choose from when it is released.
"""

from __future__ import annotations

import _thread
import threading
from collections.abc import Callable
from typing import Any

from backend.tracing.stand_ins import (
    StandIn,
    StandInThing,
    make_thing,
    stand_for,
    stand_in_class,
)
from backend.tracing.threads import Primitive, ThreadTeller

_LONGEST_S = threading.TIMEOUT_MAX
_INT_LIMIT = 1 << 31  # of what C takes as `blocking`
_real_lock = _thread.allocate_lock
_real_rlock = threading.RLock


def install(teller: ThreadTeller) -> None:
    """Make the locks of the lab tell what happens to them."""
    is_caller_own = teller.sites.is_caller_own
    module: Any = threading
    low: Any = _thread

    def lock_maker(real: Callable[[], Any], kind: str, traced: type[TracedLock]) -> Any:
        def make(*args: Any, **kwargs: Any) -> Any:
            made = real(*args, **kwargs)
            if not is_caller_own():
                return made
            return make_thing(traced, made, teller.make(kind, maker), teller)

        # Python 3.13 and later: a class, for annotations and isinstance, too
        of_class = isinstance(real, type)
        maker: Any = stand_in_class(real, make) if of_class else StandIn(make, real)
        return maker

    for each, kind, traced in (
        (_real_lock, "Lock", TracedLock),
        (_real_rlock, "RLock", TracedRLock),
    ):
        real_type = type(each())
        stand_for(traced, real_type, lock_maker(real_type, kind, traced))
    makers: dict[Any, Any] = {}  # one thing under two names stays one
    for owner, name, kind, traced in (
        (module, "Lock", "Lock", TracedLock),
        (module, "RLock", "RLock", TracedRLock),
        (low, "allocate_lock", "Lock", TracedLock),
    ):
        real = getattr(owner, name)
        if real not in makers:
            makers[real] = lock_maker(real, kind, traced)
        setattr(owner, name, makers[real])
    low.allocate = low.allocate_lock
    for name, value in [*vars(low).items()]:  # other names of a class: `_thread.LockType`
        if isinstance(value, type) and value in makers:
            setattr(low, name, makers[value])


def _can_wait(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Whether `acquire` with such arguments is certain to be taken, and to wait if need be."""
    if not args and not kwargs:
        return True
    given = {**dict(zip(("blocking", "timeout"), args, strict=False)), **kwargs}
    if len(given) < len(args) + len(kwargs):
        return False  # one too many, or one twice
    blocking, timeout = given.pop("blocking", True), given.pop("timeout", -1)
    is_plain = not given and type(blocking) in (bool, int) and type(timeout) in (int, float)
    return (
        is_plain
        and 0 < abs(blocking) < _INT_LIMIT
        and (timeout == -1 or 0 <= timeout <= _LONGEST_S)
    )


class TracedLock(StandInThing):
    """A lock of the lab: the real one does the work."""

    __slots__ = ("__weakref__", "_primitive", "_teller", "_waiting")

    def __init__(self, real: Any, primitive: Primitive, teller: ThreadTeller) -> None:
        self._real = real
        self._primitive = primitive
        self._teller = teller
        self._waiting: list[int] = []

    def acquire(self, *args: Any, **kwargs: Any) -> bool:
        """Acquire the lock, as Lock.acquire does."""
        primitive, teller = self._primitive, self._teller
        if not _can_wait(args, kwargs):
            # At once, or an error that the real one knows the words for.
            got: bool = self._try("acquire", self._real.acquire, args, kwargs)
            teller.tell_sync(primitive, "acquired" if got else "missed")
            return got
        if self._real.acquire(False):
            teller.tell_sync(primitive, "acquired")
            return True
        me = teller.me()
        self._waiting.append(me)
        teller.tell_sync(primitive, "waiting")
        outcome = "interrupted"  # by an exception (Ctrl+C)
        try:
            got = self._real.acquire(*args, **kwargs)
            outcome = "acquired" if got else "timeout"
        finally:
            self._waiting.remove(me)
            teller.tell_sync(primitive, outcome)
        return got

    def _try(self, name: str, work: Any, args: Any, kwargs: Any) -> Any:
        """Do what may be refused, and tell it then."""
        try:
            return work(*args, **kwargs)
        except Exception as error:
            self._teller.tell_refusal(self._primitive, name, error, (args, kwargs))
            raise

    def release(self, *args: Any, **kwargs: Any) -> None:
        """Release the lock, as Lock.release does."""
        # Told before it happens: afterwards the next holder may already have told that it has it.
        if not args and not kwargs and self._can_release():
            self._teller.tell_sync(self._primitive, "released", waiting=list(self._waiting))
            self._real.release()
        else:
            self._try("release", self._real.release, args, kwargs)

    def _can_release(self) -> bool:
        return self._real.locked()  # type: ignore[no-any-return]

    def _is_owned(self) -> bool:
        """Tell a Condition what it would find out by trying to acquire."""
        return self._real.locked()  # type: ignore[no-any-return]

    acquire_lock = acquire
    release_lock = release

    def __enter__(self, *args: Any, **kwargs: Any) -> bool:
        return self.acquire(*args, **kwargs)  # of a lock of C's it is another name for that

    def __exit__(self, *_error: object, **kwargs: Any) -> None:
        if kwargs:
            self._try("__exit__", self._real.__exit__, _error, kwargs)
        self.release()


class TracedRLock(TracedLock):
    """A lock that its holder may acquire again; also what a traced Condition holds."""

    __slots__ = ()

    def _can_release(self) -> bool:
        return self._real._is_owned()  # type: ignore[no-any-return]

    _is_owned = _can_release

    def _release_save(self) -> Any:
        self._teller.tell_sync(self._primitive, "released", waiting=list(self._waiting))
        return self._real._release_save()

    def _acquire_restore(self, state: Any) -> None:
        me = self._teller.me()
        self._waiting.append(me)
        try:
            self._real._acquire_restore(state)
        finally:
            self._waiting.remove(me)
        self._teller.tell_sync(self._primitive, "acquired")
