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
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from backend.domain.launch import StartOrder
from backend.runtime.processes.folders import Folders
from backend.runtime.processes.launcher import Streams
from backend.runtime.processes.signals import signals_of_a_terminal
from backend.runtime.processes.watcher import Watcher
from backend.tracing import order as trace_order

_PASSED_ON = ("PATH", "HOME", "LANG", "TZ", "DISPLAY", "XAUTHORITY", "WAYLAND_DISPLAY")


class SpawnLauncher:
    """Starts programs apart from us, or `here`: in our terminal, directory and environment.

    Those apart end with us, however we end, and leave nothing behind.
    """

    def __init__(self, *, here: bool = False) -> None:
        self._here = here
        self._folders = Folders()
        self.watcher = Watcher()

    def close(self) -> None:
        """Let go of what all programs had in common, once they have ended."""
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
                if self._here:
                    process = SpawnedProcess(_spawn_here(line, run, theirs), ours)
                else:
                    directory = self._folders.make()
                    undo.callback(directory.cleanup)
                    popen = _spawn_apart(line, run, theirs, directory.name)
                    process = SpawnedProcess(popen, ours, directory, self)
            undo.pop_all()
        return process

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
        if launcher is not None:
            launcher.watcher.add(self.pid)

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
        if self._popen.returncode is None:  # reaped, the id could belong to another group
            with contextlib.suppress(ProcessLookupError, PermissionError):
                if self.streams is None:
                    os.kill(self.pid, number)
                else:
                    os.killpg(self.pid, number)

    async def reap(self) -> int:
        """End what is left, take the zombie away; return the exit status."""
        self.signal_group(signal.SIGKILL)
        if self._launcher is not None and self._popen.returncode is None:
            self._launcher.watcher.forget(self.pid)
        return self._popen.wait()

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


def with_tracing(environment: Mapping[str, str], *, run: str, channel: int) -> dict[str, str]:
    """Return an environment in which a program is traced; it inherits the channel's descriptor."""
    return trace_order.add(trace_order.Order(channel, run), environment)


def _spawn_apart(
    line: list[str | bytes], run: str, channel: socket.socket, directory: str
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
            env=with_tracing(environment, run=run, channel=channel.fileno()),
            pass_fds=[channel.fileno()],
            start_new_session=True,
        )


def _spawn_here(
    line: list[str | bytes], run: str, channel: socket.socket
) -> subprocess.Popen[bytes]:
    environment = with_tracing(os.environ, run=run, channel=channel.fileno())
    with signals_of_a_terminal():
        return subprocess.Popen(line, env=environment, pass_fds=[channel.fileno()])
