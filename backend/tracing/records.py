"""The records of socket calls: what is known of a socket, and what is told of a call on it.

The part of a record that is the same for each call at one place is made once and kept as JSON.
"""

from __future__ import annotations

import _socket
import _thread
import errno
import itertools
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from backend.tracing.arguments import attempt, clean, index_of, shown, shown_arguments
from backend.tracing.channel import Channel
from backend.tracing.notes import MORE, OUTER, START_NS, Call, compact, instant_record
from backend.tracing.sites import NO_ORIGIN, Sites, Thread
from backend.tracing.tasks import lane_of_call

PEERS_LIMIT = 128

Part = tuple[int | None, bytes, int]  # how many bytes, the first of them, their place
NO_PART: Part = (None, b"", 0)
Given = tuple[tuple[Any, ...], dict[str, Any]]  # arguments; the first of them is the socket

_allocate_lock = _thread.allocate_lock
_getaddrinfo = _socket.getaddrinfo
_inet_pton = _socket.inet_pton
_monotonic_ns = time.monotonic_ns
_get_ident = threading.get_ident


def format_address(address: object) -> str:
    """Return an address as people write it."""
    # A subclass may have another idea of how to show itself, or of its members: C does not ask it.
    if isinstance(address, tuple) and tuple.__len__(address) >= 2:
        host, number = tuple.__getitem__(address, slice(2))
        text, port = _format_text(host), index_of(number)
        shown_port = shown(number) if port is None else shown(port)
        return f"[{text}]:{shown_port}" if ":" in text else f"{text}:{shown_port}"
    return _format_text(address)


def _format_text(text: object) -> str:
    if isinstance(text, str):
        return clean(text)
    if isinstance(text, (bytes, bytearray)):
        return bytes(memoryview(text)).decode("utf-8", "replace")
    return shown(text)


def error_name(error: BaseException) -> str:
    """Return the name of an errno; `timeout` for the end of a settimeout."""
    number = error.errno if isinstance(error, OSError) else None
    if type(number) is int:
        return errno.errorcode.get(number, shown(number))
    if isinstance(error, TimeoutError):
        return "timeout"
    return shown(error)[1:-1]


class Trace:
    """What is known of one socket; the sockets of `dup` share it.

    `is_named` says that both ends, `local` and `peer`, are known, as far as they can be; `json` is
    its part of a record. `sender` and `receiver` are the threads in its two directions, `sent_from`
    and `received_from` who was last by the quick way; the rest is of use in places.py.
    """

    __slots__ = (
        "__weakref__", "asking", "family", "holders", "inode", "is_forked", "is_named",
        "is_quick_kind", "is_shared", "json", "local", "lock", "number", "on_gone", "peer", "peers",
        "received", "received_before", "received_from", "receiver", "sender", "sent", "sent_before",
        "sent_from", "transport", "turn", "unplaced",
    )  # fmt: skip

    def __init__(
        self,
        number: int,
        transport: str,
        family: int,
        on_gone: Callable[[Trace], None],
        *,
        is_stream: bool,
    ) -> None:
        self.number = number
        self.transport = transport
        self.family = family
        self.on_gone = on_gone
        self.holders = 1
        self.is_quick_kind = is_stream
        self.is_named = self.is_shared = self.is_forked = False
        self.inode: int | None = None
        self.local: Any = None
        self.peer: Any = None
        self.sent = self.sent_before = self.received = self.received_before = 0
        self.sender: Any = None
        self.receiver: Any = None
        self.sent_from = self.received_from = NO_ORIGIN
        self.lock = _allocate_lock()
        self.asking = self.unplaced = 0
        self.turn: Any = None
        self.peers: dict[Any, str] = {}
        self.json = self._members("")

    def __del__(self) -> None:
        if self.holders:  # nobody has closed it, but nobody has it any more: the kernel closes it
            self.on_gone(self)

    def name_ends(self, sock: Any, real: Any) -> str:
        """Ask the kernel for the two ends; return them as JSON."""
        self.local, self.peer = _ask(real.getsockname, sock), _ask(real.getpeername, sock)
        local, peer = _shown(self.local), _shown(self.peer)
        if self.transport == "tcp":
            self.is_named = peer is not None
        else:
            self.is_named = local is None or not local.endswith(":0")
        ends = f',"local":{compact(local)}' if local else ""
        if peer:
            ends += f',"peer":{compact(peer)}'
        self.json = self._members(ends)
        set_quick(sock)
        return ends

    def _members(self, ends: str) -> str:
        return f',"socket":{self.number},"transport":"{self.transport}"{ends}'

    def peer_json(self, address: Any) -> str:
        """Return an address of the other end, as JSON."""
        if not _is_plain(address):  # a bytearray, which the kernel takes and a dict does not, say
            return f',"peer":{compact(format_address(address))}'
        found = self.peers.get(address)
        if found is None:
            if len(self.peers) >= PEERS_LIMIT:
                self.peers.clear()
            text = format_address(numeric(address, self.family))
            found = self.peers[address] = f',"peer":{compact(text)}'
        return found


def numeric(address: Any, family: int) -> Any:
    """Return an address as the kernel knows it, and the other end tells it: without names.

    The C function has just looked the name up by the same means, and taken the first answer.
    """
    if type(address) is not tuple or type(address[0]) is not str:
        return address
    host = address[0]
    if host == "<broadcast>":
        return ("255.255.255.255", *address[1:])
    try:
        _inet_pton(family, host.partition("%")[0])
    except (OSError, ValueError):
        flags = _socket.AI_PASSIVE if not host else 0
        found = attempt(_getaddrinfo, host or None, 0, family, socket.SOCK_DGRAM, 0, flags)
        return (found[0][4][0], *address[1:]) if found else address
    return address


def set_quick(sock: Any) -> None:
    """Allow a socket the quick way (see transfers.py), or forbid it: what it depends on changed."""
    trace = sock._trace
    # What a datagram's buffer has cut away is told; a stream has no need for that.
    is_quick = trace is not None and trace.is_quick_kind and trace.is_named and sock._can_wait
    sock._quick = trace if is_quick else None


def _is_plain(address: Any) -> bool:
    """Whether no code of the program's runs when an address is looked up."""
    members = address if type(address) is tuple else (address,)
    return {*map(type, members)} <= {str, bytes, int}


def trace_of(args: tuple[Any, ...]) -> Trace | None:
    """Return what is known of the socket that a method is called with, None if it is none."""
    try:
        trace: Trace | None = args[0]._trace
    except (IndexError, AttributeError):  # called by its class with no socket
        return None
    return trace


def past_of(args: tuple[Any, ...]) -> Trace | None:
    """Return what was known of a socket that is closed, None if it is none."""
    return getattr(args[0], "_past", None) if args else None


def _ask(ask: Callable[[socket.socket], object], sock: socket.socket) -> object:
    try:
        return ask(sock)
    except OSError:
        return None


def _shown(address: object) -> str | None:
    return None if address is None else format_address(address) or None


class CallTeller:
    """Makes the notes and records of socket calls and hands them to the channel."""

    def __init__(self, channel: Channel, sites: Sites) -> None:
        self.channel = channel
        self.sites = sites
        self.sockets = itertools.count(1)  # their numbers

    def go_on_in_child(self) -> None:
        """Number sockets of a process that was forked apart from those of others."""
        self.sockets = itertools.count(self.channel.first_number)

    def me(self) -> Thread:
        """Return this thread."""
        return self.sites.thread(_get_ident())

    def tell_instant(self, trace: Trace, name: str, at: int, /, **more: Any) -> None:
        """Tell a call that cannot block; `at` is when, in ns."""
        site, lane = self.sites.here(), lane_of_call(at, self.channel, self.sites)
        rest = "".join([f',"{key}":{compact(value)}' for key, value in more.items()])
        call = (at, name, trace.json, lane.json, site.json, rest, None)
        record = instant_record(self.channel.run_json, next(self.channel.numbers), call)
        self.channel.tell_surely(record)

    def tell_refusal(
        self, trace: Trace, name: str, at: int, error: BaseException, given: Given
    ) -> None:
        """Tell that a call which cannot block has raised."""
        args, kwargs = given
        more = {"error": error_name(error), "arguments": shown_arguments(args[1:], kwargs)}
        if isinstance(error, OSError) and name == "bind":
            more = {"error": more["error"], "address": format_address(args[1])}
        self.tell_instant(trace, name, at, **more)

    def enter(self, sock: Any, trace: Trace, name: str, more: str = "") -> Call:
        """Note that a call begins."""
        site, at = self.sites.here(), _monotonic_ns()
        if not sock._can_wait:
            lane = lane_of_call(at, self.channel, self.sites)
            return (None, name, trace.json, lane.json, site.json, more, None)
        thread = self.sites.thread(_get_ident())
        outer = thread.inside
        call = thread.inside = (at, name, trace.json, thread.json, site.json, more, outer)
        if not self.channel.awake:
            self.channel.wake()
        return call

    def leave(self, call: Call, rest: str, size: int | None, data: bytes, offset: int) -> None:
        """Note that a call has returned; `data` is what is told of its `size` bytes."""
        note = (call, _monotonic_ns(), size, data, offset, rest)
        if call[START_NS] is None:
            self.channel.add_whole(note)
            return
        thread = self.sites.thread(_get_ident())
        thread.inside = call[OUTER]
        self.channel.add_return(note, is_told=thread.told_call is call)

    def fail(
        self,
        call: Call,
        error: BaseException,
        given: Given,
        *,
        to: tuple[Any, ...] = (),
        part: Part = NO_PART,
    ) -> None:
        """Note that a call has raised.

        `to` holds the address that it was given, if it was; `part` what it has moved before.
        """
        args, kwargs = given
        rest = f',"error":{compact(error_name(error))}{call[MORE]}'
        if to and isinstance(error, OSError):
            rest += f',"peer":{compact(format_address(to[0]))}'
        if not isinstance(error, OSError):  # refused by Python, not by the kernel
            rest += f',"arguments":{compact(shown_arguments(args[1:], kwargs))}'
        self.leave(call, rest, *part)

    def untraced(
        self, real: Callable[..., Any], name: str, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        """Call what is not told; but that it fails on a socket that was closed is."""
        try:
            return real(*args, **kwargs)
        except OSError as error:
            trace = past_of(args)
            if trace is not None:
                self.tell_refusal(trace, name, _monotonic_ns(), error, (args, kwargs))
            raise

    def forget(self, call: Call) -> bool:
        """Take back the beginning of a call that was none; return whether it is untold."""
        if call[START_NS] is None:
            return True
        thread = self.sites.thread(_get_ident())
        if thread.told_call is not call:
            thread.inside = call[OUTER]
        return thread.told_call is not call
