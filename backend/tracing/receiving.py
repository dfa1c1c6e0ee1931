"""The traced calls that take bytes out of the kernel: see transfers.py."""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from backend.tracing.arguments import index_of
from backend.tracing.buffers import (
    PAYLOAD_LIMIT_BYTES,
    join,
    keep_buffers,
    preview,
    size_of,
    size_of_all,
)
from backend.tracing.places import NOWHERE, Reading, ask_of_reading, end_counted_reading
from backend.tracing.records import CallTeller, Given
from backend.tracing.sites import NO_ORIGIN
from backend.tracing.traces import Trace, trace_of
from backend.tracing.transfers import (
    NONE,
    UNKNOWN,
    Begun,
    Look,
    Wrapper,
    given,
    interrupted,
    returned,
)

_PEEK = int(getattr(socket, "MSG_PEEK", 0))
_TRUNC = int(getattr(socket, "MSG_TRUNC", 0))
_OOB = int(getattr(socket, "MSG_OOB", 0))
_FLAGS = {_PEEK: ',"flags":"MSG_PEEK"', _OOB: ',"flags":"MSG_OOB"'}
_FLAGS[0] = ""
_NO_ROOM = 0
_ASKS_FIRST = ("recv", "recv_into")  # for no bytes they do not even ask the kernel (_socket of C)
_TELLING_CUTS = ("recvmsg", "recvmsg_into")
_NAMING = ("recvfrom", "recvfrom_into", *_TELLING_CUTS)

_monotonic_ns = time.monotonic_ns
_get_ident = threading.get_ident
_get_frame = sys._getframe

Room = Callable[..., Any]  # finds how many bytes there was room for; None if it does not matter


class Form(NamedTuple):
    """A call that receives: its name, where its flags stand, how to find what it got."""

    name: str
    flags_at: int
    look: Look
    room: Room


def receiving(real: Any, teller: CallTeller) -> dict[str, Wrapper]:
    """Wrap the calls that take bytes out of the kernel."""

    def wrap(name: str, flags_at: int, look: Look, room: Room) -> Wrapper:
        return _wrap_receiving(real, teller, Form(name, flags_at, look, room))

    def into(args: Any, kwargs: Any) -> Any:
        return args[0] if args else kwargs["buffer"]

    def given_room(r: Any, a: Any, k: Any) -> Any:
        return a[0] if a else k.get("bufsize")

    def room_of(r: Any, a: Any, k: Any) -> Any:
        wanted = a[1] if len(a) > 1 else k.get("nbytes", 0)
        return index_of(wanted) or size_of(into(a, k))

    def room_of_all(r: Any, a: Any, k: Any) -> Any:
        return size_of_all(a[0])

    recv = wrap("recv", 1, lambda r, a, k: (r, len(r), None), given_room)
    return {
        "recv": _quick_recv(real, teller, recv),
        "recvfrom": wrap("recvfrom", 1, lambda r, a, k: (r[0], len(r[0]), r[1]), given_room),
        "recv_into": wrap("recv_into", 2, lambda r, a, k: (into(a, k), r, None), room_of),
        "recvfrom_into": wrap(
            "recvfrom_into", 2, lambda r, a, k: (into(a, k), r[0], r[1]), room_of
        ),
        "recvmsg": wrap("recvmsg", 2, lambda r, a, k: (r[0], len(r[0]), r[3]), given_room),
        "recvmsg_into": wrap(
            "recvmsg_into", 2, lambda r, a, k: (join(a[0]), r[0], r[3]), room_of_all
        ),
    }


def _quick_recv(real: Any, teller: CallTeller, general: Wrapper) -> Wrapper:
    """Wrap the form recv(bufsize)."""
    # Long because a call of another function would make a round trip 1 % longer.
    real_recv, channel = real.recv, teller.channel
    notes, note = channel.notes, channel.notes.append
    threads, places = teller.sites.threads, teller.sites.places

    def recv(self: Any = NONE, bufsize: Any = NONE, /, *more: Any, **kwargs: Any) -> Any:
        try:
            trace = self._socketlab_quick
        except AttributeError:  # no socket, or none yet
            trace = None
        if trace is None or bufsize is NONE or bufsize is _NO_ROOM or more or kwargs:
            return general(*given(self, bufsize, *more), **kwargs)
        code, lines, me = trace.received_from
        try:
            frame = _get_frame(1)
            if frame.f_code is not code or me.ident != _get_ident():
                code, me = frame.f_code, threads[_get_ident()]
                lines = places[id(code)]
                trace.received_from = code, lines, me
            place = lines[frame.f_lasti]
        except UNKNOWN:  # not the context of what the call raises: so it is made below
            me, trace.received_from = None, NO_ORIGIN
        if me is None or me.inside is not None or trace.receiver is not None:
            return general(self, bufsize)
        trace.receiver = me  # no call between this and the look at it: no other thread either
        call = _monotonic_ns(), "recv", trace.json, me.json, place, "", None
        try:
            me.inside = call
            if not channel.awake:
                channel.wake()
            data = real_recv(self, bufsize)
        except BaseException as error:
            trace.receiver = None if trace.receiver is me else trace.receiver
            teller.fail(call, error, ((self, bufsize), {}))
            raise
        size = len(data)
        if trace.receiver is me:
            trace.receiver = None
            trace.received = (offset := trace.received) + size
        else:
            offset = end_counted_reading(trace, self, real, size, me)
        me.inside = None
        if len(notes) >= channel.capacity and me.told_call is not call:
            channel.lost += 2
            channel.lost_bytes += size
            return data
        head = data if size <= PAYLOAD_LIMIT_BYTES else data[:PAYLOAD_LIMIT_BYTES]
        note((call, _monotonic_ns(), size, head, offset, ""))
        if not channel.awake:
            channel.wake()
        return data

    return recv


def _place(trace: Trace, turn: Reading | None, n: int, flags: int) -> int:
    """Return the place of bytes that were received, and count them."""
    is_kept = bool(flags & _PEEK)
    if turn is None:
        place = trace.received
        trace.received += 0 if is_kept else n
        return place
    if flags & _OOB:  # urgent data stands beside the stream: tcp(7)
        turn.fail()
        ask_of_reading(trace)
        return NOWHERE
    return turn.end(n, is_kept=is_kept)


def _wrap_receiving(real: Any, teller: CallTeller, form: Form) -> Wrapper:
    """Wrap any form; what it looks at are result, arguments and keywords."""
    name = form.name
    real_method, tell = getattr(real, name), _teller_of_taken(real, teller, form)

    def method(*args: Any, **kwargs: Any) -> Any:
        trace = trace_of(args)
        if trace is None:
            return teller.untraced(real_method, name, args, kwargs)
        before = args
        if name == "recvmsg_into":
            args = keep_buffers(args)
        call = teller.enter(args[0], trace, name)
        is_tcp = trace.transport == "tcp"
        turn = Reading(trace, args[0], real, teller.me()) if is_tcp else None
        came: list[Any] = []
        counted = trace.received
        try:
            came.extend(returned(real_method, args, kwargs))
            if turn is None:
                tell((call, trace, None), (args, kwargs), came[0])
        except BaseException as error:
            if came and turn is None:  # it was taken, and is lost
                if not teller.has_noted(call):
                    trace.received = counted
                    tell((call, trace, None), (args, kwargs), came[0], interrupted(error))
                raise
            if turn is not None:
                turn.fail()
            teller.fail(call, error, (before, kwargs))
            raise
        if turn is not None:
            tell((call, trace, turn), (args, kwargs), came[0])
        return came[0]

    return method


def _teller_of_taken(real: Any, teller: CallTeller, form: Form) -> Callable[..., None]:
    """Return what notes that a call has returned: what it has taken, and from whom."""
    name, flags_at, look, room = form

    def tell(begun: Begun[Reading], taken: Given, result: Any, rest: str = "") -> None:
        call, trace, turn = begun
        (sock, *args), kwargs = taken
        data, n, address = look(result, args, kwargs)
        flags = index_of(args[flags_at] if len(args) > flags_at else kwargs.get("flags", 0)) or 0
        is_stream = trace.is_quick_kind
        if flags & _TRUNC:  # `n` may be more than was copied: of a stream nothing is
            data, n = (b"", n) if is_stream else (data, _copied(n, room(result, args, kwargs)))
        rest += "" if trace.is_named else trace.name_ends(sock, real)
        if name in _NAMING:
            rest += trace.sender_json(address)
        rest += _FLAGS.get(flags & (_PEEK | _OOB), "")
        offset = _place(trace, turn, n, flags)
        if not n and (is_stream or name in _ASKS_FIRST) and not _has_room(room, result, taken):
            teller.leave(call, rest, None, b"", 0)  # neither the end of a stream nor a datagram
            return
        if not is_stream and _is_full(name, result, n, room(result, args, kwargs)):
            rest += ',"full":true'  # a longer datagram would have been cut
        stream = trace.encrypted
        if stream is None or not stream.hold(teller, (call, rest, n, offset)):
            teller.leave(call, rest, n, preview(data, n), offset)

    return tell


def _copied(n: int, room: Any) -> int:
    size = index_of(room)
    return n if size is None else min(n, size)


def _has_room(room: Room, result: Any, given: Given) -> bool:
    (_, *args), kwargs = given
    return index_of(room(result, args, kwargs)) != 0


def _is_full(name: str, result: Any, n: int, room: Any) -> bool:
    """Whether a datagram has filled its buffer; some calls say more: that it was cut."""
    return bool(result[2] & _TRUNC) if name in _TELLING_CUTS else index_of(room) == n
