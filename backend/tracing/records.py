"""The records of socket calls: what is known of a socket, and what is told of a call on it.

The part of a record that is the same for each call at one place is made once and kept as JSON.
"""

from __future__ import annotations

import errno
import itertools
import socket
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

from backend.tracing.channel import Channel, Pending, compact
from backend.tracing.sites import Sites

HEADS_LIMIT = 128

_LOCALHOST: dict[int, str] = {socket.AF_INET: "127.0.0.1", socket.AF_INET6: "::1"}

_monotonic = time.monotonic
_get_ident = threading.get_ident
_get_frame = sys._getframe


def shown(address: object) -> str:
    """Return an address as people write it."""
    if isinstance(address, tuple) and len(address) >= 2:
        host, port = address[0], address[1]
        return f"[{host}]:{port}" if ":" in str(host) else f"{host}:{port}"
    return address.decode("utf-8", "replace") if isinstance(address, bytes) else str(address)


def error_name(error: BaseException) -> str:
    """Return the name of an errno; `timeout` for the end of a settimeout."""
    if isinstance(error, OSError) and error.errno is not None:
        return errno.errorcode.get(error.errno, str(error.errno))
    if isinstance(error, TimeoutError):
        return "timeout"
    return type(error).__name__


class Trace:
    """What is known of one socket; the sockets of `dup` share it.

    `is_named` says that both ends are known, as far as they can be.
    """

    __slots__ = (
        "family", "gone", "heads", "holders", "is_named", "local", "number", "peer", "peers",
        "received", "sent", "transport",
    )  # fmt: skip

    def __init__(
        self, number: int, transport: str, family: int, gone: Callable[[Trace], None]
    ) -> None:
        self.number = number
        self.transport = transport
        self.family = family
        self.gone = gone
        self.holders = 1
        self.is_named = False
        self.local: str | None = None
        self.peer: str | None = None
        self.sent = 0
        self.received = 0
        self.heads: dict[tuple[Any, ...], str] = {}
        self.peers: dict[Any, str] = {}

    def __del__(self) -> None:
        if self.holders:  # nobody has closed it, but nobody has it any more: the kernel closes it
            self.gone(self)

    def name_ends(self, sock: socket.socket, real: Any) -> str:
        """Ask the kernel for the two ends; return them as JSON."""
        self.heads.clear()
        try:
            self.local = shown(real.getsockname(sock)) or None
        except OSError:
            self.local = None
        try:
            self.peer = shown(real.getpeername(sock)) or None
        except OSError:
            self.peer = None
        if self.transport == "tcp":
            self.is_named = self.peer is not None
        else:
            self.is_named = self.local is None or not self.local.endswith(":0")
        peer = "" if self.peer is None else f',"peer":{compact(self.peer)}'
        return f',"local":{compact(self.local)}{peer}'

    def named(self, address: Any) -> str:
        """Return an address of the other end, as JSON."""
        found = self.peers.get(address)
        if found is None:
            if len(self.peers) >= HEADS_LIMIT:
                self.peers.clear()
            text = shown(address)
            if text.startswith("localhost:"):  # as the kernel knows it, and the other end tells it
                text = shown((_LOCALHOST.get(self.family, "localhost"), *address[1:]))
            found = self.peers[address] = f',"peer":{compact(text)}'
        return found


class Teller:
    """Makes the records of socket calls and hands them to the channel."""

    def __init__(self, channel: Channel, sites: Sites, real: Any) -> None:
        self._channel = channel
        self._sites = sites
        self._gettimeout = real.gettimeout
        self._calls = itertools.count(1)
        self.leave = channel.leave

    def head(self, trace: Trace, call: str, frame: FrameType | None) -> str:
        """Return the part of a record that is the same for each such call at one place."""
        site = self._sites.of(frame)
        thread = self._sites.thread(_get_ident())
        key = (call, site, thread)
        head = trace.heads.get(key)
        if head is not None:
            return head
        fields: dict[str, Any] = {
            "type": "call",
            "run": self._channel.run,
            "call": call,
            "socket": trace.number,
            "transport": trace.transport,
            "thread": thread[1],
            "tid": thread[0],
        }
        if site[0]:
            fields |= {"file": site[0], "line": site[1]}
        if trace.local:
            fields["local"] = trace.local
        if trace.peer:
            fields["peer"] = trace.peer
        if len(trace.heads) >= HEADS_LIMIT:
            trace.heads.clear()
        head = trace.heads[key] = compact(fields)[:-1]
        return head

    def once(self, trace: Trace, call: str, at: float, /, **more: Any) -> None:
        """Tell a call that cannot block."""
        head = self.head(trace, call, _get_frame(1).f_back)
        rest = "".join(f',"{key}":{compact(value)}' for key, value in more.items())
        self._channel.tell_surely(f'{head},"t":{at:.9f},"n":{next(self._calls)}{rest}}}')

    def enter(self, sock: socket.socket, trace: Trace, call: str, more: str = "") -> Pending:
        """Note that a call begins."""
        head = self.head(trace, call, _get_frame(1).f_back)
        if self._gettimeout(sock) == 0.0:
            return Pending(next(self._calls), head, None, more)
        pending = Pending(next(self._calls), head, _monotonic(), more)
        self._channel.enter(pending)
        return pending

    def fail(self, pending: Pending, error: BaseException) -> None:
        """Note that a call has raised."""
        self.leave(pending, f',"error":{compact(error_name(error))}{pending.more}', None, b"", 0)
