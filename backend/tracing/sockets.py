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

from backend.tracing.channel import Channel
from backend.tracing.notes import compact
from backend.tracing.records import CallTeller, Trace, error_name, format_address, set_quick
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
        **_closing(real, teller),
        "__slots__": ("_can_wait", "_quick", "_trace"),
        "__module__": "socket",
        "__qualname__": "socket",
        "__doc__": real.__doc__,
    }
    for name, method in methods.items():
        if callable(method):
            method.__name__ = name
            method.__qualname__ = f"socket.{name}"
            method.__doc__ = getattr(real, name).__doc__
    socket.socket = type("socket", (real,), methods)  # type: ignore[misc, assignment]


def _connecting(real: Any, teller: CallTeller) -> dict[str, Wrapper]:
    """Wrap the calls that make connections."""

    def connect(self: Any, address: Any, /) -> Any:
        trace = self._trace
        if trace is None:
            return real.connect(self, address)
        call = teller.enter(self, trace, "connect", _peer(address))
        try:
            real.connect(self, address)
        except BaseException as error:
            teller.fail(call, error)
            raise
        teller.leave(call, trace.name_ends(self, real), None, b"", 0)
        return None

    def connect_ex(self: Any, address: Any, /) -> Any:
        trace = self._trace
        if trace is None:
            return real.connect_ex(self, address)
        call = teller.enter(self, trace, "connect_ex", _peer(address))
        try:
            result = real.connect_ex(self, address)
        except BaseException as error:
            teller.fail(call, error)
            raise
        ends = trace.name_ends(self, real)
        if result:
            teller.fail(call, OSError(result, "connect_ex"))
        else:
            teller.leave(call, ends, None, b"", 0)
        return result

    def accept(self: Any) -> Any:
        trace = self._trace
        if trace is None:
            return real.accept(self)
        call = teller.enter(self, trace, "accept")
        try:
            conn, address = real.accept(self)
        except BaseException as error:
            teller.fail(call, error)
            raise
        number = 0 if conn._trace is None else conn._trace.number
        rest = f',"accepted":{number}{_peer(address)}'
        teller.leave(call, rest, None, b"", 0)
        return conn, address

    return {"connect": connect, "connect_ex": connect_ex, "accept": accept}


def _peer(address: object) -> str:
    return f',"peer":{compact(format_address(address))}'


def _instant(real: Any, teller: CallTeller) -> dict[str, Wrapper]:
    """Wrap the calls that never wait."""

    def wrap(name: str, note: Callable[..., dict[str, Any] | None]) -> Wrapper:
        call = getattr(real, name)

        def method(self: Any, *args: Any, **kwargs: Any) -> Any:
            trace = self._trace
            told: dict[str, Any] | None = None
            if trace is not None:
                try:
                    told = note(*args, **kwargs)
                except TypeError:  # wrong arguments: the real one knows the words for it
                    told = {}
            at = _monotonic_ns()
            try:
                result = call(self, *args, **kwargs)
            except BaseException as error:
                if told is not None:
                    teller.tell_instant(trace, name, at, error=error_name(error), **told)
                raise
            if name in ("settimeout", "setblocking"):
                self._can_wait = real.gettimeout(self) != 0.0
                set_quick(self)
            if told is not None:
                if name in ("bind", "listen"):
                    trace.name_ends(self, real)
                teller.tell_instant(trace, name, at, **told)
            return result

        return method

    return {
        "bind": wrap("bind", lambda address: {"address": format_address(address)}),
        "listen": wrap("listen", lambda *backlog: _number("backlog", *backlog)),
        "shutdown": wrap("shutdown", lambda how: {"how": _HOW.get(how, str(how))}),
        "setsockopt": wrap("setsockopt", _option),
        "settimeout": wrap("settimeout", lambda value: _number("value", value)),
        "setblocking": wrap("setblocking", _blocking),
    }


def _option(*args: Any, **_kwargs: Any) -> dict[str, Any] | None:
    name = _OPTIONS.get((args[0], args[1])) if len(args) > 2 else None
    value = args[2] if name and isinstance(args[2], int) else None
    return None if name is None else {"option": name, "value": value}


def _blocking(flag: object) -> dict[str, Any] | None:
    frame = caller()
    if frame is not None and frame.f_code is _OF_ACCEPT:
        return None  # the new socket, which nobody has seen yet
    return {"value": bool(flag)}


def _number(name: str, *values: object) -> dict[str, Any]:
    """Return an argument to be told; what is no number the call itself refuses."""
    fits = values and (values[0] is None or isinstance(values[0], (int, float)))
    return {name: values[0]} if fits else {}


def _making(real: Any, teller: CallTeller, sites: Sites) -> dict[str, Wrapper]:
    """Wrap what makes a socket."""
    numbers = itertools.count(1)
    is_ending = sys.is_finalizing

    def gone(trace: Trace) -> None:
        if not is_ending():
            teller.tell_instant(trace, "close", _monotonic_ns())

    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        self._trace = self._quick = None
        real.__init__(self, *args, **kwargs)
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
        fileno = kwargs.get("fileno", args[3] if len(args) > 3 else None)
        if fileno is None:
            teller.tell_instant(trace, "socket", _monotonic_ns())
            return
        trace.name_ends(self, real)
        if maker == "socketpair":
            teller.tell_instant(trace, "socketpair", _monotonic_ns())

    def dup(self: Any) -> Any:
        copy = real.dup(self)
        trace = self._trace
        if trace is not None:
            if copy._trace is not None:
                copy._trace.holders = 0
            trace.holders += 1
            copy._trace = trace
            set_quick(copy)
            teller.tell_instant(trace, "dup", _monotonic_ns())
        return copy

    return {"__init__": init, "dup": dup}


def _closing(real: Any, teller: CallTeller) -> dict[str, Wrapper]:
    """Wrap what ends a socket."""

    def _real_close(self: Any, *args: Any) -> None:
        trace = self._trace
        at = _monotonic_ns()
        real._real_close(self, *args)
        if trace is not None:
            self._trace = self._quick = None
            trace.holders -= 1
            teller.tell_instant(
                trace, "close", at, **({"held": trace.holders} if trace.holders else {})
            )

    def detach(self: Any) -> int:
        trace = self._trace
        fd: int = real.detach(self)
        if trace is not None:  # from here on it is a number, no socket
            self._trace = self._quick = None
            trace.holders -= 1
            teller.tell_instant(trace, "detach", _monotonic_ns())
        return fd

    return {"_real_close": _real_close, "detach": detach}
