"""Who holds a socket: the objects of this process by what the kernel knows it by, and others.

A descriptor is no connection: `dup`, `fromfd`, `detach`, a fork and a program that inherits it make
more holders of one and the same, and it ends when the last of them has closed it. From the moment
when somebody else may use it, its streams' places are asked of the kernel (places.py), and so is,
when it is closed, whether it is still open.
"""

from __future__ import annotations

import _thread
import os
import weakref
from collections.abc import Mapping
from typing import Any

from backend.tracing.kernel import (
    inode_of,
    is_open,
    is_own,
    is_unix_open,
    no_fin_of,
    sent_of,
    taken_of,
)
from backend.tracing.places import BY_KERNEL, ask_of_reading, ask_of_sending
from backend.tracing.traces import Trace

_allocate_lock = _thread.allocate_lock
_KEPT = 256  # sockets that are numbers only, for when one becomes a socket again


class Holders:
    """The sockets of this process that are told, by their inodes."""

    def __init__(self) -> None:
        self._traces: dict[int, weakref.ref[Trace]] = {}
        self._detached: dict[int, Trace] = {}
        self.is_family = False  # whether other traced programs may have our sockets, or we theirs
        self._of_parent: Mapping[int, int] = {}  # numbers of its sockets, by their inodes
        os.register_at_fork(before=self._share_all, after_in_child=self._renew_locks)

    def find(self, fd: int) -> Trace | None:
        """Return what is known of the socket behind a number."""
        inode = inode_of(fd)
        if inode is None:
            return None
        known = self._traces.get(inode)
        trace = None if known is None else known()
        self._detached.pop(inode, None)  # from here on the socket has it
        return trace

    def add(self, trace: Trace, fd: int) -> None:
        """Take a new socket."""
        trace.know(inode_of(fd))
        if trace.inode is not None:
            self._traces[trace.inode] = weakref.ref(trace)

    def forget(self, trace: Trace) -> None:
        """Let go of a socket that nobody here has any more."""
        self._traces.pop(trace.inode or 0, None)

    def keep(self, trace: Trace) -> None:
        """Keep what is known of a socket that is a number only."""
        self.share(trace)
        if trace.inode is not None:
            self._detached[trace.inode] = trace
            if len(self._detached) > _KEPT:
                del self._detached[next(iter(self._detached))]

    def share(self, trace: Trace) -> None:
        """Take note that others may use a socket: by its number, or in another process."""
        trace.is_shared = True
        trace.is_forked = trace.is_forked or self.is_family
        if trace.transport == "tcp":
            ask_of_sending(trace)
            ask_of_reading(trace)

    def receive(self, trace: Trace) -> None:
        """Take note that others may have a socket that was not made here, nor accepted."""
        if self.is_family:
            self.share(trace)
        else:
            trace.is_shared = trace.transport == "unix"

    def begin_family(self, of_parent: Mapping[int, int]) -> None:
        """Take note that what others do by shared sockets is told by them, from now on."""
        self.is_family = True
        self._of_parent = {**self._of_parent, **of_parent}
        for known in list(self._traces.values()):
            trace = known()
            if trace is not None and trace.is_shared:
                trace.is_forked = True

    def shared(self) -> dict[int, int]:
        """Return the numbers of the newest sockets that others may have, by their inodes."""
        traces = [known() for known in list(self._traces.values())]
        shared = [trace for trace in traces if trace is not None and trace.is_shared]
        return {trace.inode: trace.number for trace in shared[-_KEPT:] if trace.inode is not None}

    def number_of(self, fd: int) -> int | None:
        """Return the number that the parent has given to a socket that it has passed on to us."""
        return self._of_parent.get(inode_of(fd) or 0) if self._of_parent else None

    def _share_all(self) -> None:
        for known in list(self._traces.values()):
            trace = known()
            if trace is not None:
                trace.is_forked = True
                self.share(trace)

    def _renew_locks(self) -> None:
        """Whoever held one of our locks while we were forked is not here."""
        for known in list(self._traces.values()):
            trace = known()
            if trace is not None:
                trace.lock, trace.turn = _allocate_lock(), None
                trace.asking = 0


def unseen_of(trace: Trace, sock: Any, real: Any) -> dict[str, int]:
    """Return what is told, at the end of a stream, of bytes that went by another way."""
    if not trace.is_shared or trace.is_forked or trace.transport != "tcp":
        return {}  # what a process sends that was forked is told by that
    total = sent_of(sock, real)
    unseen = 0 if total is None else total - trace.sent - trace.unplaced
    if total is None or unseen <= 0:
        return {}
    trace.sent, trace.unplaced = total, 0
    return {"offset": total, "unseen": unseen}


def untold_of(trace: Trace, sock: Any, real: Any) -> dict[str, int]:
    """Return what is told, at the end of a stream, where more was taken of what came than is told.

    By the number, say, or in a handshake of TLS that failed: nobody has left that unread.
    """
    if trace.transport != "tcp" or trace.receiver is not BY_KERNEL:
        return {}
    taken = taken_of(sock, real, trace.received)
    return {} if taken is None or taken <= trace.received else {"taken": taken}


def ending_of(trace: Trace, sock: Any, real: Any) -> dict[str, str]:
    """Return what is told of a connection whose last holder closes it, where it sends no FIN."""
    if trace.holders > 1 or trace.transport != "tcp" or trace.peer is None:
        return {}
    why = no_fin_of(sock, real)
    return {} if why is None else {"no_fin": why}


def others_of(trace: Trace) -> dict[str, Any]:
    """Return what is told, where the last one here is closed, of those that hold it still."""
    if trace.holders:
        return {"held": trace.holders}
    if not trace.is_shared or trace.inode is None:
        return {}
    return _others_in_kernel(trace, trace.inode)


def _others_in_kernel(trace: Trace, inode: int) -> dict[str, Any]:
    is_tcp = trace.transport == "tcp"
    if trace.is_unix_datagram:
        is_gone = is_unix_open(inode) is False
    elif trace.transport == "unix" or trace.local is None or (is_tcp and trace.peer is None):
        return {}
    else:
        is_gone = is_open(inode, trace.family, is_tcp, trace.local, trace.peer) is False
    if is_gone:
        return {}
    return {"held": 1} if is_own(inode) else {"held": 1, "elsewhere": True}
