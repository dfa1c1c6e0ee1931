"""One program's process, however it was made: its streams, its trace channel, its end.

How its exit status is had, and the zombie taken away, is its parent's business (`Kept`): ours for a
child of ours, the fork server's for a child of that.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import Callable
from tempfile import TemporaryDirectory
from typing import Protocol

from backend.runtime.processes import proc
from backend.runtime.processes.governor import Governor
from backend.runtime.processes.launcher import Streams
from backend.runtime.processes.watcher import Watcher

_LOOKS_FOR_REST = 20  # at the end of a program: for processes that it made meanwhile


class Kept(Protocol):
    """A process as its parent keeps it."""

    @property
    def pid(self) -> int:
        """Its id."""

    @property
    def returncode(self) -> int | None:
        """Its exit status once its zombie is taken away, negative for a signal."""

    async def bury(self) -> int:
        """Take the zombie away, when it has been killed; return the exit status."""


class Keeper(Protocol):
    """What all programs of a launcher have in common. It lives as long as they do."""

    watcher: Watcher
    governor: Governor | None


class StartedProcess:
    """A process of a program. See launcher.Process."""

    def __init__(
        self,
        kept: Kept,
        trace: socket.socket,
        streams: Streams | None = None,
        directory: TemporaryDirectory[str] | None = None,
        keeper: Keeper | None = None,
    ) -> None:
        self.kept = kept
        self._directory = directory
        self._keeper = keeper
        self.pid = kept.pid
        self.trace = trace
        self.streams = streams
        trace.setblocking(False)
        if streams is not None:
            os.set_blocking(streams.stdout.fileno(), False)
            os.set_blocking(streams.stderr.fileno(), False)
        self._governed = None
        if keeper is not None:
            keeper.watcher.add(self.pid)
            if keeper.governor is not None:
                self._governed = keeper.governor.add(self.pid)

    @property
    def excess(self) -> str | None:
        """Which of its bounds it had passed, if it was ended for that."""
        return None if self._governed is None else self._governed.excess

    def on_slowed(self, tell: Callable[[bool], None]) -> None:
        """Tell from now on when it begins to be slowed, and ends."""
        if self._governed is not None:
            self._governed.note_slowed = tell

    async def ended(self) -> None:
        """Wait for the end of the process. It is a zombie then: its ids are not yet free."""
        loop = asyncio.get_running_loop()
        if not hasattr(os, "pidfd_open"):
            await loop.run_in_executor(None, os.waitid, os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
            return
        ended = asyncio.Event()
        try:
            pidfd = os.pidfd_open(self.pid)
        except ProcessLookupError:  # who kept it has gone
            return
        try:
            loop.add_reader(pidfd, ended.set)
            await ended.wait()
        finally:
            loop.remove_reader(pidfd)
            os.close(pidfd)

    def signal_group(self, number: signal.Signals) -> None:
        """Send a signal to the process and its group; to it alone if the group is ours, too."""
        if self.kept.returncode is not None:  # reaped, the id could belong to another group
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if self.streams is None:
                os.kill(self.pid, number)
            else:
                os.killpg(self.pid, number)
        self._act_on_signals()

    async def reap(self) -> int:
        """End what is left, take the zombie away; return the exit status."""
        self.signal_group(signal.SIGKILL)
        if self.kept.returncode is None and self.streams is not None:
            self._end_what_left_the_group()
        if self._keeper is not None and self.kept.returncode is None:
            self._keeper.watcher.forget(self.pid)
            if self._keeper.governor is not None and self._governed is not None:
                self._keeper.governor.forget(self._governed)
        return await self.kept.bury()

    def _end_what_left_the_group(self) -> None:
        """End processes of its session, or known to the governor, that no group's signal reaches.

        Only Linux tells of them. Whoever was killed can make no new process, so that a few looks
        are enough for those that were just being made.
        """
        if not proc.IS_HERE:
            return
        strangers = set() if self._governed is None else self._governed.members - {self.pid}
        killed: set[int] = set()
        for _ in range(_LOOKS_FOR_REST):
            left = strangers.union(proc.session(self.pid)) - killed
            if not left:
                return
            for pid in left:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
            killed |= left

    def _act_on_signals(self) -> None:
        """Let it go on, if it is stopped."""
        if self._governed is not None and self._keeper is not None:
            assert self._keeper.governor is not None
            self._keeper.governor.free(self._governed)

    def close(self) -> None:
        """Close our ends of the streams and the trace channel, clear the directory away."""
        streams = self.streams
        pipes = () if streams is None else (streams.stdin, streams.stdout, streams.stderr)
        for end in (*pipes, self.trace):
            with contextlib.suppress(OSError):
                end.close()
        if self._directory is not None:
            self._directory.cleanup()
