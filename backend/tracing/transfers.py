"""The traced calls that move bytes: each tells how many, the first of them, and their offset.

All of them go the general way. What most TCP programs call, `recv(bufsize)`, and `send(data)` or
`sendall(data)` of bytes, has a quick way beside it: on a socket that may wait and whose ends are
known, from a line that is known. There everything stands in one function, because each call of
another would make a round trip 1 % longer; and the socket remembers who used it so last (`Origin`),
because to look up code and thread anew would make it 1 to 2 % longer.
"""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from io import BytesIO
from itertools import starmap
from typing import Any, TypeVar

from backend.tracing.arguments import attempt
from backend.tracing.buffers import (
    PAYLOAD_LIMIT_BYTES,
    Kept,
    head_of_file,
    join,
    keep_buffers,
    preview,
    size_of,
    size_of_all,
)
from backend.tracing.kernel import sent_of
from backend.tracing.notes import Call, compact
from backend.tracing.places import Sending, end_counted, leave_counted
from backend.tracing.records import NO_PART, CallTeller, Part, error_name
from backend.tracing.sites import NO_ORIGIN, Thread
from backend.tracing.traces import Trace, trace_of

NONE: Any = object()  # no argument
UNKNOWN = (KeyError, ValueError)  # a new place or thread; no frame: the interpreter itself calls
_monotonic_ns = time.monotonic_ns
_get_ident = threading.get_ident
_get_frame = sys._getframe

Wrapper = Callable[..., Any]
Look = Callable[..., tuple[Any, int, Any]]  # finds bytes, size and address of a transfer
Turn = TypeVar("Turn")
Begun = tuple[Call, Trace, Turn | None]  # a call, its socket, its turn in the stream if it is TCP's


def sending(real: Any, teller: CallTeller) -> dict[str, Wrapper]:
    """Wrap the calls that give bytes to the kernel."""

    def wrap(name: str, look: Look, address_at: int = 0) -> Wrapper:
        return _wrap_sending(real, teller, name, look, address_at)

    send = wrap("send", lambda r, a: (a[0], r, None))
    sendall = wrap("sendall", lambda r, a: (a[0], size_of(a[0]), None))
    return {
        "send": _quick_sending(real, teller, "send", send),
        "sendall": _quick_sending(real, teller, "sendall", sendall),
        "sendto": wrap("sendto", lambda r, a: (a[0], r, a[-1]), 2),
        "sendmsg": wrap("sendmsg", lambda r, a: (join(a[0]), r, a[3] if len(a) > 3 else None), 4),
        "_sendfile_use_sendfile": _wrap_sendfile(real, teller),
    }


def _quick_sending(real: Any, teller: CallTeller, name: str, general: Wrapper) -> Wrapper:
    """Wrap the form send(data) or sendall(data) of bytes."""
    # Long because a call of another function would make a round trip 1 % longer.
    real_method, channel = getattr(real, name), teller.channel
    notes, note = channel.notes, channel.notes.append
    threads, places = teller.sites.threads, teller.sites.places

    def method(self: Any = NONE, data: Any = NONE, /, *more: Any, **kwargs: Any) -> Any:
        try:
            trace = self._socketlab_quick
        except AttributeError:  # no socket, or none yet
            trace = None
        if trace is None or type(data) is not bytes or more or kwargs:
            return general(*given(self, data, *more), **kwargs)
        code, lines, me = trace.sent_from
        try:
            frame = _get_frame(1)
            if frame.f_code is not code or me.ident != _get_ident():
                code, me = frame.f_code, threads[_get_ident()]
                lines = places[id(code)]
                trace.sent_from = code, lines, me
            place = lines[frame.f_lasti]
        except UNKNOWN:  # not the context of what the call raises: so it is made below
            me, trace.sent_from = None, NO_ORIGIN
        if me is None or me.inside is not None or trace.sender is not None:
            return general(self, data)
        trace.sender = me  # no call since the look at it, so no other thread
        call = _monotonic_ns(), name, trace.json, me.json, place, "", None
        try:
            me.inside = call
            if not channel.awake:
                channel.wake()
            result = real_method(self, data)
        except BaseException as error:
            teller.fail(call, error, ((self, data), {}), part=_part_of(real, trace, self, data, me))
            raise
        size = len(data) if result is None else result  # sendall returns None: it has sent all
        if trace.sender is me:
            trace.sender = None
            offset = trace.sent
            trace.sent = offset + size
        else:
            offset = end_counted(trace, self, real, size, me)
        me.inside = None
        if len(notes) >= channel.capacity and me.told_call is not call:
            channel.lost += 2
            channel.lost_bytes += size
            return result
        if size == len(data) <= PAYLOAD_LIMIT_BYTES:
            head = data
        else:
            head = data[: min(size, PAYLOAD_LIMIT_BYTES)]
        note((call, _monotonic_ns(), size, head, offset, ""))
        if not channel.awake:
            channel.wake()
        return result

    return method


def _wrap_sending(real: Any, teller: CallTeller, name: str, look: Look, address_at: int) -> Wrapper:
    """Wrap any form; `look` looks at result and arguments; from `address_at` on one is the peer."""
    real_method = getattr(real, name)
    tell = _teller_of_sent(real, teller, look)

    def method(*args: Any, **kwargs: Any) -> Any:
        trace = trace_of(args)
        if trace is None:
            return teller.untraced(real_method, name, args, kwargs)
        before = args
        if name == "sendmsg":
            args = keep_buffers(args)
        sock, size = args[0], 0
        if len(args) > 1:
            size = size_of_all(args[1]) if name == "sendmsg" else size_of(args[1])
        call = teller.enter(sock, trace, name)
        turn = None
        if trace.transport == "tcp":
            turn = Sending(trace, sock, real, size, teller.me())
        came: list[Any] = []
        counted = trace.sent
        try:
            came.extend(returned(real_method, args, kwargs))
            if turn is None:
                tell((call, trace, None), args, came[0])
        except BaseException as error:
            if came and turn is None:  # it was sent; of TCP the kernel knows
                if not teller.has_noted(call):
                    trace.sent = counted
                    tell((call, trace, None), args, came[0], interrupted(error))
                raise
            to = args[address_at:][-1:] if address_at else ()
            part = NO_PART if turn is None else _part(trace, turn, args[1:2], size)
            teller.fail(call, error, (before, kwargs), to=to, part=part)
            raise
        if turn is not None:
            tell((call, trace, turn), args, came[0])
        return came[0]

    return method


def _teller_of_sent(real: Any, teller: CallTeller, look: Look) -> Callable[..., None]:
    """Return what notes that a call has returned: what it has sent, and where to."""

    def tell(begun: Begun[Sending], args: Any, result: Any, rest: str = "") -> None:
        call, trace, turn = begun
        data, n, address = look(result, args[1:])
        if turn is None:
            offset, unseen = trace.sent, 0
            trace.sent = offset + n
        else:
            offset, unseen = turn.end(n)
        rest += "" if trace.is_named else trace.name_ends(args[0], real)
        if address and not trace.is_quick_kind:  # the kernel looks at none where it is connected
            rest += trace.target_json(address)
        if unseen:
            rest += f',"unseen":{unseen}'
        head = preview(data, n)
        plain = None if trace.encrypted is None else trace.encrypted.send(n)
        if plain is not None:
            rest, head = f'{rest},"plain":{plain[0]}', plain[1]
        teller.leave(call, rest, n, head, offset)

    return tell


def returned(real_method: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Iterator[Any]:
    """Return what gives the result of a call, once.

    A list that is extended by it has the result even where a signal's handler raises as soon as
    the call is over: between the two is no step of the interpreter, at which handlers have a turn.
    """
    return starmap(partial(real_method, **kwargs) if kwargs else real_method, (args,))


def interrupted(error: BaseException) -> str:
    """Return, as JSON, that a handler has raised when the call had done what it should."""
    return f',"error":{compact(error_name(error))}'


def _wrap_sendfile(real: Any, teller: CallTeller) -> Wrapper:
    """Wrap what sendfile does where the kernel copies the file itself."""
    given_up: Any = getattr(socket, "_GiveupOnSendfile", ())

    def _sendfile_use_sendfile(*args: Any, **kwargs: Any) -> Any:
        trace = trace_of(args)
        if trace is None:
            return teller.untraced(real._sendfile_use_sendfile, "sendfile", args, kwargs)
        # What is held in memory is given up: to find that out may take long, but is no call.
        held = [each for each in args[1:2] if issubclass(type(each), BytesIO)]
        call = teller.enter(args[0], trace, "sendfile", can_wait=not held)
        turn = Sending(trace, args[0], real, sys.maxsize, teller.me())
        try:
            n = real._sendfile_use_sendfile(*args, **kwargs)
        except given_up as error:  # no file of the kernel's: it has sent nothing, send() follows
            turn.fail(0)
            if not teller.forget(call):
                teller.fail(call, error, (args, kwargs))
            raise
        except BaseException as error:
            teller.fail(call, error, (args, kwargs), part=_part(trace, turn, (), sys.maxsize))
            raise
        offset, unseen = turn.end(n)
        data = attempt(head_of_file, n, *args[1:3])
        teller.leave(call, f',"unseen":{unseen}' if unseen else "", n, data or b"", offset)
        return n

    return _sendfile_use_sendfile


def _part_of(real: Any, trace: Trace, sock: Any, data: bytes, me: Thread) -> Part:
    """Return what a call of the quick way has sent before it failed."""
    part = NO_PART
    if trace.transport == "tcp" and trace.sender is me:
        now = sent_of(sock, real)
        n = -1 if now is None else now - trace.sent
        if 0 <= n <= len(data):
            part = (n, data[: min(n, PAYLOAD_LIMIT_BYTES)], trace.sent)
            trace.sent += n
    leave_counted(trace, me)
    return part


def _part(trace: Trace, turn: Sending, data: tuple[Any, ...], size: int) -> Part:
    """Return what a call has sent of that size before it failed, as far as the kernel knows."""
    n = turn.fail(size)
    if n is None or not size:
        return NO_PART
    place = trace.sent
    trace.sent = place + n
    first = data[0] if data else b""
    is_one = not isinstance(first, (list, tuple, Kept))
    return n, preview(first if is_one else join(first), n), place


def given(*values: Any) -> tuple[Any, ...]:
    """Return the arguments that were given."""
    return tuple(value for value in values if value is not NONE)
