"""Tells the plain bytes of what asyncio sends and receives by TLS: it encrypts in memory.

`asyncio.sslproto` gives OpenSSL two pieces of memory (`ssl.MemoryBIO`) in place of a socket, and
its transport the encrypted bytes, in their order. So a byte's place in what OpenSSL has written is
its place in what the socket sends: how long the memory has grown by a write says where the records
of that write end, and a sending tells the plain bytes of those that have left whole with it. A
receipt waits with its note until what it has brought is decrypted, before the program gets that.
"""

from __future__ import annotations

import sys
import weakref
from collections import deque
from collections.abc import Callable
from typing import Any

from backend.tracing.arguments import attempt
from backend.tracing.buffers import PAYLOAD_LIMIT_BYTES, preview
from backend.tracing.notes import Call
from backend.tracing.places import NOWHERE
from backend.tracing.records import CallTeller
from backend.tracing.sites import Sites, caller
from backend.tracing.tls import like, tell_refusal, tell_return
from backend.tracing.traces import TRACE, Trace, kept

MODULE = "asyncio.sslproto"
RECORD_BYTES = 16_384  # plain bytes of a record at most (RFC 8446, 5.1); OpenSSL fills each but one
_READER = "_read_ready__get_buffer"  # of a transport: what it takes it gives to the protocol next

Method = Callable[..., Any]


class Encrypted:
    """A TCP stream that is encrypted in memory.

    `made` is how many encrypted bytes OpenSSL has written, `passed` how many of them the socket has
    sent; less than 0 while it still sends what was written before. `is_drained` says that all that
    was received is decrypted, as far as it can be; else what is read next has come before.
    """

    __slots__ = (
        "_got", "_head", "_held", "_records", "_sock", "is_drained", "made", "memory", "passed",
    )  # fmt: skip

    def __init__(self, sock: Any, memory: Any, before: int) -> None:
        self._sock = weakref.ref(sock)
        self.memory = memory
        self.made, self.passed = memory.pending, -before
        self._records: deque[tuple[int, int, bytes]] = deque()  # its end, plain bytes, the first
        self._held: tuple[Call, str, int, int] | None = None
        self._got, self._head = 0, b""
        self.is_drained = True

    def add(self, grown: int, size: int, data: Any) -> None:
        """Note that OpenSSL has written so many bytes more, of so many plain ones."""
        begin, self.made = self.made, self.made + grown
        count = -(-size // RECORD_BYTES)
        if count > 1 and not (grown - size) % count:  # each record has grown by as much
            more = (grown - size) // count
            view = memoryview(data).cast("B")
            for at in range(0, size, RECORD_BYTES):
                piece = view[at : min(at + RECORD_BYTES, size)]
                begin += len(piece) + more
                self._records.append((begin, len(piece), bytes(piece[:PAYLOAD_LIMIT_BYTES])))
        elif size:
            self._records.append((self.made, size, preview(data, size)))

    def send(self, size: int) -> tuple[int, bytes] | None:
        """Note that so many bytes were sent; return the plain ones of records that have left whole.

        None: these bytes are not encrypted, or others than asyncio's are among them.
        """
        start, self.passed = self.passed, self.passed + size
        if start < 0 or self.passed > self.made:
            return None
        plain, head = 0, b""
        while self._records and self._records[0][0] <= self.passed:
            _, count, first = self._records.popleft()
            head += first if len(head) == plain else b""
            plain += count
        return plain, head[:PAYLOAD_LIMIT_BYTES]

    def hold(self, teller: CallTeller, note: tuple[Call, str, int, int]) -> bool:
        """Keep the note of a receipt until it is decrypted; return whether that comes next."""
        frame = caller()
        if not note[2] or frame is None or frame.f_code.co_name != _READER:
            return False
        self.end_reading(teller)
        self._held = note
        if not self.is_drained:
            self.end_reading(teller)
        return True

    @property
    def is_held(self) -> bool:
        """Whether the note of a receipt is kept."""
        return self._held is not None

    def take(self, size: int, data: Any) -> None:
        """Note that so many bytes were decrypted."""
        if len(self._head) == self._got:
            self._head = (self._head + preview(data, size))[:PAYLOAD_LIMIT_BYTES]
        self._got += size

    def end_reading(self, teller: CallTeller) -> None:
        """Tell the receipt whose bytes are decrypted, or what was decrypted of those before it."""
        held, got, head = self._held, self._got, self._head
        self._held, self._got, self._head = None, 0, b""
        if held is not None:
            call, rest, size, place = held
            tell_return(teller, call, f'{rest},"plain":{got}', (size, place), head)
        elif got and (trace := kept(TRACE, sock := self._sock())) is not None:
            call = teller.enter(sock, trace, "recv")
            tell_return(teller, call, f',"plain":{got}', (0, NOWHERE), head)

    def refuse(self, teller: CallTeller, error: BaseException) -> None:
        """Tell that what was received is refused, after the receipt itself."""
        self.end_reading(teller)
        if (trace := kept(TRACE, sock := self._sock())) is not None:
            tell_refusal(teller, teller.enter(sock, trace, "recv"), error)


class Encryption:
    """Knows which of OpenSSL's objects encrypt for which sockets."""

    def __init__(self, teller: CallTeller, sites: Sites) -> None:
        self._teller = teller
        self._sites = sites
        self._known: dict[int, tuple[Any, Encrypted]] = {}  # by id of the object: and itself, weak

    def watch(self, origin: str | None) -> Callable[[Any], None] | None:
        """Return what is to be done with the library's own module once it is executed."""
        is_own = origin is not None and self._sites.own_name(origin) is not None
        return None if is_own else lambda module: attempt(self._trace, module)

    def _trace(self, module: Any) -> None:
        ssl: Any = sys.modules["ssl"]
        wraps = (
            (module.SSLProtocol, "connection_made", self._connecting),
            (module.SSLProtocol, "buffer_updated", self._receiving),
            (ssl.SSLObject, "write", self._around(self._write)),
            (ssl.SSLObject, "read", self._around(self._read)),
            (ssl.SSLObject, "do_handshake", self._around(self._shake)),
            (ssl.SSLObject, "unwrap", self._around(self._shake)),
        )
        found = [(cls, name, vars(cls)[name], wrap) for cls, name, wrap in wraps]
        for cls, name, real, wrap in found:
            setattr(cls, name, like(wrap(real), real))

    def _of(self, made: Any) -> Encrypted | None:
        known = self._known.get(id(made))
        return known[1] if known is not None and known[0]() is made else None

    def _connecting(self, real: Method) -> Method:
        def connection_made(*args: Any, **kwargs: Any) -> Any:
            attempt(self._connect, *args)
            return real(*args, **kwargs)

        return connection_made

    def _connect(self, protocol: Any, transport: Any) -> None:
        """Take note that a protocol encrypts for the socket of this transport from now on."""
        made, sock = protocol._sslobj, transport._sock
        trace: Trace = TRACE.get(sock)
        if trace.transport == "tcp":
            key, known = id(made), self._known
            before = transport.get_write_buffer_size()
            trace.encrypted = Encrypted(sock, protocol._outgoing, before)
            known[key] = weakref.ref(made, lambda _: known.pop(key, None)), trace.encrypted

    def _receiving(self, real: Method) -> Method:
        def buffer_updated(*args: Any, **kwargs: Any) -> Any:
            try:
                return real(*args, **kwargs)
            finally:
                stream = self._of(getattr(args[0], "_sslobj", None)) if args else None
                if stream is not None and stream.is_held:  # not read now: the program has paused
                    stream.is_drained = False
                    stream.end_reading(self._teller)

        return buffer_updated

    def _around(self, do: Callable[..., Any]) -> Callable[[Method], Method]:
        """Return what wraps a method of OpenSSL's objects: `do` is for those that are known."""

        def wrap(real: Method) -> Method:
            def method(*args: Any, **kwargs: Any) -> Any:
                stream = self._of(args[0]) if args else None
                if stream is None:
                    return real(*args, **kwargs)
                return do(stream, real, args, kwargs)

            return method

        return wrap

    def _write(self, stream: Encrypted, real: Method, args: Any, kwargs: Any) -> Any:
        before, size = stream.memory.pending, 0
        try:
            size = real(*args, **kwargs)
        finally:
            data = args[1] if len(args) > 1 else kwargs.get("data")
            attempt(stream.add, stream.memory.pending - before, size, data)
        return size

    def _read(self, stream: Encrypted, real: Method, args: Any, kwargs: Any) -> Any:
        before, size, is_full = stream.memory.pending, 0, False
        try:
            got = real(*args, **kwargs)
            size = got if type(got) is int else len(got)
            data = (args[2] if len(args) > 2 else kwargs["buffer"]) if got is size else got
            stream.take(size, data)
            is_full = got is size and size == (args[1] if len(args) > 1 else None)
        finally:
            stream.add(stream.memory.pending - before, 0, b"")
            if not size or is_full:  # then the program gets what was read
                stream.is_drained = not size
                stream.end_reading(self._teller)
        return got

    def _shake(self, stream: Encrypted, real: Method, args: Any, kwargs: Any) -> Any:
        before = stream.memory.pending
        try:
            return real(*args, **kwargs)
        except Exception as error:
            if _is_refusal(error):
                stream.refuse(self._teller, error)
            raise
        finally:
            stream.add(stream.memory.pending - before, 0, b"")
            stream.end_reading(self._teller)


def _is_refusal(error: Exception) -> bool:
    """Whether OpenSSL says no: else it wants more, or the other end has closed."""
    ssl: Any = sys.modules["ssl"]
    goes_on = (ssl.SSLWantReadError, ssl.SSLWantWriteError, ssl.SSLSyscallError)
    return isinstance(error, ssl.SSLError) and not isinstance(
        error, (*goes_on, ssl.SSLEOFError, ssl.SSLZeroReturnError)
    )
