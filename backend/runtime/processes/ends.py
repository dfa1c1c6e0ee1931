"""What a forked program is given before it begins: a folder, pipes, its trace channel, a report.

On the report the fork server tells of it (`tracing/fork_server.py`).
"""

from __future__ import annotations

import contextlib
import os
import socket
from tempfile import TemporaryDirectory
from typing import IO

from backend.runtime.processes.folders import Folders
from backend.runtime.processes.launcher import Streams


class Ends:
    """Our ends of all that, and for a while those of the program. Raises OSError."""

    directory: TemporaryDirectory[str]

    def __init__(self) -> None:
        with contextlib.ExitStack() as ours, contextlib.ExitStack() as theirs:
            self.streams, streams = _make_streams(ours, theirs)
            self.trace, trace = _make_pair(ours, theirs, socket.SOCK_STREAM)
            self.report, report = _make_pair(ours, theirs, socket.SOCK_SEQPACKET)
            for near in (self.trace, self.report):
                near.setblocking(False)
            self.theirs = [report.fileno(), *streams, trace.fileno()]
            self._theirs, self._ours = theirs.pop_all(), ours.pop_all()

    def make_folder(self, folders: Folders) -> bytes:
        """Make the folder, which is the last thing to be made; return its path. Raises OSError."""
        self.directory = folders.make()
        self._ours.callback(self.directory.cleanup)
        return os.fsencode(self.directory.name)

    def close_theirs(self) -> None:
        """Let go of the program's ends: it has them."""
        self._theirs.close()

    def close(self) -> None:
        """Let go of all; who waits at the other ends ends then."""
        self._theirs.close()
        self._ours.close()


def _make_pair(
    ours: contextlib.ExitStack, theirs: contextlib.ExitStack, kind: socket.SocketKind
) -> tuple[socket.socket, socket.socket]:
    near, far = socket.socketpair(socket.AF_UNIX, kind)
    ours.callback(near.close)
    theirs.callback(far.close)
    return near, far


def _make_streams(
    ours: contextlib.ExitStack, theirs: contextlib.ExitStack
) -> tuple[Streams, list[int]]:
    """Make the pipes of a program; return our ends, and the descriptors of the others."""

    def make(*, is_input: bool) -> tuple[IO[bytes], int]:
        reading, writing = os.pipe()
        near, far = (writing, reading) if is_input else (reading, writing)
        theirs.callback(os.close, far)
        end = os.fdopen(near, "wb" if is_input else "rb", buffering=0)
        ours.callback(end.close)
        return end, far

    ends = [make(is_input=True), make(is_input=False), make(is_input=False)]
    stdin, stdout, stderr = (end for end, _ in ends)
    return Streams(stdin, stdout, stderr), [far for _, far in ends]
