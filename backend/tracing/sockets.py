"""Replaces socket.socket by a subclass that tells what the program asks of the kernel.

Calls behave as they do untraced: same results, same exceptions. `accept`, `create_server`,
`create_connection`, `socketpair`, `dup`, `makefile`, `socketserver` and `http.server` follow by
themselves, because the standard library looks the class up by its name in the `socket` module.

A call that can block is told twice, before (`"phase":"enter"`) and after (`"phase":"return"`), with
one number `n`; any other is told once, with the time before it. `offset` counts the bytes of a TCP
stream, per socket and direction, so that the two ends of a transfer can be found in it.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable
from typing import Any

from backend.tracing import endings
from backend.tracing.arguments import index_of
from backend.tracing.blind import BlindTeller
from backend.tracing.channel import Channel
from backend.tracing.holders import Holders
from backend.tracing.lifetimes import Known, closing, copying, making, numbering
from backend.tracing.notes import compact
from backend.tracing.options import OPTIONS, option_value
from backend.tracing.receiving import receiving
from backend.tracing.records import CallTeller
from backend.tracing.sites import Sites, caller
from backend.tracing.tls import following
from backend.tracing.traces import (
    CAN_WAIT,
    SLOTS,
    TRACE,
    format_address,
    kept,
    past_of,
    set_quick,
    trace_of,
)
from backend.tracing.transfers import Wrapper, sending

_HOW = {socket.SHUT_RD: "SHUT_RD", socket.SHUT_WR: "SHUT_WR", socket.SHUT_RDWR: "SHUT_RDWR"}

_OF_ACCEPT = socket.socket.accept.__code__

_monotonic_ns = time.monotonic_ns


def install(channel: Channel, sites: Sites, blinds: BlindTeller, holders: Holders) -> CallTeller:
    """Make every socket from now on a traced one; return what tells of them."""
    real: Any = socket.socket
    teller = CallTeller(channel, sites)
    os.register_at_fork(after_in_child=teller.go_on_in_child)
    methods = {
        **receiving(real, teller),
        **sending(real, teller),
        **_connecting(real, teller),
        **_instant(real, teller),
        **making(real, teller, sites, Known(holders, blinds)),
        **copying(real, teller),
        **closing(real, teller, holders),
        **numbering(real, holders),
        **following(real, teller),
        "__slots__": tuple(SLOTS),
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
    traced: Any = type("socket", (real,), methods)
    for name, slot in SLOTS.items():
        slot.take_out(traced, name)
    del traced.__slots__
    socket.socket = traced  # type: ignore[misc]
    endings.install(channel)
    return teller


def _connecting(real: Any, teller: CallTeller) -> dict[str, Wrapper]:
    """Wrap the calls that make connections."""

    def connect(*args: Any, **kwargs: Any) -> Any:
        trace = trace_of(args)
        if trace is None:
            return teller.untraced(real.connect, "connect", args, kwargs)
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
            return teller.untraced(real.connect_ex, "connect_ex", args, kwargs)
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
            return teller.untraced(real.accept, "accept", args, kwargs)
        call = teller.enter(args[0], trace, "accept")
        try:
            conn, address = real.accept(*args, **kwargs)
        except BaseException as error:
            teller.fail(call, error, (args, kwargs))
            raise
        accepted = kept(TRACE, conn)
        number = 0 if accepted is None else accepted.number
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
                told = trace or past_of(args)
                if told is not None:
                    teller.tell_refusal(told, name, at, error, (args, kwargs))
                raise
            if name in ("settimeout", "setblocking") and kept(CAN_WAIT, args[0]) is not None:
                CAN_WAIT.set(args[0], real.gettimeout(args[0]) != 0.0)
                set_quick(args[0])
            if trace is None:
                return result
            more = note(*args)
            if more is not None:
                if name in ("bind", "listen"):
                    trace.name_ends(args[0], real)
                teller.tell_instant(trace, name, at, **more)
                if name == ("listen" if trace.transport == "tcp" else "bind"):
                    teller.channel.hurry.ring()  # a start waits for it
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
    name = OPTIONS.get((index_of(args[0]) or 0, index_of(args[1]) or 0))
    return None if name is None else {"option": name, "value": option_value(name, args[2:])}


def _blocking(flag: bool) -> dict[str, Any] | None:
    frame = caller()
    if frame is not None and frame.f_code is _OF_ACCEPT:
        return None  # the new socket, which nobody has seen yet
    return {"value": flag}


def _number(name: str, *values: object) -> dict[str, Any]:
    """Return an argument to be told, if it is given."""
    return {name: index_of(values[0])} if values else {}
