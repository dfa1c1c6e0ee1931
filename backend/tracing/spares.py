"""A child of the fork server that is forked ahead, and waits for the request that becomes its own.

What it does before is off the way of whoever starts a program. It ends with the fork server: there
is nobody then at the other end of its socket.
"""

from __future__ import annotations

import _socket
import contextlib
import os
import signal
import socket
from array import array

REQUEST_BYTES = 64 * 1024
DESCRIPTORS = 5  # report, standard streams, trace channel
FIRST = 3  # descriptor after the standard streams
# As they are, before the tracing, which is the programs', stands before them.
_Socket, _socketpair = _socket.socket, _socket.socketpair
_close, _closerange, _exit, _kill = os.close, os.closerange, os._exit, os.kill
_fork = os.fork


class Spare:
    """A spare child, in the fork server and in itself; `pid` is 0 there. Raises OSError.

    `version` is that of the programs of which it knows the code.
    """

    def __init__(self, version: int) -> None:
        self.version = version
        ours, its = _socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with contextlib.ExitStack() as stack:
            stack.callback(ours.close)
            stack.callback(its.close)
            self.pid = _fork()
            stack.pop_all()
        self._socket, other = (ours, its) if self.pid else (its, ours)
        other.close()
        self.fileno = self._socket.fileno()

    # In the fork server

    def hand(self, data: bytes, fds: list[int]) -> bool:
        """Give it a request with its descriptors; return whether it is there to take it."""
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array("i", fds))]
        try:
            self._socket.sendmsg([data], rights, socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)
        except OSError:
            return False
        return True

    def close(self) -> None:
        """Let go of it: it has a request."""
        self._socket.close()

    def end(self) -> None:
        """End it, and take its zombie away."""
        self._socket.close()
        with contextlib.suppress(ProcessLookupError):
            _kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)

    # In a child

    def detach(self) -> int:
        """Let go of it in another child, which is to close the descriptor that is returned."""
        return self._socket.detach()

    def keep_only_own(self, highest: int) -> None:
        """Close all descriptors of the fork server, up to that one, but the standard streams."""
        own = self.fileno
        _closerange(FIRST, own)
        _closerange(own + 1, highest + 1)

    def wait(self) -> tuple[bytes, list[int]]:
        """Wait for a request; end where none can come any more."""
        data, fds = receive(self._socket)
        if not data:
            _exit(0)
        self._socket.detach()
        return data, fds


def receive(source: _socket.socket) -> tuple[bytes, list[int]]:
    """Take a message and its descriptors, as `socket.recv_fds` does."""
    fds = array("i")
    space = socket.CMSG_LEN(DESCRIPTORS * fds.itemsize)
    data, parts, _, _ = source.recvmsg(REQUEST_BYTES, space)
    for level, kind, part in parts:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            fds.frombytes(part[: len(part) - len(part) % fds.itemsize])
    return data, [*fds]
