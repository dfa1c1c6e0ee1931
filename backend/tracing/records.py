"""The records of socket calls: what is told of a call on a socket (traces.py)."""

from __future__ import annotations

import errno
import itertools
import threading
import time
from collections.abc import Callable
from typing import Any

from backend.tracing.arguments import shown, shown_arguments
from backend.tracing.channel import Channel
from backend.tracing.notes import MORE, OUTER, START_NS, Call, compact, instant_record
from backend.tracing.sites import Sites, Thread
from backend.tracing.tasks import lane_of_call
from backend.tracing.traces import CAN_WAIT, Trace, format_address, past_of

Part = tuple[int | None, bytes, int]  # how many bytes, the first of them, their place
NO_PART: Part = (None, b"", 0)
Given = tuple[tuple[Any, ...], dict[str, Any]]  # arguments; the first of them is the socket

_monotonic_ns = time.monotonic_ns
_get_ident = threading.get_ident


def error_name(error: BaseException) -> str:
    """Return the name of an errno; `timeout` for the end of a settimeout."""
    number = error.errno if isinstance(error, OSError) else None
    if type(number) is int:
        return errno.errorcode.get(number, shown(number))
    if isinstance(error, TimeoutError):
        return "timeout"
    return shown(error)[1:-1]


class CallTeller:
    """Makes the notes and records of socket calls and hands them to the channel."""

    def __init__(self, channel: Channel, sites: Sites) -> None:
        self.channel = channel
        self.sites = sites
        self.sockets = itertools.count(1)  # their numbers

    def go_on_in_child(self) -> None:
        """Number sockets of a process that was forked apart from those of others."""
        self.sockets = itertools.count(self.channel.first_number)

    def me(self) -> Thread:
        """Return this thread."""
        return self.sites.thread(_get_ident())

    def tell_instant(self, trace: Trace, name: str, at: int, /, **more: Any) -> None:
        """Tell a call that cannot block; `at` is when, in ns."""
        site, lane = self.sites.here(), lane_of_call(at, self.channel, self.sites)
        rest = "".join([f',"{key}":{compact(value)}' for key, value in more.items()])
        call = (at, name, trace.json, lane.json, site.json, rest, None)
        record = instant_record(self.channel.run_json, next(self.channel.numbers), call)
        self.channel.tell_surely(record)

    def tell_refusal(
        self, trace: Trace, name: str, at: int, error: BaseException, given: Given
    ) -> None:
        """Tell that a call which cannot block has raised."""
        args, kwargs = given
        more = {"error": error_name(error), "arguments": shown_arguments(args[1:], kwargs)}
        if isinstance(error, OSError) and name == "bind":
            more = {"error": more["error"], "address": format_address(args[1])}
        self.tell_instant(trace, name, at, **more)

    def enter(
        self, sock: Any, trace: Trace, name: str, more: str = "", *, can_wait: bool = True
    ) -> Call:
        """Note that a call begins."""
        site, at = self.sites.here(), _monotonic_ns()
        if not can_wait or not CAN_WAIT.get(sock):
            lane = lane_of_call(at, self.channel, self.sites)
            return (None, name, trace.json, lane.json, site.json, more, None)
        thread = self.sites.thread(_get_ident())
        outer = thread.inside
        call = thread.inside = (at, name, trace.json, thread.json, site.json, more, outer)
        if not self.channel.awake:
            self.channel.wake()
        return call

    def leave(self, call: Call, rest: str, size: int | None, data: bytes, offset: int) -> None:
        """Note that a call has returned; `data` is what is told of its `size` bytes."""
        note = (call, _monotonic_ns(), size, data, offset, rest)
        if call[START_NS] is None:
            self.channel.add_whole(note)
            return
        thread = self.sites.thread(_get_ident())
        thread.inside = call[OUTER]
        self.channel.add_return(note, is_told=thread.told_call is call)

    def fail(
        self,
        call: Call,
        error: BaseException,
        given: Given,
        *,
        to: tuple[Any, ...] = (),
        part: Part = NO_PART,
    ) -> None:
        """Note that a call has raised.

        `to` holds the address that it was given, if it was; `part` what it has moved before.
        """
        args, kwargs = given
        rest = f',"error":{compact(error_name(error))}{call[MORE]}'
        if to and isinstance(error, OSError):
            rest += f',"peer":{compact(format_address(to[0]))}'
        if not isinstance(error, OSError):  # refused by Python, not by the kernel
            rest += f',"arguments":{compact(shown_arguments(args[1:], kwargs))}'
        self.leave(call, rest, *part)

    def untraced(
        self, real: Callable[..., Any], name: str, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        """Call what is not told; but that it fails on a socket that was closed is."""
        try:
            return real(*args, **kwargs)
        except OSError as error:
            trace = past_of(args)
            if trace is not None:
                self.tell_refusal(trace, name, _monotonic_ns(), error, (args, kwargs))
            raise

    def has_noted(self, call: Call) -> bool:
        """Whether the return of a call that is just over is noted, though a signal came."""
        return any(note[0] is call for note in [*self.channel.notes])

    def forget(self, call: Call) -> bool:
        """Take back the beginning of a call that was none; return whether it is untold."""
        if call[START_NS] is None:
            return True
        thread = self.sites.thread(_get_ident())
        if thread.told_call is not call:
            thread.inside = call[OUTER]
        return thread.told_call is not call
