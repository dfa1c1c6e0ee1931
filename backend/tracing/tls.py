"""Tells what a program sends and receives by TLS: `ssl.SSLSocket`.

OpenSSL uses the socket by its number. How many bytes went over the wire, encrypted, and where they
stand, is asked of the kernel before and after each call. It is told with what the program has of
it: `bytes` counts the encrypted ones, `plain` the others, of which `data` are the first. The class
is changed when the module `ssl` defines it, so that nobody else has to load that.
"""

from __future__ import annotations

import socket
import sys
from binascii import b2a_base64
from typing import Any

from backend.tracing.arguments import shown
from backend.tracing.buffers import preview
from backend.tracing.kernel import has_ended
from backend.tracing.notes import MORE, Call, compact
from backend.tracing.places import NOWHERE, Wire
from backend.tracing.records import CallTeller, Given
from backend.tracing.traces import Trace, trace_of
from backend.tracing.transfers import Wrapper


def following(real: Any, teller: CallTeller) -> dict[str, Any]:
    """Return what a class of sockets does when another is made of it: ssl's is traced."""

    def follow(cls: Any, /, **kwargs: Any) -> None:
        super(socket.socket, cls).__init_subclass__(**kwargs)
        if (cls.__module__, cls.__qualname__) == ("ssl", "SSLSocket"):
            for name, wrap in _WRAPS.items():
                if name in vars(cls):
                    setattr(cls, name, like(wrap(vars(cls)[name], real, teller), vars(cls)[name]))

    return {"__init_subclass__": classmethod(like(follow, real.__init_subclass__))}


def like(method: Any, own: Any) -> Any:
    """Give a method the face of the one that it stands for; return it."""
    method.__name__, method.__qualname__ = own.__name__, own.__qualname__
    method.__module__ = getattr(own, "__module__", None)
    method.__doc__, method.__wrapped__ = own.__doc__, own
    return method


def _trace_of(args: tuple[Any, ...]) -> Trace | None:
    """Return what is known of a socket that uses TLS now; None: the call has to do with no TLS."""
    trace = trace_of(args)
    if trace is None or trace.transport != "tcp" or getattr(args[0], "_sslobj", None) is None:
        return None
    return trace


def _sending(method: Any, real: Any, teller: CallTeller) -> Wrapper:
    def call_it(*args: Any, **kwargs: Any) -> Any:
        trace = _trace_of(args)
        if trace is None:
            return method(*args, **kwargs)
        call, wire = teller.enter(args[0], trace, "send"), Wire(trace, args[0], real, sends=True)
        try:
            n = method(*args, **kwargs)
        except BaseException as error:
            wire.end_sending()
            _fail(teller, call, error, (args, kwargs))
            raise
        data = args[1] if len(args) > 1 else kwargs.get("data")
        size, place, unseen = wire.end_sending()
        rest = f',"plain":{n}' + (f',"unseen":{unseen}' if unseen else "")
        tell_return(teller, call, rest, (size, place), preview(data, n))
        return n

    return call_it


def _reading(method: Any, real: Any, teller: CallTeller) -> Wrapper:
    def read(*args: Any, **kwargs: Any) -> Any:
        trace = _trace_of(args)
        if trace is None:
            return method(*args, **kwargs)
        call, wire = teller.enter(args[0], trace, "recv"), Wire(trace, args[0], real, sends=False)
        try:
            got = method(*args, **kwargs)
        except BaseException as error:
            _fail(teller, call, error, (args, kwargs))
            raise
        buffer, n = got, got
        if type(got) is int:
            buffer = args[2] if len(args) > 2 else kwargs.get("buffer")
        else:
            n = len(got)
        size, place = wire.end_reading()
        if not n and has_ended(args[0], real):
            if size:  # what OpenSSL has taken for itself before the end
                taken: Call = (None, "recv", *call[2:6], None)
                tell_return(teller, taken, ',"plain":0', (size, place), b"")
            teller.leave(call, ',"plain":0', 0, b"", NOWHERE)
        else:
            tell_return(teller, call, f',"plain":{n}', (size, place), preview(buffer, n))
        return got

    return read


def _shaking(method: Any, real: Any, teller: CallTeller) -> Wrapper:
    """Wrap what sends and receives bytes of TLS's own: told as one receipt and one sending."""

    def call_it(*args: Any, **kwargs: Any) -> Any:
        trace = _trace_of(args)
        if trace is None:
            return method(*args, **kwargs)
        call, wire = teller.enter(args[0], trace, "recv"), Wire(trace, args[0], real, sends=True)
        error: BaseException | None = None
        try:
            return method(*args, **kwargs)
        except BaseException as raised:
            error = raised
            raise
        finally:
            size, place, unseen = wire.end_sending()
            if size:
                rest = ',"plain":0' + (f',"unseen":{unseen}' if unseen else "")
                sent: Call = (None, "send", *call[2:6], None)
                tell_return(teller, sent, rest, (size, place), b"")
            if error is not None:
                _fail(teller, call, error, (args, kwargs))
            else:
                tell_return(teller, call, ',"plain":0', wire.end_reading(), b"")

    return call_it


def tell_return(
    teller: CallTeller, call: Call, rest: str, wire: tuple[int, int], data: bytes
) -> None:
    """Tell the return of a call, with what has gone over the wire, if anything."""
    size, place = wire
    if size:
        teller.leave(call, rest, size, data, place)
        return
    if data:
        rest += f',"data":"{b2a_base64(data, newline=False).decode("ascii")}"'
    teller.leave(call, rest, None, b"", 0)


def _fail(teller: CallTeller, call: Call, error: BaseException, given: Given) -> None:
    """Tell a call that has raised."""
    ssl = sys.modules.get("ssl")
    if ssl is not None and isinstance(error, ssl.SSLError):
        tell_refusal(teller, call, error)
    else:
        teller.fail(call, error, given)


def tell_refusal(teller: CallTeller, call: Call, error: BaseException) -> None:
    """Tell a call that has raised an error of ssl's, whose numbers are no errno."""
    teller.leave(call, f',"error":{compact(shown(error)[1:-1])}{call[MORE]}', None, b"", 0)


_WRAPS = {
    "send": _sending,
    "write": _sending,
    "read": _reading,
    "do_handshake": _shaking,
    "unwrap": _shaking,
}
