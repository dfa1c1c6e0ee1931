"""The plain launcher: each program is a new Python interpreter, a child process of ours.

A playground's program leads its own session and process group, has pipes for its three standard
streams, a directory of its own to work in, and no descriptor or variable but those named here.
A program of one's own (`socketlab trace`) has all of that as whoever traces it has it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from backend.domain.bounds import Bounds
from backend.domain.launch import StartOrder
from backend.runtime.processes import proc
from backend.runtime.processes.folders import Folders
from backend.runtime.processes.governor import Governor
from backend.runtime.processes.launcher import Streams
from backend.runtime.processes.signals import signals_of_a_terminal
from backend.runtime.processes.watcher import Watcher
from backend.tracing import bounds as trace_bounds
from backend.tracing import order as trace_order

_LOOKS_FOR_REST = 20  # at the end of a program: for processes that it made meanwhile
_PASSED_ON = ("PATH", "HOME", "LANG", "TZ", "DISPLAY", "XAUTHORITY", "WAYLAND_DISPLAY")


class SpawnLauncher:
    """Starts programs apart from us, or `here`: in our terminal, directory and environment.

    Those apart end with us, however we end, and leave nothing behind; with `bounds` they have no
    more of the machine than that. Those here keep their output, and tell it, too, with `prints`.
    """

    def __init__(
        self, *, here: bool = False, prints: bool = False, bounds: Bounds | None = None
    ) -> None:
        self._here = here
        self._prints = prints
        self._bounds = bounds
        self._folders = Folders()
        self.watcher = Watcher()
        self.governor = None if bounds is None else Governor(bounds)

    def close(self) -> None:
        """Let go of what all programs had in common, once they have ended."""
        if self.governor is not None:
            self.governor.close()
        self.watcher.close()
        self._folders.close()

    async def start(
        self, order: StartOrder, *, run: str, port: int | None = None
    ) -> SpawnedProcess:
        """Start the program. Raises OSError, ValueError (see Launcher)."""
        with contextlib.ExitStack() as undo:
            ours, theirs = socket.socketpair()
            undo.callback(ours.close)
            with theirs:
                line = command_line(order.path, self._encoded(order.args_with(port)))
                if order.command:
                    line[:2] = map(os.fsencode, order.command)
                if self._here:
                    process = SpawnedProcess(_spawn_here(line, run, theirs, self._prints), ours)
                else:
                    directory = self._folders.make()
                    undo.callback(directory.cleanup)
                    popen = _spawn_apart(line, self._trace_order(run, theirs), directory.name)
                    process = SpawnedProcess(popen, ours, directory, self)
            undo.pop_all()
        return process

    def _trace_order(self, run: str, channel: socket.socket) -> trace_order.Order:
        bounds = self._bounds
        if bounds is None:
            return trace_order.Order(channel.fileno(), run)
        held = trace_bounds.Bounds(
            nice=bounds.nice,
            files=bounds.files,
            file_bytes=bounds.file_bytes,
            data_bytes=bounds.data_bytes,
        )
        return trace_order.Order(channel.fileno(), run, held)

    def _encoded(self, args: tuple[str, ...]) -> list[bytes]:
        """Return arguments as the program will decode them.

        Apart from us it has UTF-8, whatever our locale is (and with `LC_ALL=POSIX` os.fsencode
        knows ASCII only); here it has our locale.
        """
        if self._here:
            return [os.fsencode(arg) for arg in args]
        return [arg.encode("utf-8", "surrogateescape") for arg in args]


class SpawnedProcess:
    """A child process of ours. See launcher.Process."""

    def __init__(
        self,
        popen: subprocess.Popen[bytes],
        trace: socket.socket,
        directory: TemporaryDirectory[str] | None = None,
        launcher: SpawnLauncher | None = None,
    ) -> None:
        self._popen = popen
        self._directory = directory
        self._launcher = launcher  # which lives at least as long, for others may forget it
        self.pid = popen.pid
        self.trace = trace
        self.streams: Streams | None = None
        trace.setblocking(False)
        if popen.stdin and popen.stdout and popen.stderr:
            self.streams = Streams(popen.stdin, popen.stdout, popen.stderr)
            os.set_blocking(popen.stdout.fileno(), False)
            os.set_blocking(popen.stderr.fileno(), False)
        self._governed = None
        if launcher is not None:
            launcher.watcher.add(self.pid)
            if launcher.governor is not None:
                self._governed = launcher.governor.add(self.pid)

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
        pidfd = os.pidfd_open(self.pid)
        try:
            loop.add_reader(pidfd, ended.set)
            await ended.wait()
        finally:
            loop.remove_reader(pidfd)
            os.close(pidfd)

    def signal_group(self, number: signal.Signals) -> None:
        """Send a signal to the process and its group; to it alone if the group is ours, too."""
        if self._popen.returncode is not None:  # reaped, the id could belong to another group
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
        if self._popen.returncode is None and self.streams is not None:
            self._end_what_left_the_group()
        if self._launcher is not None and self._popen.returncode is None:
            self._launcher.watcher.forget(self.pid)
            if self._launcher.governor is not None and self._governed is not None:
                self._launcher.governor.forget(self._governed)
        return self._popen.wait()

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
            left = (strangers | {each.pid for each in proc.session(self.pid)}) - killed
            if not left:
                return
            for pid in left:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
            killed |= left

    def _act_on_signals(self) -> None:
        """Let it go on, if it is stopped."""
        if self._governed is not None and self._launcher is not None:
            assert self._launcher.governor is not None
            self._launcher.governor.free(self._governed)

    def close(self) -> None:
        """Close our ends of the streams and the trace channel, clear the directory away."""
        streams = self.streams
        pipes = () if streams is None else (streams.stdin, streams.stdout, streams.stderr)
        for end in (*pipes, self.trace):
            with contextlib.suppress(OSError):
                end.close()
        if self._directory is not None:
            self._directory.cleanup()


def command_line(path: Path, args: Sequence[str | bytes]) -> list[str | bytes]:
    """Return the command that runs a program; under the tracer, if its environment says so."""
    return [sys.executable, str(path), *args]


def with_tracing(
    environment: Mapping[str, str], *, run: str, channel: int, prints: bool = False
) -> dict[str, str]:
    """Return an environment in which a program is traced; it inherits the channel's descriptor."""
    return trace_order.add(trace_order.Order(channel, run, prints=prints), environment)


def _spawn_apart(
    line: list[str | bytes], order: trace_order.Order, directory: str
) -> subprocess.Popen[bytes]:
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    environment |= {"PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}
    with signals_of_a_terminal():
        return subprocess.Popen(
            line,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            cwd=directory,
            env=trace_order.add(order, environment),
            pass_fds=[order.channel],
            start_new_session=True,
        )


def _spawn_here(
    line: list[str | bytes], run: str, channel: socket.socket, prints: bool
) -> subprocess.Popen[bytes]:
    environment = with_tracing(os.environ, run=run, channel=channel.fileno(), prints=prints)
    with signals_of_a_terminal():
        return subprocess.Popen(line, env=environment, pass_fds=[channel.fileno()])
