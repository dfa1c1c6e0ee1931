"""The child that the fork server forks ahead, when nothing was started for a moment: the spare.

All that it will need but its folder is made and handed over then: a start is one message to it
(`tracing/spares.py`). Where there is none, or it has gone, a child is forked for the start.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import weakref

from backend.runtime.processes.ends import Ends
from backend.runtime.processes.folders import Folders
from backend.runtime.processes.fork_server import ForkServer, ForkServerLost
from backend.tracing.spares import HEAD_BYTES

QUIET_S = 0.02  # what has just been started needs the processor more


class Spare:
    """At most one child that waits, and the plan to have one."""

    def __init__(self, folders: Folders) -> None:
        self._folders = folders
        self._waits: list[Ends] = []  # one, or none
        weakref.finalize(self, _close, self._waits, os.getpid())
        self._ordered = b""  # the program that the last one was ordered
        self._planned: asyncio.TimerHandle | None = None

    def plan(self, server: ForkServer) -> None:
        """Have one forked soon, unless another start comes before."""
        self._put_off()
        self._planned = asyncio.get_running_loop().call_later(
            QUIET_S, _fork_for, weakref.ref(self), server
        )

    def take(self, path: bytes, order: list[bytes]) -> Ends | None:
        """Give the spare its order; return the ends of the program that it is now, if it is."""
        self._put_off()
        if not self._waits:
            return None
        ends = self._waits.pop()
        try:
            data = b"\0".join([ends.make_folder(self._folders), path, *order])
            ends.trace.sendall(len(data).to_bytes(HEAD_BYTES, "big") + data)
        except OSError:
            ends.close()
            return None
        self._ordered = path
        return ends

    def drop(self) -> None:
        """Let it end, and plan no other."""
        self._put_off()
        _close(self._waits, os.getpid())

    def fork(self, server: ForkServer) -> None:
        """Have one forked now, if none waits."""
        self._planned = None
        if self._waits:
            return
        with contextlib.suppress(OSError, ForkServerLost):  # which the next start tells
            ends = Ends()
            server.ask(ends, b"", self._ordered, [])
            self._waits.append(ends)

    def _put_off(self) -> None:
        if self._planned is not None:
            self._planned.cancel()
            self._planned = None


def _fork_for(spare: weakref.ref[Spare], server: ForkServer) -> None:
    here = spare()
    if here is not None:  # a loop that has ended keeps its plans for ever
        here.fork(server)


def _close(waits: list[Ends], owner: int) -> None:
    if os.getpid() == owner:  # and no fork of ours
        while waits:
            waits.pop().close()
