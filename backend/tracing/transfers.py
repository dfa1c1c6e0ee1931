"""The traced calls that move bytes: each tells how many, the first of them, and their offset.

Every form of a call goes the general way but one: that which most programs use, such as
`recv(bufsize)` or `send(data)`, has a quick way. There it is known where to look for the bytes, and
the arguments need not be passed on as they may come, which halves what a wrapper costs.
"""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Callable
from typing import Any

from backend.tracing.records import Teller

PAYLOAD_LIMIT_BYTES = 2048

_PEEK = int(getattr(socket, "MSG_PEEK", 0))

Wrapper = Callable[..., Any]


def receiving(real: Any, teller: Teller) -> dict[str, Wrapper]:
    """Wrap the calls that take bytes out of the kernel."""

    def wrap(name: str, flags_at: int, look: Callable[..., tuple[Any, int, Any]]) -> Wrapper:
        return _wrap_receiving(real, teller, name, flags_at, look)

    def into(args: Any, kwargs: Any) -> Any:
        return args[0] if args else kwargs["buffer"]

    recv = wrap("recv", 1, lambda r, a, k: (r, len(r), None))
    recvfrom = wrap("recvfrom", 1, lambda r, a, k: (r[0], len(r[0]), r[1]))
    return {
        "recv": _quick_receiving(real, teller, "recv", recv),
        "recvfrom": _quick_receiving(real, teller, "recvfrom", recvfrom),
        "recv_into": wrap("recv_into", 2, lambda r, a, k: (into(a, k), r, None)),
        "recvfrom_into": wrap("recvfrom_into", 2, lambda r, a, k: (into(a, k), r[0], r[1])),
        "recvmsg": wrap("recvmsg", 2, lambda r, a, k: (r[0], len(r[0]), r[3])),
        "recvmsg_into": wrap("recvmsg_into", 2, lambda r, a, k: (_joined(a[0]), r[0], r[3])),
    }


def _quick_receiving(real: Any, teller: Teller, name: str, general: Wrapper) -> Wrapper:
    """Wrap the form recv(bufsize) or recvfrom(bufsize)."""
    call, enter, leave = getattr(real, name), teller.enter, teller.leave
    has_address = name == "recvfrom"

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        trace = self._trace
        if trace is None or len(args) != 1 or kwargs:
            return general(self, *args, **kwargs)
        begun = enter(self, trace, name)
        try:
            result = call(self, args[0])
        except BaseException as error:
            teller.fail(begun, error)
            raise
        data, address = result if has_address else (result, None)
        n, offset = len(data), trace.received
        trace.received = offset + n
        rest = "" if trace.is_named else trace.name_ends(self, real)
        if address:
            rest += trace.named(address)
        leave(begun, rest, n, data[:PAYLOAD_LIMIT_BYTES], offset)
        return result

    return method


def _wrap_receiving(
    real: Any,
    teller: Teller,
    name: str,
    flags_at: int,
    look: Callable[..., tuple[Any, int, Any]],
) -> Wrapper:
    """Wrap any form; `look` finds bytes, size and address in result, arguments and keywords."""
    call = getattr(real, name)

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        trace = self._trace
        if trace is None:
            return call(self, *args, **kwargs)
        begun = teller.enter(self, trace, name)
        try:
            result = call(self, *args, **kwargs)
        except BaseException as error:
            teller.fail(begun, error)
            raise
        data, n, address = look(result, args, kwargs)
        offset = trace.received
        flags = args[flags_at] if len(args) > flags_at else kwargs.get("flags", 0)
        rest = "" if trace.is_named else trace.name_ends(self, real)
        if address:
            rest += trace.named(address)
        if flags and _PEEK & int(flags):
            rest += ',"flags":"MSG_PEEK"'
        else:
            trace.received = offset + n
        teller.leave(begun, rest, n, _told(data, n), offset)
        return result

    return method


def sending(real: Any, teller: Teller) -> dict[str, Wrapper]:
    """Wrap the calls that give bytes to the kernel."""

    def wrap(name: str, look: Callable[..., tuple[Any, int, Any]]) -> Wrapper:
        return _wrap_sending(real, teller, name, look)

    send = wrap("send", lambda r, a: (a[0], r, None))
    sendall = wrap("sendall", lambda r, a: (a[0], _size(a[0]), None))
    sendto = wrap("sendto", lambda r, a: (a[0], r, a[-1]))
    return {
        "send": _quick_sending(real, teller, "send", send),
        "sendall": _quick_sending(real, teller, "sendall", sendall),
        "sendto": _quick_sending(real, teller, "sendto", sendto),
        "sendmsg": wrap("sendmsg", lambda r, a: (_joined(a[0]), r, a[3] if len(a) > 3 else None)),
        "_sendfile_use_sendfile": _wrap_sendfile(real, teller),
    }


def _quick_sending(real: Any, teller: Teller, name: str, general: Wrapper) -> Wrapper:
    """Wrap the form send(data), sendall(data) or sendto(data, address) of bytes."""
    call, enter, leave = getattr(real, name), teller.enter, teller.leave
    has_address = name == "sendto"
    count = 2 if has_address else 1

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        trace = self._trace
        if trace is None or len(args) != count or kwargs or type(args[0]) is not bytes:
            return general(self, *args, **kwargs)
        data, address = args if has_address else (args[0], None)
        begun = enter(self, trace, name)
        try:
            result = call(self, data, address) if has_address else call(self, data)
        except BaseException as error:
            teller.fail(begun, error)
            raise
        n = len(data) if result is None else result  # sendall returns None: it has sent all
        offset = trace.sent
        trace.sent = offset + n
        rest = "" if trace.is_named else trace.name_ends(self, real)
        if address:
            rest += trace.named(address)
        leave(begun, rest, n, data[:PAYLOAD_LIMIT_BYTES][:n], offset)
        return result

    return method


def _wrap_sending(
    real: Any, teller: Teller, name: str, look: Callable[..., tuple[Any, int, Any]]
) -> Wrapper:
    """Wrap any form; `look` finds bytes, size and address in result and arguments."""
    call = getattr(real, name)

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        trace = self._trace
        if trace is None:
            return call(self, *args, **kwargs)
        if name == "sendmsg" and args and not isinstance(args[0], (list, tuple)):
            with contextlib.suppress(TypeError):
                args = (list(args[0]), *args[1:])  # an iterator can be read only once
        begun = teller.enter(self, trace, name)
        try:
            result = call(self, *args, **kwargs)
        except BaseException as error:
            teller.fail(begun, error)
            raise
        data, n, address = look(result, args)
        offset = trace.sent
        trace.sent = offset + n
        rest = "" if trace.is_named else trace.name_ends(self, real)
        if address:
            rest += trace.named(address)
        teller.leave(begun, rest, n, _told(data, n), offset)
        return result

    return method


def _wrap_sendfile(real: Any, teller: Teller) -> Wrapper:
    """Wrap what sendfile does where the kernel copies the file itself."""
    given_up: Any = getattr(socket, "_GiveupOnSendfile", ())

    def _sendfile_use_sendfile(self: Any, file: Any, offset: int = 0, count: Any = None) -> Any:
        trace = self._trace
        if trace is None:
            return real._sendfile_use_sendfile(self, file, offset, count)
        begun = teller.enter(self, trace, "sendfile")
        try:
            n = real._sendfile_use_sendfile(self, file, offset, count)
        except given_up as error:  # no file of the kernel's: it has sent nothing, send() follows
            if not teller.forget(begun):
                teller.fail(begun, error)
            raise
        except BaseException as error:
            teller.fail(begun, error)
            raise
        before, trace.sent = trace.sent, trace.sent + n
        data = os.pread(file.fileno(), min(n, PAYLOAD_LIMIT_BYTES), offset)
        teller.leave(begun, "", n, data, before)
        return n

    return _sendfile_use_sendfile


def _told(data: Any, n: int) -> bytes:
    """Return the first bytes of a buffer, as many as are told of `n`."""
    n = min(n, PAYLOAD_LIMIT_BYTES)
    if type(data) is bytes:
        return data[:n]
    return memoryview(data).cast("B")[:n].tobytes()


def _size(data: Any) -> int:
    """Return the size of a buffer in bytes."""
    return len(data) if type(data) is bytes else memoryview(data).nbytes


def _joined(buffers: Any) -> bytes:
    """Return as much of a list of buffers as is told."""
    parts, left = [], PAYLOAD_LIMIT_BYTES
    for buffer in buffers:
        view = memoryview(buffer).cast("B")[:left]
        parts.append(view.tobytes())
        left -= len(view)
        if not left:
            break
    return b"".join(parts)
