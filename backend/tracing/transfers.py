"""The traced calls that move bytes: each tells how many, the first of them, and their offset.

All of them go the general way. What most TCP programs call, `recv(bufsize)`, and `send(data)` or
`sendall(data)` of bytes, has a quick way beside it: on a socket that may wait and whose ends are
known, from a line that is known. There everything stands in one function, because each call of
another would make a round trip 1 % longer.
"""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from backend.tracing.arguments import attempt, index_of
from backend.tracing.buffers import (
    PAYLOAD_LIMIT_BYTES,
    head_of_file,
    join,
    keep_buffers,
    preview,
    size_of,
)
from backend.tracing.records import CallTeller, trace_of
from backend.tracing.sites import Thread

_NONE: Any = object()  # no argument
_UNKNOWN = (KeyError, ValueError)  # a new place or thread; no frame: the interpreter itself calls
_monotonic_ns = time.monotonic_ns
_get_ident = threading.get_ident
_get_frame = sys._getframe

_PEEK = int(getattr(socket, "MSG_PEEK", 0))

Wrapper = Callable[..., Any]


def receiving(real: Any, teller: CallTeller) -> dict[str, Wrapper]:
    """Wrap the calls that take bytes out of the kernel."""

    def wrap(name: str, flags_at: int, look: Callable[..., tuple[Any, int, Any]]) -> Wrapper:
        return _wrap_receiving(real, teller, name, flags_at, look)

    def into(args: Any, kwargs: Any) -> Any:
        return args[0] if args else kwargs["buffer"]

    recv = wrap("recv", 1, lambda r, a, k: (r, len(r), None))
    return {
        "recv": _quick_recv(real, teller, recv),
        "recvfrom": wrap("recvfrom", 1, lambda r, a, k: (r[0], len(r[0]), r[1])),
        "recv_into": wrap("recv_into", 2, lambda r, a, k: (into(a, k), r, None)),
        "recvfrom_into": wrap("recvfrom_into", 2, lambda r, a, k: (into(a, k), r[0], r[1])),
        "recvmsg": wrap("recvmsg", 2, lambda r, a, k: (r[0], len(r[0]), r[3])),
        "recvmsg_into": wrap("recvmsg_into", 2, lambda r, a, k: (join(a[0]), r[0], r[3])),
    }


def _quick_recv(real: Any, teller: CallTeller, general: Wrapper) -> Wrapper:
    """Wrap the form recv(bufsize)."""
    real_recv, channel = real.recv, teller.channel
    notes, note = channel.notes, channel.notes.append
    threads, places = teller.sites.threads, teller.sites.places

    def recv(self: Any = _NONE, bufsize: Any = _NONE, /, *more: Any, **kwargs: Any) -> Any:
        try:
            trace = self._quick
        except AttributeError:  # no socket, or none yet
            trace = None
        if trace is None or bufsize is _NONE or more or kwargs:
            return general(*_given(self, bufsize, *more), **kwargs)
        try:
            me: Thread | None = threads[_get_ident()]
            frame = _get_frame(1)
            place = places[id(frame.f_code)][frame.f_lasti]
        except _UNKNOWN:
            me = None
        if me is None or me.inside is not None:
            return general(self, bufsize)
        call = _monotonic_ns(), "recv", trace.json, me.json, place, "", None
        try:
            me.inside = call
            if not channel.awake:
                channel.wake()
            data = real_recv(self, bufsize)
        except BaseException as error:
            teller.fail(call, error, ((self, bufsize), {}))
            raise
        size = len(data)
        offset = trace.received
        trace.received = offset + size
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


def _wrap_receiving(
    real: Any,
    teller: CallTeller,
    name: str,
    flags_at: int,
    look: Callable[..., tuple[Any, int, Any]],
) -> Wrapper:
    """Wrap any form; `look` finds bytes, size and address in result, arguments and keywords."""
    real_method = getattr(real, name)

    def method(*args: Any, **kwargs: Any) -> Any:
        trace = trace_of(args)
        if trace is None:
            return real_method(*args, **kwargs)
        given = args
        if name == "recvmsg_into":
            args = keep_buffers(args)
        call = teller.enter(args[0], trace, name)
        try:
            result = real_method(*args, **kwargs)
        except BaseException as error:
            teller.fail(call, error, (given, kwargs))
            raise
        args = args[1:]
        data, n, address = look(result, args, kwargs)
        offset = trace.received
        flags = args[flags_at] if len(args) > flags_at else kwargs.get("flags", 0)
        rest = "" if trace.is_named else trace.name_ends(given[0], real)
        if address:
            rest += trace.peer_json(address)
        if flags and _PEEK & (index_of(flags) or 0):
            rest += ',"flags":"MSG_PEEK"'
        else:
            trace.received = offset + n
        teller.leave(call, rest, n, preview(data, n), offset)
        return result

    return method


def sending(real: Any, teller: CallTeller) -> dict[str, Wrapper]:
    """Wrap the calls that give bytes to the kernel."""

    def wrap(name: str, look: Callable[..., tuple[Any, int, Any]]) -> Wrapper:
        return _wrap_sending(real, teller, name, look)

    send = wrap("send", lambda r, a: (a[0], r, None))
    sendall = wrap("sendall", lambda r, a: (a[0], size_of(a[0]), None))
    return {
        "send": _quick_sending(real, teller, "send", send),
        "sendall": _quick_sending(real, teller, "sendall", sendall),
        "sendto": wrap("sendto", lambda r, a: (a[0], r, a[-1])),
        "sendmsg": wrap("sendmsg", lambda r, a: (join(a[0]), r, a[3] if len(a) > 3 else None)),
        "_sendfile_use_sendfile": _wrap_sendfile(real, teller),
    }


def _quick_sending(real: Any, teller: CallTeller, name: str, general: Wrapper) -> Wrapper:
    """Wrap the form send(data) or sendall(data) of bytes."""
    real_method, channel = getattr(real, name), teller.channel
    notes, note = channel.notes, channel.notes.append
    threads, places = teller.sites.threads, teller.sites.places

    def method(self: Any = _NONE, data: Any = _NONE, /, *more: Any, **kwargs: Any) -> Any:
        try:
            trace = self._quick
        except AttributeError:  # no socket, or none yet
            trace = None
        if trace is None or type(data) is not bytes or more or kwargs:
            return general(*_given(self, data, *more), **kwargs)
        try:
            me: Thread | None = threads[_get_ident()]
            frame = _get_frame(1)
            place = places[id(frame.f_code)][frame.f_lasti]
        except _UNKNOWN:
            me = None
        if me is None or me.inside is not None:
            return general(self, data)
        call = _monotonic_ns(), name, trace.json, me.json, place, "", None
        try:
            me.inside = call
            if not channel.awake:
                channel.wake()
            result = real_method(self, data)
        except BaseException as error:
            teller.fail(call, error, ((self, data), {}))
            raise
        size = len(data) if result is None else result  # sendall returns None: it has sent all
        offset = trace.sent
        trace.sent = offset + size
        me.inside = None
        if len(notes) >= channel.capacity and me.told_call is not call:
            channel.lost += 2
            channel.lost_bytes += size
            return result
        head = data[:size] if size <= PAYLOAD_LIMIT_BYTES else data[:PAYLOAD_LIMIT_BYTES]
        note((call, _monotonic_ns(), size, head, offset, ""))
        if not channel.awake:
            channel.wake()
        return result

    return method


def _wrap_sending(
    real: Any, teller: CallTeller, name: str, look: Callable[..., tuple[Any, int, Any]]
) -> Wrapper:
    """Wrap any form; `look` finds bytes, size and address in result and arguments."""
    real_method = getattr(real, name)

    def method(*args: Any, **kwargs: Any) -> Any:
        trace = trace_of(args)
        if trace is None:
            return real_method(*args, **kwargs)
        given = args
        if name == "sendmsg":
            args = keep_buffers(args)
        call = teller.enter(args[0], trace, name)
        try:
            result = real_method(*args, **kwargs)
        except BaseException as error:
            teller.fail(call, error, (given, kwargs))
            raise
        data, n, address = look(result, args[1:])
        offset = trace.sent
        trace.sent = offset + n
        rest = "" if trace.is_named else trace.name_ends(args[0], real)
        if address:
            rest += trace.peer_json(address)
        teller.leave(call, rest, n, preview(data, n), offset)
        return result

    return method


def _wrap_sendfile(real: Any, teller: CallTeller) -> Wrapper:
    """Wrap what sendfile does where the kernel copies the file itself."""
    given_up: Any = getattr(socket, "_GiveupOnSendfile", ())

    def _sendfile_use_sendfile(*args: Any, **kwargs: Any) -> Any:
        trace = trace_of(args)
        if trace is None:
            return real._sendfile_use_sendfile(*args, **kwargs)
        call = teller.enter(args[0], trace, "sendfile")
        try:
            n = real._sendfile_use_sendfile(*args, **kwargs)
        except given_up as error:  # no file of the kernel's: it has sent nothing, send() follows
            if not teller.forget(call):
                teller.fail(call, error, (args, kwargs))
            raise
        except BaseException as error:
            teller.fail(call, error, (args, kwargs))
            raise
        before, trace.sent = trace.sent, trace.sent + n
        data = attempt(head_of_file, n, *args[1:3])
        teller.leave(call, "", n, data or b"", before)
        return n

    return _sendfile_use_sendfile


def _given(*values: Any) -> tuple[Any, ...]:
    """Return the arguments that were given."""
    return tuple(value for value in values if value is not _NONE)
