"""The traced calls that make, copy and close a socket, or give its number away: see sockets.py."""

from __future__ import annotations

import os
import socket
import sys
import time
from collections.abc import Callable
from types import CodeType
from typing import Any, NamedTuple

from backend.tracing.arguments import index_of
from backend.tracing.blind import BlindTeller, is_ping
from backend.tracing.holders import Holders, ending_of, others_of, unseen_of, untold_of
from backend.tracing.naming import called_name
from backend.tracing.records import CallTeller, Given
from backend.tracing.sites import Sites, caller, is_ours
from backend.tracing.traces import CAN_WAIT, PAST, QUICK, TRACE, Trace, kept, set_quick, trace_of
from backend.tracing.transfers import Wrapper

_STREAM, _DGRAM = socket.SOCK_STREAM, socket.SOCK_DGRAM
_INET = (socket.AF_INET, socket.AF_INET6)
_UNIX = getattr(socket, "AF_UNIX", None)
_MAKERS = ("accept", "socketpair")  # what makes one that nobody else has
_PLACES = 4096  # in the program, where a socket's number is asked for, that are looked at
_SELECTORS = os.sep + "selectors.py"
_SERVERS = os.sep + "socketserver.py"

_monotonic_ns = time.monotonic_ns


def transport_of(sock: socket.socket) -> str | None:
    """Return `tcp`, `udp` or `unix`; None for a socket that is not told."""
    kind = sock.type
    if sock.family in _INET and not is_ping(sock):
        return {_STREAM: "tcp", _DGRAM: "udp"}.get(kind)
    return "unix" if sock.family == _UNIX and kind in (_STREAM, _DGRAM) else None


class Known(NamedTuple):
    """What is known of sockets that are made: who holds which, and of which nothing is told."""

    holders: Holders
    blinds: BlindTeller


def making(real: Any, teller: CallTeller, sites: Sites, known_of: Known) -> dict[str, Wrapper]:
    """Wrap what makes a socket."""
    holders, blinds = known_of
    gone = _telling_gone(teller, holders)

    def init(*args: Any, **kwargs: Any) -> None:
        if not args or not isinstance(args[0], real):
            real.__init__(*args, **kwargs)
            return
        self, at = args[0], _monotonic_ns()
        for slot in (TRACE, QUICK, PAST):
            slot.set(self, None)
        try:
            real.__init__(*args, **kwargs)
        except Exception as error:
            _tell_unmade(teller, sites, at, error, (args, kwargs))
            raise
        CAN_WAIT.set(self, real.gettimeout(self) != 0.0)
        transport = transport_of(self)
        if transport is None:
            blinds.tell_socket(self)
            return
        frame, maker = caller(), ""
        while frame is not None and _makes_sockets(frame.f_code):
            maker = frame.f_code.co_name
            frame = frame.f_back
        is_pipe = transport == "unix" and self.type == _STREAM
        if is_pipe and not (sites.is_own(frame) or _is_server(frame)):
            return  # the standard library's own business (asyncio's self-pipe, say)
        fd = real.fileno(self)
        is_made = kwargs.get("fileno", args[4] if len(args) > 4 else None) is None
        known = None if is_made else holders.find(fd)
        if known is not None and known.transport == transport:
            _rejoin(self, known, teller)
            return
        number = (not is_made and holders.number_of(fd)) or next(teller.sockets)
        is_stream = self.type == _STREAM
        trace = Trace(number, transport, self.family, gone, is_stream=is_stream)
        TRACE.set(self, trace)
        holders.add(trace, fd)
        if is_made:
            teller.tell_instant(trace, "socket", at)
            return
        if maker not in _MAKERS:
            holders.receive(trace)
        trace.name_ends(self, real)
        if maker == "socketpair":
            teller.tell_instant(trace, "socketpair", at)

    return {"__init__": init}


def _telling_gone(teller: CallTeller, holders: Holders) -> Callable[[Trace], None]:
    """Return what tells that nobody has a socket any more, and the kernel has closed it."""
    is_ending = sys.is_finalizing

    def gone(trace: Trace) -> None:
        if not is_ending():
            trace.holders = 0
            holders.forget(trace)
            teller.tell_instant(trace, "close", _monotonic_ns(), **others_of(trace))

    return gone


def _makes_sockets(code: CodeType) -> bool:
    """Whether it is code of the module `socket`, or what stands for it here."""
    return code.co_filename == socket.__file__ or is_ours(code)


def _is_server(frame: Any) -> bool:
    """Whether it is `socketserver` that makes a socket, on the program's behalf."""
    return frame is not None and frame.f_code.co_filename.endswith(_SERVERS)


def _rejoin(sock: Any, trace: Trace, teller: CallTeller) -> None:
    """Take one more object of a socket that is known: `fromfd`, or a number that was detached."""
    if trace.holders:
        teller.tell_instant(trace, "dup", _monotonic_ns())
    trace.holders += 1
    TRACE.set(sock, trace)
    set_quick(sock)


def _tell_unmade(teller: CallTeller, sites: Sites, at: int, error: Exception, given: Given) -> None:
    """Tell that there is no socket: wrong arguments, or a kernel that refuses it."""
    if sites.is_caller_own():
        kind = given[0][2] if len(given[0]) > 2 else given[1].get("type")
        transport = "udp" if index_of(kind) == int(_DGRAM) else "tcp"
        trace = Trace(next(teller.sockets), transport, 0, lambda _: None, is_stream=False)
        trace.holders = 0
        teller.tell_refusal(trace, "socket", at, error, given)


def copying(real: Any, teller: CallTeller) -> dict[str, Wrapper]:
    """Wrap what makes a second holder of a socket."""

    def dup(*args: Any, **kwargs: Any) -> Any:
        trace, at = trace_of(args), _monotonic_ns()
        try:
            copy = real.dup(*args, **kwargs)
        except BaseException as error:
            if trace is not None:
                teller.tell_refusal(trace, "dup", at, error, (args, kwargs))
            raise
        known = kept(TRACE, copy)
        if trace is not None and known is not trace:  # where the kernel has no inodes
            if known is not None:
                known.holders = 0
            trace.holders += 1
            TRACE.set(copy, trace)
            set_quick(copy)
            teller.tell_instant(trace, "dup", _monotonic_ns())
        return copy

    return {"dup": dup}


def closing(real: Any, teller: CallTeller, holders: Holders) -> dict[str, Wrapper]:
    """Wrap what ends a socket."""

    def _real_close(*args: Any, **kwargs: Any) -> None:
        trace = trace_of(args)
        at = _monotonic_ns()
        unseen = unseen_of(trace, args[0], real) if trace is not None and trace.is_shared else {}
        ending = ending_of(trace, args[0], real) if trace is not None else {}
        untold = untold_of(trace, args[0], real) if trace is not None else {}
        real._real_close(*args, **kwargs)
        if trace is not None:
            TRACE.set(args[0], None)
            QUICK.set(args[0], None)
            PAST.set(args[0], trace)
            trace.holders -= 1
            if not trace.holders:
                holders.forget(trace)
            others = others_of(trace)
            teller.tell_instant(trace, "close", at, **unseen, **(others or {**ending, **untold}))

    def detach(*args: Any, **kwargs: Any) -> int:
        trace, at = trace_of(args), _monotonic_ns()
        try:
            fd: int = real.detach(*args, **kwargs)
        except BaseException as error:
            if trace is not None:
                teller.tell_refusal(trace, "detach", at, error, (args, kwargs))
            raise
        if trace is not None:  # from here on it is a number, no socket
            TRACE.set(args[0], None)
            QUICK.set(args[0], None)
            trace.holders -= 1
            holders.keep(trace)
            teller.tell_instant(trace, "detach", at)
        return fd

    return {"_real_close": _real_close, "detach": detach}


def numbering(real: Any, holders: Holders) -> dict[str, Wrapper]:
    """Wrap what gives the program a socket's number, by which it may be used unseen."""
    known: dict[tuple[int, int], bool] = {}

    def is_asked(frame: Any) -> bool:
        """Whether the program's line itself asks for it, and not `select` on its behalf."""
        place = (id(frame.f_code), frame.f_lasti)
        if place not in known:
            known[place] = called_name(frame.f_code, frame.f_lasti) in ("fileno", None)
        return known[place]

    def fileno(*args: Any, **kwargs: Any) -> int:
        trace = trace_of(args)
        if trace is not None and not trace.is_shared:
            frame = caller()
            is_library = frame is None or frame.f_code.co_filename.endswith(_SELECTORS)
            if not is_library and len(known) < _PLACES and is_asked(frame):
                holders.share(trace)
        fd: int = real.fileno(*args, **kwargs)
        return fd

    return {"fileno": fileno}
