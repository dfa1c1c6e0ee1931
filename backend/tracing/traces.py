"""What is known of one socket, and its part of a record; addresses as they are told.

What is the same for each call on a socket is made once and kept as JSON.
"""

from __future__ import annotations

import _socket
import _thread
import os
import socket
from collections.abc import Callable
from typing import Any

from backend.tracing.arguments import attempt, clean, index_of, shown
from backend.tracing.kernel import unix_peer_of
from backend.tracing.notes import compact
from backend.tracing.sites import NO_ORIGIN

PEERS_LIMIT = 128

_allocate_lock = _thread.allocate_lock
_getaddrinfo = _socket.getaddrinfo
_inet_pton = _socket.inet_pton
_stat = os.stat


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
        return clean(bytes(memoryview(text)).decode("utf-8", "surrogateescape"))
    return shown(text)


class Trace:
    """What is known of one socket; the sockets of `dup` share it.

    `is_named` says that both ends, `local` and `peer`, are known, as far as they can be; `json` is
    its part of a record, `about` what of that stays the same. `sender` and `receiver` are the
    threads in its two directions, `sent_from` and `received_from` who was last by the quick way;
    the rest is of use in places.py.
    """

    __slots__ = (
        "__weakref__", "about", "asking", "encrypted", "family", "file_json", "holders", "inode",
        "is_forked", "is_named", "is_quick_kind", "is_shared", "json", "local", "lock", "number",
        "on_gone", "peer", "peers", "received", "received_before", "received_from", "receiver",
        "sender", "sent", "sent_before", "sent_from", "transport", "turn", "unplaced",
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
        self.encrypted: Any = None  # see tls_in_memory.py
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
        self.file_json = ""  # of the path to which it is bound
        self.about = f',"socket":{number},"transport":"{transport}"'
        if transport == "unix":
            self.about += f',"kind":"{"stream" if is_stream else "datagram"}"'
        self.json = self.about

    def __del__(self) -> None:
        if self.holders:  # nobody has closed it, but nobody has it any more: the kernel closes it
            self.on_gone(self)

    @property
    def is_unix_datagram(self) -> bool:
        """Whether its ends are known by their inodes, as they need not have names."""
        return self.transport == "unix" and not self.is_quick_kind

    def know(self, inode: int | None) -> None:
        """Take note of what the kernel knows it by."""
        self.inode = inode
        if inode is not None and self.is_unix_datagram:
            self.about += f',"inode":{inode}'
            self.json = self.about

    def name_ends(self, sock: Any, real: Any) -> str:
        """Ask the kernel for the two ends; return them as JSON."""
        self.local, self.peer = _ask(real.getsockname, sock), _ask(real.getpeername, sock)
        local, peer = _shown(self.local), _shown(self.peer)
        if self.transport == "tcp":
            self.is_named = peer is not None
        else:
            self.is_named = local is None or not local.endswith(":0")
        ends = f',"local":{compact(local)}' if local else ""
        if self.is_unix_datagram and local:
            self.file_json = self.file_json or _file_json("local_file", self.local)
            ends += self.file_json
        if peer:
            ends += f',"peer":{compact(peer)}'
        if self.is_unix_datagram and self.peer is not None and self.inode is not None:
            other = unix_peer_of(self.inode)
            ends += f',"peer_inode":{other}' if other else ""
        self.json = self.about + ends
        set_quick(sock)
        return ends

    def target_json(self, address: Any) -> str:
        """Return to where a call has just sent, as JSON."""
        told = self.peer_json(address)
        return told + _file_json("peer_file", address) if self.is_unix_datagram else told

    def sender_json(self, address: Any) -> str:
        """Return who has sent a datagram, where a call says that, as JSON.

        A unix socket without a name may have sent it before this one was connected to another.
        """
        if address:
            return self.peer_json(address)
        return ',"peer":null' if self.is_unix_datagram and self.peer else ""

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


def _file_json(name: str, path: Any) -> str:
    """Return what file a path leads to, by its device and inode, as JSON.

    That is how the kernel finds a unix socket: one of another folder may have the same name, and
    one may have several. An abstract name, which begins with a zero byte, is no path.
    """
    if type(path) is bytearray:
        path = bytes(path)
    if type(path) not in (str, bytes) or path[:1] in ("", b"", "\0", b"\0"):
        return ""
    found = attempt(_stat, path)
    return "" if found is None else f',"{name}":"{found.st_dev:x}:{found.st_ino}"'


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


class Slot:
    """What is kept in a socket, where nothing of the program's comes to it, or sees it.

    It is a slot of the class of traced sockets, taken out of the names of that: a class of the
    program's may have a `__setattr__`, and any name in it.
    """

    __slots__ = ("get", "set")

    def take_out(self, cls: type, name: str) -> None:
        """Become the slot of a class that has this name."""
        member = vars(cls)[name]
        self.get, self.set = member.__get__, member.__set__
        if name != QUICK_NAME:
            delattr(cls, name)


TRACE, PAST, CAN_WAIT, QUICK = Slot(), Slot(), Slot(), Slot()
QUICK_NAME = "_socketlab_quick"  # read by its name, which costs a round trip 1 % less
SLOTS = {"_trace": TRACE, "_past": PAST, "_can_wait": CAN_WAIT, QUICK_NAME: QUICK}


def kept(slot: Slot, sock: Any) -> Any:
    """Return what is kept in a socket; None: nothing, or it is none of ours."""
    try:
        return slot.get(sock)
    except (AttributeError, TypeError):
        return None


def set_quick(sock: Any) -> None:
    """Allow a socket the quick way (see transfers.py), or forbid it: what it depends on changed."""
    trace = TRACE.get(sock)
    # What a datagram's buffer has cut away is told; a stream has no need for that.
    is_quick = trace is not None and trace.is_quick_kind and trace.is_named and CAN_WAIT.get(sock)
    QUICK.set(sock, trace if is_quick else None)


def _is_plain(address: Any) -> bool:
    """Whether no code of the program's runs when an address is looked up."""
    members = address if type(address) is tuple else (address,)
    return {*map(type, members)} <= {str, bytes, int}


def trace_of(args: tuple[Any, ...]) -> Trace | None:
    """Return what is known of the socket that a method is called with, None if it is none."""
    return kept(TRACE, args[0]) if args else None


def past_of(args: tuple[Any, ...]) -> Trace | None:
    """Return what was known of a socket that is closed, None if it is none."""
    return kept(PAST, args[0]) if args else None


def _ask(ask: Callable[[socket.socket], object], sock: socket.socket) -> object:
    try:
        return ask(sock)
    except OSError:
        return None


def _shown(address: object) -> str | None:
    return None if address is None else format_address(address) or None
