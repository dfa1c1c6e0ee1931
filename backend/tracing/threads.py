"""Tells what threads do to each other: begin, end, wait, acquire, release, set, notify.

Only what the lab's own code makes is told: the locks inside of `queue`, `logging` or `threading`
itself stay silent, and so does a call that only raises. A wait is told only when there is something
to wait for: what is free at once is just acquired. `woke` names the threads that a release, set or
notify lets go on; `waiting` those that a lock has to choose from.
"""

from __future__ import annotations

import _thread
import itertools
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

from backend.tracing.channel import Channel
from backend.tracing.notes import compact
from backend.tracing.sites import NOWHERE, Sites

_real_lock = _thread.allocate_lock
_real_rlock = threading.RLock
_frame = sys._getframe


class Teller:
    """Makes the records of threads and synchronisation."""

    def __init__(self, channel: Channel, sites: Sites) -> None:
        self._channel = channel
        self.sites = sites
        self._numbers = itertools.count(1)

    def number(self) -> int:
        """Return the number of a new object."""
        return next(self._numbers)

    def me(self) -> int:
        """Return the number of this thread."""
        return self.sites.thread(threading.get_ident()).number

    def thread(self, event: str, **more: Any) -> None:
        """Tell something of this thread."""
        self._tell("thread", event, more)

    def began(self, name: str | None) -> None:
        """Tell that this thread has begun."""
        self.sites.name_thread(threading.get_ident(), name)
        self._tell("thread", "began", {})

    def ended(self) -> None:
        """Tell that this thread ends."""
        self._tell("thread", "ended", {})
        self.sites.forget_thread(threading.get_ident())

    def sync(self, thing: Told, event: str, **more: Any) -> None:
        """Tell something of a synchronisation object."""
        self._tell("sync", event, {"object": thing.number, "kind": thing.kind, **more})

    def _tell(self, kind: str, event: str, more: dict[str, Any]) -> None:
        thread = self.sites.thread(threading.get_ident())
        site = self.sites.of(_frame(1).f_back)
        fields = {
            "type": kind,
            "t": time.monotonic(),
            "run": self._channel.run,
            "event": event,
            "thread": thread.name,
            "tid": thread.number,
            **more,
        }
        if site is not NOWHERE:
            fields |= {"file": site.file, "line": site.line}
        self._channel.tell(compact(fields))


class Told:
    """Number and kind of an object that is told; one without number stays silent."""

    __slots__ = ("kind", "number")

    def __init__(self, kind: str, number: int) -> None:
        self.kind = kind
        self.number = number


def install(channel: Channel, sites: Sites) -> None:
    """Make threads and locks of the lab tell what they do."""
    teller = Teller(channel, sites)
    _install_threads(teller)
    _install_locks(teller)
    _install_classes(teller)


def _install_threads(teller: Teller) -> None:
    thread: Any = threading.Thread
    low: Any = _thread
    real_start, real_join = thread.start, thread.join
    real_bootstrap = thread._bootstrap_inner
    real_new = _thread.start_new_thread
    real_name = thread.name

    def rename(self: Any, name: Any) -> None:
        real_name.__set__(self, name)
        teller.sites.forget_name(self.ident)

    def start(self: Any) -> None:
        if self._initialized and not self._started.is_set():
            teller.thread("starts", other=self.name)
        real_start(self)

    def join(self: Any, timeout: float | None = None) -> None:
        if not self._initialized or self.ident == threading.get_ident() or not self.is_alive():
            real_join(self, timeout)
            return
        teller.thread("joins", other=self.name)
        try:
            real_join(self, timeout)
        finally:
            teller.thread("joined", other=self.name, ended=not self.is_alive())

    def _bootstrap_inner(self: Any) -> None:
        teller.began(self.name)  # `threading` will know the name a little later
        try:
            real_bootstrap(self)
        finally:
            teller.ended()

    def start_new_thread(*args: Any) -> int:
        is_fine = len(args) > 1 and callable(args[0]) and type(args[1]) is tuple
        is_fine = is_fine and all(isinstance(more, dict) for more in args[2:])
        if not is_fine or not teller.sites.is_own(_frame().f_back):
            return real_new(*args)
        function = args[0]
        teller.thread("starts", other=getattr(function, "__name__", repr(function)))
        return real_new(Body(function, teller), *args[1:])

    for method in (start, join, _bootstrap_inner):
        name = method.__name__
        setattr(thread, name, _dressed(method, getattr(thread, name)))
    thread.name = real_name.setter(rename)
    # Static: in a class's namespace a built-in function does not become a method.
    low.start_new_thread = low.start_new = staticmethod(_dressed(start_new_thread, real_new))


class Body:
    """What a thread of `start_new_thread` runs; it looks like the function when that fails."""

    def __init__(self, function: Callable[..., object], teller: Teller) -> None:
        self._function = function
        self._teller = teller

    def __call__(self, *args: Any, **kwargs: Any) -> None:
        """Run it."""
        self._teller.began(None)
        try:
            self._function(*args, **kwargs)
        finally:
            self._teller.ended()

    def __repr__(self) -> str:
        return repr(self._function)


def _install_locks(teller: Teller) -> None:
    is_own = teller.sites.is_own
    module: Any = threading
    low: Any = _thread
    _dressed(TracedLock, type(_real_lock()))
    _dressed(TracedRLock, type(_real_rlock()))

    def lock_maker(real: Callable[[], Any], kind: str, traced: type[TracedLock]) -> Any:
        def make(*args: Any) -> Any:
            made = real(*args)
            if not is_own(_frame(depth).f_back):
                return made
            told = Told(kind, teller.number())
            teller.sync(told, "made")
            return traced(made, told, teller)

        depth = 1 if isinstance(real, type) else 0
        if isinstance(real, type):  # Python 3.13 and later: in annotations and for isinstance, too
            body = {"__new__": lambda _cls, *args: make(*args)}
            return _dressed(_Class(kind, (), body), real)
        return staticmethod(_dressed(make, real))

    for owner, name, kind, traced in (
        (module, "Lock", "Lock", TracedLock),
        (module, "RLock", "RLock", TracedRLock),
        (low, "allocate_lock", "Lock", TracedLock),
    ):
        setattr(owner, name, lock_maker(getattr(owner, name), kind, traced))
    low.allocate = low.allocate_lock


class _Class(type):
    """The class of a class that makes locks."""

    def __instancecheck__(cls, thing: object) -> bool:
        return isinstance(thing, (TracedLock, type(_real_lock())))


class TracedLock:
    """A lock of the lab: the real one does the work."""

    __slots__ = ("__weakref__", "_real", "_teller", "_told", "_waiting")

    def __init__(self, real: Any, told: Told, teller: Teller) -> None:
        self._real = real
        self._told = told
        self._teller = teller
        self._waiting: list[int] = []

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        """Acquire the lock, as Lock.acquire does."""
        told, teller = self._told, self._teller
        if not blocking or (timeout != -1 and not 0 <= timeout <= threading.TIMEOUT_MAX):
            # At once, or an error that the real one knows the words for.
            got: bool = self._real.acquire(blocking, timeout)
            teller.sync(told, "acquired" if got else "missed")
            return got
        if self._real.acquire(False):
            teller.sync(told, "acquired")
            return True
        me = teller.me()
        self._waiting.append(me)
        teller.sync(told, "waiting")
        outcome = "interrupted"  # by an exception (Ctrl+C)
        try:
            got = self._real.acquire(True, timeout)
            outcome = "acquired" if got else "timeout"
        finally:
            self._waiting.remove(me)
            teller.sync(told, outcome)
        return got

    def release(self) -> None:
        """Release the lock, as Lock.release does."""
        # Told before: afterwards the next holder may already have told that it has it.
        if self._can_release():
            self._teller.sync(self._told, "released", waiting=list(self._waiting))
        self._real.release()

    def _can_release(self) -> bool:
        return self._real.locked()  # type: ignore[no-any-return]

    def _is_owned(self) -> bool:
        """Tell a Condition what it would find out by trying to acquire."""
        return self._real.locked()  # type: ignore[no-any-return]

    acquire_lock = acquire
    release_lock = release

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_error: object) -> None:
        self.release()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def __repr__(self) -> str:
        return repr(self._real)

    def __reduce_ex__(self, protocol: Any) -> Any:
        return self._real.__reduce_ex__(protocol)

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return type(self._real)


class TracedRLock(TracedLock):
    """A lock that its holder may acquire again; also what a traced Condition holds."""

    __slots__ = ()

    def _can_release(self) -> bool:
        return self._real._is_owned()  # type: ignore[no-any-return]

    _is_owned = _can_release

    def _release_save(self) -> Any:
        self._teller.sync(self._told, "released", waiting=list(self._waiting))
        return self._real._release_save()

    def _acquire_restore(self, state: Any) -> None:
        me = self._teller.me()
        self._waiting.append(me)
        try:
            self._real._acquire_restore(state)
        finally:
            self._waiting.remove(me)
        self._teller.sync(self._told, "acquired")


def _install_classes(teller: Teller) -> None:
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
            me = teller.me()
            self._sleepers.append(me)
            teller.sync(told, "waiting", until="notify")
            outcome = "interrupted"
            try:
                woken: bool = real_condition.wait(self, timeout)
                outcome = "woken" if woken else "timeout"
            finally:
                if me in self._sleepers:
                    self._sleepers.remove(me)
                teller.sync(told, outcome)
            return woken

        def notify(self, n: int = 1) -> None:
            if self._told is not None and self._is_owned():
                woke, self._sleepers = self._sleepers[:n], self._sleepers[n:]
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
            me = teller.me()
            self._sleepers.append(me)
            teller.sync(told, "waiting", until="set")
            outcome = "interrupted"
            try:
                woken: bool = real_event.wait(self, timeout)
                outcome = "woken" if woken else "timeout"
            finally:
                self._sleepers.remove(me)
                teller.sync(told, outcome)
            return woken

    module.Condition = _dressed(Condition, real_condition)
    module.Event = _dressed(Event, real_event)
    module.Semaphore = _dressed(Semaphore, real_semaphore)
    module.BoundedSemaphore = _dressed(BoundedSemaphore, real_bounded)


def _dressed(traced: Any, real: Any) -> Any:
    """Let something look like what it stands for."""
    traced.__name__, traced.__qualname__ = real.__name__, real.__qualname__
    traced.__module__, traced.__doc__ = real.__module__, real.__doc__
    return traced
