"""Replaces socket.socket by a subclass that tells what the program asks of the kernel.

Calls behave as they do untraced: same results, same exceptions. `accept`, `create_server`,
`create_connection`, `socketpair`, `dup`, `makefile`, `socketserver` and `http.server` follow by
themselves, because the standard library looks the class up by its name in the `socket` module.

A call that can block is told twice, before (`"phase":"enter"`) and after (`"phase":"return"`), with
one number `n`; any other is told once, with the time before it. `offset` counts the bytes of a TCP
stream, per socket and direction, so that the two ends of a transfer can be found in it.
"""

from __future__ import annotations

import itertools
import socket
import sys
import time
from collections.abc import Callable
from typing import Any

from backend.tracing.arguments import index_of
from backend.tracing.channel import Channel
from backend.tracing.notes import compact
from backend.tracing.records import CallTeller, Trace, format_address, set_quick, trace_of
from backend.tracing.sites import Sites, caller
from backend.tracing.transfers import Wrapper, receiving, sending

_STREAM, _DGRAM = socket.SOCK_STREAM, socket.SOCK_DGRAM
_INET = (socket.AF_INET, socket.AF_INET6)
_UNIX = getattr(socket, "AF_UNIX", None)
_OPTIONS = {
    (getattr(socket, level), getattr(socket, name)): name
    for level, name in (
        ("SOL_SOCKET", "SO_REUSEADDR"),
        ("SOL_SOCKET", "SO_REUSEPORT"),
        ("SOL_SOCKET", "SO_BROADCAST"),
        ("SOL_SOCKET", "SO_KEEPALIVE"),
        ("SOL_SOCKET", "SO_LINGER"),
        ("SOL_SOCKET", "SO_RCVBUF"),
        ("SOL_SOCKET", "SO_SNDBUF"),
        ("IPPROTO_TCP", "TCP_NODELAY"),
        ("IPPROTO_IP", "IP_ADD_MEMBERSHIP"),
        ("IPPROTO_IP", "IP_MULTICAST_TTL"),
    )
    if hasattr(socket, level) and hasattr(socket, name)
}
_HOW = {socket.SHUT_RD: "SHUT_RD", socket.SHUT_WR: "SHUT_WR", socket.SHUT_RDWR: "SHUT_RDWR"}

_OF_ACCEPT = socket.socket.accept.__code__

_monotonic_ns = time.monotonic_ns


def transport_of(sock: socket.socket) -> str | None:
    """Return `tcp`, `udp` or `unix`; None for a socket that is not told."""
    kind = sock.type
    if sock.family in _INET:
        return {_STREAM: "tcp", _DGRAM: "udp"}.get(kind)
    return "unix" if sock.family == _UNIX and kind in (_STREAM, _DGRAM) else None


def install(channel: Channel, sites: Sites) -> None:
    """Make every socket from now on a traced one."""
    real: Any = socket.socket
    teller = CallTeller(channel, sites)
    methods = {
        **receiving(real, teller),
        **sending(real, teller),
        **_connecting(real, teller),
        **_instant(real, teller),
        **_making(real, teller, sites),
        **_copying(real, teller),
        **_closing(real, teller),
        "__slots__": ("_can_wait", "_quick", "_trace"),
        "__module__": "socket",
        "__qualname__": "socket",
        "__doc__": real.__doc__,
    }
    for name, method in methods.items():
        if callable(method):
            own = getattr(real, name)
            method.__name__, method.__qualname__ = name, own.__qualname__
            method.__module__ = getattr(own, "__module__", "socket")
            method.__doc__, method.__wrapped__ = own.__doc__, own
    socket.socket = type("socket", (real,), methods)  # type: ignore[misc, assignment]


def _connecting(real: Any, teller: CallTeller) -> dict[str, Wrapper]:
    """Wrap the calls that make connections."""

    def connect(*args: Any, **kwargs: Any) -> Any:
        trace = trace_of(args)
        if trace is None:
            return real.connect(*args, **kwargs)
        call = teller.enter(args[0], trace, "connect", _peer(args))
        try:
            real.connect(*args, **kwargs)
        except BaseException as error:
            teller.fail(call, error, (args, kwargs))
            raise
        teller.leave(call, trace.name_ends(args[0], real), None, b"", 0)
        return None

    def connect_ex(*args: Any, **kwargs: Any) -> Any:
        trace = trace_of(args)
        if trace is None:
            return real.connect_ex(*args, **kwargs)
        call = teller.enter(args[0], trace, "connect_ex", _peer(args))
        try:
            result = real.connect_ex(*args, **kwargs)
        except BaseException as error:
            teller.fail(call, error, (args, kwargs))
            raise
        ends = trace.name_ends(args[0], real)
        if result:
            teller.fail(call, OSError(result, "connect_ex"), (args, kwargs))
        else:
            teller.leave(call, ends, None, b"", 0)
        return result

    def accept(*args: Any, **kwargs: Any) -> Any:
        trace = trace_of(args)
        if trace is None:
            return real.accept(*args, **kwargs)
        call = teller.enter(args[0], trace, "accept")
        try:
            conn, address = real.accept(*args, **kwargs)
        except BaseException as error:
            teller.fail(call, error, (args, kwargs))
            raise
        number = 0 if conn._trace is None else conn._trace.number
        rest = f',"accepted":{number},"peer":{compact(format_address(address))}'
        teller.leave(call, rest, None, b"", 0)
        return conn, address

    return {"connect": connect, "connect_ex": connect_ex, "accept": accept}


def _peer(args: tuple[Any, ...]) -> str:
    """Return where a call with one address goes; a call with none, or more, will be refused."""
    return f',"peer":{compact(format_address(args[1]))}' if len(args) == 2 else ""


def _instant(real: Any, teller: CallTeller) -> dict[str, Wrapper]:
    """Wrap the calls that never wait."""

    def wrap(name: str, note: Callable[..., dict[str, Any] | None]) -> Wrapper:
        """Wrap one; `note` finds what to tell in the socket and arguments that C has taken."""
        call = getattr(real, name)

        def method(*args: Any, **kwargs: Any) -> Any:
            trace = trace_of(args)
            at = _monotonic_ns()
            try:
                result = call(*args, **kwargs)
            except BaseException as error:
                if trace is not None:
                    teller.tell_refusal(trace, name, at, error, (args, kwargs))
                raise
            if name in ("settimeout", "setblocking") and hasattr(args[0], "_can_wait"):
                args[0]._can_wait = real.gettimeout(args[0]) != 0.0
                set_quick(args[0])
            if trace is None:
                return result
            told = note(*args)
            if told is not None:
                if name in ("bind", "listen"):
                    trace.name_ends(args[0], real)
                teller.tell_instant(trace, name, at, **told)
            return result

        return method

    return {
        "bind": wrap("bind", lambda _self, address: {"address": format_address(address)}),
        "listen": wrap("listen", lambda _self, *backlog: _number("backlog", *backlog)),
        "shutdown": wrap("shutdown", lambda _self, how: {"how": _HOW.get(index_of(how) or 0)}),
        "setsockopt": wrap("setsockopt", _option),
        "settimeout": wrap("settimeout", lambda self, _value: {"value": real.gettimeout(self)}),
        "setblocking": wrap("setblocking", lambda self, _flag: _blocking(real.getblocking(self))),
    }


def _option(_self: Any, *args: Any) -> dict[str, Any] | None:
    name = _OPTIONS.get((index_of(args[0]) or 0, index_of(args[1]) or 0))
    value = index_of(args[2]) if name and isinstance(args[2], int) else None
    return None if name is None else {"option": name, "value": value}


def _blocking(flag: bool) -> dict[str, Any] | None:
    frame = caller()
    if frame is not None and frame.f_code is _OF_ACCEPT:
        return None  # the new socket, which nobody has seen yet
    return {"value": flag}


def _number(name: str, *values: object) -> dict[str, Any]:
    """Return an argument to be told, if it is given."""
    return {name: index_of(values[0])} if values else {}


def _making(real: Any, teller: CallTeller, sites: Sites) -> dict[str, Wrapper]:
    """Wrap what makes a socket."""
    numbers = itertools.count(1)
    is_ending = sys.is_finalizing

    def gone(trace: Trace) -> None:
        if not is_ending():
            teller.tell_instant(trace, "close", _monotonic_ns())

    def init(*args: Any, **kwargs: Any) -> None:
        if not args or not isinstance(args[0], real):
            real.__init__(*args, **kwargs)
            return
        self = args[0]
        self._trace = self._quick = None
        real.__init__(*args, **kwargs)
        self._can_wait = real.gettimeout(self) != 0.0
        transport = transport_of(self)
        if transport is None:
            return
        frame, maker = caller(), ""
        while frame is not None and frame.f_code.co_filename == socket.__file__:
            maker = frame.f_code.co_name
            frame = frame.f_back
        if transport == "unix" and not sites.is_own(frame):
            return  # the standard library's own business (asyncio's self-pipe, say)
        trace = self._trace = Trace(next(numbers), transport, self.family, gone)
        fileno = kwargs.get("fileno", args[4] if len(args) > 4 else None)
        if fileno is None:
            teller.tell_instant(trace, "socket", _monotonic_ns())
            return
        trace.name_ends(self, real)
        if maker == "socketpair":
            teller.tell_instant(trace, "socketpair", _monotonic_ns())

    return {"__init__": init}


def _copying(real: Any, teller: CallTeller) -> dict[str, Wrapper]:
    """Wrap what makes a second holder of a socket."""

    def dup(*args: Any, **kwargs: Any) -> Any:
        trace, at = trace_of(args), _monotonic_ns()
        try:
            copy = real.dup(*args, **kwargs)
        except BaseException as error:
            if trace is not None:
                teller.tell_refusal(trace, "dup", at, error, (args, kwargs))
            raise
        if trace is not None:
            if copy._trace is not None:
                copy._trace.holders = 0
            trace.holders += 1
            copy._trace = trace
            set_quick(copy)
            teller.tell_instant(trace, "dup", _monotonic_ns())
        return copy

    return {"dup": dup}


def _closing(real: Any, teller: CallTeller) -> dict[str, Wrapper]:
    """Wrap what ends a socket."""

    def _real_close(*args: Any, **kwargs: Any) -> None:
        trace = trace_of(args)
        at = _monotonic_ns()
        real._real_close(*args, **kwargs)
        if trace is not None:
            args[0]._trace = args[0]._quick = None
            trace.holders -= 1
            teller.tell_instant(
                trace, "close", at, **({"held": trace.holders} if trace.holders else {})
            )

    def detach(*args: Any, **kwargs: Any) -> int:
        trace, at = trace_of(args), _monotonic_ns()
        try:
            fd: int = real.detach(*args, **kwargs)
        except BaseException as error:
            if trace is not None:
                teller.tell_refusal(trace, "detach", at, error, (args, kwargs))
            raise
        if trace is not None:  # from here on it is a number, no socket
            args[0]._trace = args[0]._quick = None
            trace.holders -= 1
            teller.tell_instant(trace, "detach", at)
        return fd

    return {"_real_close": _real_close, "detach": detach}
