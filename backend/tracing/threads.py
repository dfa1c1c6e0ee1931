"""Tells what threads do: they begin and end, start and join others.

Only what the lab's own code does is told: threads that the standard library starts for itself stay
silent, and so does a call that only raises.
"""

from __future__ import annotations

import _thread
import itertools
import threading
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from backend.tracing.arguments import attempt, clean, shown_arguments
from backend.tracing.channel import Channel
from backend.tracing.naming import name_of_result
from backend.tracing.notes import compact
from backend.tracing.records import Given, error_name
from backend.tracing.sites import NOWHERE, Sites, caller, told_name
from backend.tracing.stand_ins import StandIn, imitate
from backend.tracing.tasks import follow
from backend.tracing.waiting import take, timed_out

NAMED_LIMIT = 1000  # primitives; whoever makes more has no names for them either


class ThreadTeller:
    """Makes the records of threads and synchronisation."""

    def __init__(self, channel: Channel, sites: Sites) -> None:
        self._channel = channel
        self.sites = sites
        self._numbers = itertools.count(1)
        self._times_named: dict[str, int] = {}
        self._to_name = NAMED_LIMIT

    def make(self, kind: str, maker: object, **more: Any) -> Primitive:
        """Number and name a new primitive, and tell that it was made.

        `maker` is what the program has called for it.
        """
        primitive = Primitive(kind, next(self._numbers), self._name(kind, maker))
        self.tell_sync(primitive, "made", **more)
        return primitive

    def _name(self, kind: str, maker: object) -> str:
        """Return what the program calls a primitive, else its kind; with a number if need be."""
        name = None
        if self._to_name > 0:
            self._to_name -= 1
            name = name_of_result(caller(), maker)
        first = clean(name or kind)
        times = self._times_named[first] = self._times_named.get(first, 0) + 1
        return first if name and times == 1 else f"{first} #{times}"

    def me(self) -> int:
        """Return the number of this thread."""
        return self.sites.thread(threading.get_ident()).number

    def tell_thread(self, event: str, **more: Any) -> None:
        """Tell something of this thread. If it ran an event loop, it may do so no more."""
        self._follow_loop()
        self._tell("thread", event, more)

    def tell_begin(self, name: str | None) -> None:
        """Tell that this thread has begun."""
        self.sites.name_thread(threading.get_ident(), name)
        self._tell("thread", "began", {})

    def tell_end(self) -> None:
        """Tell that this thread ends."""
        self._follow_loop()
        while found := take(self.sites.thread(threading.get_ident())):
            self._channel.add_return(timed_out(*found), is_told=True)
        self._tell("thread", "ended", {})
        self.sites.forget_thread(threading.get_ident())

    def _follow_loop(self) -> None:
        follow(self.sites.thread(threading.get_ident()), self._channel, self.sites)

    def tell_sync(self, primitive: Primitive, event: str, **more: Any) -> None:
        """Tell something of a synchronisation primitive."""
        kind, number, name = primitive
        if self._channel.child:  # it is another one since the fork
            number += self._channel.first_number
        self._tell("sync", event, {"object": number, "kind": kind, "name": name, **more})

    def tell_refusal(
        self, primitive: Primitive | None, name: str, error: Exception, given: Given
    ) -> None:
        """Tell that a call has raised: of a primitive, or of a thread."""
        more = {
            "call": name,
            "error": error_name(error),
            "arguments": shown_arguments(*given),
        }
        if primitive is None:
            self.tell_thread("failed", **more)
        else:
            self.tell_sync(primitive, "failed", **more)

    def _tell(self, kind: str, event: str, more: dict[str, Any]) -> None:
        thread = self.sites.thread(threading.get_ident())
        site = self.sites.here()
        fields = {
            "type": kind,
            "t": time.monotonic(),
            "run": self._channel.run,
            "event": event,
            "thread": thread.shown,
            "tid": thread.number,
            **more,
        }
        if self._channel.child:
            fields["child"] = self._channel.child
        if site is not NOWHERE:
            fields |= {"file": site.file, "line": site.line}
        self._channel.tell(compact(fields))


def telling_refusals(method: Any, real: Any, tell: Callable[[Exception, Given], None]) -> Any:
    """Return a method that does what `method` does, and tells when that raises.

    The signature of `method` is that of the real one, and so are the words of what does not fit it.
    """
    imitate(method, real)

    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return method(*args, **kwargs)
        except Exception as error:
            tell(error, (args, kwargs))
            raise

    return imitate(call, real)


class Primitive(NamedTuple):
    """A synchronisation primitive that is told: its kind, and a number and name no other has."""

    kind: str
    number: int
    name: str


def install(teller: ThreadTeller) -> None:
    """Make the threads of the lab tell what they do."""
    _install_methods(teller)
    low: Any = _thread
    real_new = _thread.start_new_thread

    def start_new_thread(*args: Any, **kwargs: Any) -> int:
        is_fine = len(args) > 1 and callable(args[0]) and type(args[1]) is tuple and not kwargs
        is_fine = is_fine and not [more for more in args[2:] if not isinstance(more, dict)]
        is_told = teller.sites.is_caller_own()
        if not is_fine or not is_told:
            try:
                return real_new(*args, **kwargs)
            except Exception as error:
                if is_told:
                    teller.tell_refusal(None, "start_new_thread", error, (args, kwargs))
                raise
        function = args[0]
        name = attempt(getattr, function, "__name__")
        teller.tell_thread("starts", other=told_name(name if isinstance(name, str) else function))
        return real_new(Body(function, teller), *args[1:])

    low.start_new_thread = low.start_new = StandIn(start_new_thread, real_new)


def _install_methods(teller: ThreadTeller) -> None:
    thread: Any = threading.Thread
    real_start, real_join = thread.start, thread.join
    real_bootstrap = thread._bootstrap_inner
    real_name = thread.name

    def rename(self: Any, name: Any) -> None:
        real_name.__set__(self, name)
        teller.sites.forget_name(self.ident)

    def start(self: Any) -> None:
        if isinstance(self, thread) and self._initialized and not self._started.is_set():
            teller.tell_thread("starts", other=told_name(self._name))
        real_start(self)

    def join(self: Any, timeout: float | None = None) -> None:
        is_time = timeout is None or type(timeout) in (bool, int, float)
        if not is_time or not isinstance(self, thread) or not self._initialized:
            real_join(self, timeout)  # which may refuse it
            return
        if self.ident == threading.get_ident() or not self.is_alive():
            real_join(self, timeout)
            return
        other = told_name(self._name)
        teller.tell_thread("joins", other=other)
        try:
            real_join(self, timeout)
        except BaseException as error:
            # Whatever is_alive() says now: CPython 3.11 takes the thread for one that has ended.
            teller.tell_thread("joined", other=other, ended=False, error=error_name(error))
            raise
        teller.tell_thread("joined", other=other, ended=not self.is_alive())

    def _bootstrap_inner(self: Any) -> None:
        teller.tell_begin(self.name)  # `threading` will know the name a little later
        try:
            real_bootstrap(self)
        finally:
            teller.tell_end()

    def wrap(method: Any, name: str) -> Any:
        def tell(error: Exception, given: Given) -> None:
            teller.tell_refusal(None, name, error, (given[0][1:], given[1]))

        return telling_refusals(method, getattr(thread, name), tell)

    thread.start, thread.join = wrap(start, "start"), wrap(join, "join")
    thread._bootstrap_inner = imitate(_bootstrap_inner, real_bootstrap)
    thread.name = real_name.setter(rename)


class Body:
    """What a thread of `start_new_thread` runs; it looks like the function when that fails."""

    def __init__(self, function: Callable[..., object], teller: ThreadTeller) -> None:
        self._function = function
        self._teller = teller

    def __call__(self, *args: Any, **kwargs: Any) -> None:
        """Run it."""
        self._teller.tell_begin(None)
        try:
            self._function(*args, **kwargs)
        finally:
            self._teller.tell_end()

    def __repr__(self) -> str:
        return repr(self._function)
