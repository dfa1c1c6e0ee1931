"""The records of socket calls: what is known of a socket, and what is told of a call on it.

The part of a record that is the same for each call at one place is made once and kept as JSON.
"""

from __future__ import annotations

import errno
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from backend.tracing.channel import Channel
from backend.tracing.notes import Begun, compact, instant
from backend.tracing.sites import Sites

PEERS_LIMIT = 128

_LOCALHOST: dict[int, str] = {socket.AF_INET: "127.0.0.1", socket.AF_INET6: "::1"}

_monotonic_ns = time.monotonic_ns
_get_ident = threading.get_ident


def shown(address: object) -> str:
    """Return an address as people write it."""
    if isinstance(address, tuple) and len(address) >= 2:
        host, port = address[0], address[1]
        if isinstance(host, str):  # a subclass may have another idea of how to show itself
            host = str.__str__(host)
        return f"[{host}]:{port}" if ":" in str(host) else f"{host}:{port}"
    if isinstance(address, (bytes, bytearray)):
        return address.decode("utf-8", "replace")
    return str(address)


def error_name(error: BaseException) -> str:
    """Return the name of an errno; `timeout` for the end of a settimeout."""
    if isinstance(error, OSError) and error.errno is not None:
        return errno.errorcode.get(error.errno, str(error.errno))
    if isinstance(error, TimeoutError):
        return "timeout"
    return type(error).__name__


class Trace:
    """What is known of one socket; the sockets of `dup` share it.

    `is_named` says that both ends are known, as far as they can be; `json` is its part of a record.
    """

    __slots__ = (
        "family", "gone", "holders", "is_named", "json", "number", "peers", "received", "sent",
        "transport",
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
        self.sent = 0
        self.received = 0
        self.peers: dict[Any, str] = {}
        self.json = self._members("")

    def __del__(self) -> None:
        if self.holders:  # nobody has closed it, but nobody has it any more: the kernel closes it
            self.gone(self)

    def name_ends(self, sock: Any, real: Any) -> str:
        """Ask the kernel for the two ends; return them as JSON."""
        local, peer = _end(real.getsockname, sock), _end(real.getpeername, sock)
        if self.transport == "tcp":
            self.is_named = peer is not None
        else:
            self.is_named = local is None or not local.endswith(":0")
        ends = "".join(
            f',"{name}":{compact(end)}' for name, end in (("local", local), ("peer", peer)) if end
        )
        self.json = self._members(ends)
        set_quick(sock)
        return ends

    def _members(self, ends: str) -> str:
        return f',"socket":{self.number},"transport":"{self.transport}"{ends}'

    def named(self, address: Any) -> str:
        """Return an address of the other end, as JSON."""
        try:
            found = self.peers.get(address)
        except TypeError:  # a bytearray, which the kernel takes and a dict does not
            return f',"peer":{compact(shown(address))}'
        if found is None:
            if len(self.peers) >= PEERS_LIMIT:
                self.peers.clear()
            text = shown(address)
            if text.startswith("localhost:"):  # as the kernel knows it, and the other end tells it
                text = shown((_LOCALHOST.get(self.family, "localhost"), *address[1:]))
            found = self.peers[address] = f',"peer":{compact(text)}'
        return found


def set_quick(sock: Any) -> None:
    """Allow a socket the quick way (see transfers.py), or forbid it: what it depends on changed."""
    trace = sock._trace
    is_quick = trace is not None and trace.is_named and sock._can_wait
    sock._quick = trace if is_quick else None


def _end(ask: Callable[[socket.socket], object], sock: socket.socket) -> str | None:
    try:
        return shown(ask(sock)) or None
    except OSError:
        return None


class Teller:
    """Makes the notes and records of socket calls and hands them to the channel."""

    def __init__(self, channel: Channel, sites: Sites) -> None:
        self.channel = channel
        self.sites = sites
        self._run = compact(channel.run)

    def once(self, trace: Trace, call: str, at: int, /, **more: Any) -> None:
        """Tell a call that cannot block; `at` is when, in ns."""
        site = self.sites.here()
        thread = self.sites.thread(_get_ident())
        rest = "".join(f',"{key}":{compact(value)}' for key, value in more.items())
        begun = (at, call, trace.json, thread.json, site.json, rest, None)
        self.channel.tell_surely(instant(self._run, next(self.channel.numbers), begun))

    def enter(self, sock: Any, trace: Trace, call: str, more: str = "") -> Begun:
        """Note that a call begins."""
        site = self.sites.here()
        thread = self.sites.thread(_get_ident())
        if not sock._can_wait:
            return (None, call, trace.json, thread.json, site.json, more, None)
        at, outer = _monotonic_ns(), thread.inside
        begun = thread.inside = (at, call, trace.json, thread.json, site.json, more, outer)
        if not self.channel.awake:
            self.channel.wake()
        return begun

    def leave(self, begun: Begun, rest: str, size: int | None, data: bytes, offset: int) -> None:
        """Note that a call has returned; `data` is what is told of its `size` bytes."""
        note = (begun, _monotonic_ns(), size, data, offset, rest)
        if begun[0] is None:
            self.channel.left_at_once(note)
            return
        thread = self.sites.thread(_get_ident())
        thread.inside = begun[-1]
        self.channel.left(note, is_told=thread.told is begun)

    def fail(self, begun: Begun, error: BaseException) -> None:
        """Note that a call has raised."""
        rest = f',"error":{compact(error_name(error))}{begun[5]}'
        self.leave(begun, rest, None, b"", 0)

    def forget(self, begun: Begun) -> bool:
        """Take back the beginning of a call that was none; return whether it is untold."""
        if begun[0] is None:
            return True
        thread = self.sites.thread(_get_ident())
        if thread.told is not begun:
            thread.inside = begun[-1]
        return thread.told is not begun
