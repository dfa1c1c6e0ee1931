"""How a program becomes a process. Nothing outside this module knows.

Each process leads its own session and process group, has pipes for its three standard streams,
and holds one end of a socket pair, the trace channel, over which the tracer in it tells what the
program does. Its file descriptors and environment are what is named here and nothing else.
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
from dataclasses import dataclass
from pathlib import Path

from backend.tracing import order

_PASSED_ON = ("PATH", "HOME", "LANG", "TZ", "DISPLAY", "XAUTHORITY", "WAYLAND_DISPLAY")


@dataclass(frozen=True, kw_only=True)
class Command:
    """What to run: a program's file, its arguments, its working directory.

    `run` is the id that the tracer puts into everything that it tells.
    """

    run: str
    program: Path
    args: Sequence[str]
    cwd: Path


class Process:
    """One process: its streams, its trace channel, its end. Call `close` when all is read."""

    def __init__(self, popen: subprocess.Popen[bytes], trace: socket.socket) -> None:
        assert popen.stdin
        assert popen.stdout
        assert popen.stderr
        self._popen = popen
        self.pid = popen.pid
        self.stdin = popen.stdin
        self.stdout = popen.stdout
        self.stderr = popen.stderr
        self.trace = trace

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
        """Send a signal to the process and everything it started in its group."""
        if self._popen.returncode is None:  # reaped, the id could belong to another group
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, number)

    def kill_and_reap(self) -> int:
        """End what is left of the group, take the zombie away; return the exit status.

        Negative for a signal, as in subprocess. Once reaped, it only returns the status again.
        """
        self.signal_group(signal.SIGKILL)
        return self._popen.wait()

    def close(self) -> None:
        """Close this side of the streams and of the trace channel."""
        for stream in (self.stdin, self.stdout, self.stderr, self.trace):
            with contextlib.suppress(OSError):
                stream.close()


def _environment() -> dict[str, str]:
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return {**environment, "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}


def command_line(program: Path, args: Sequence[str]) -> list[str]:
    """Return the command that runs a program; under the tracer, if its environment says so."""
    return [sys.executable, str(program), *args]


def with_tracing(environment: Mapping[str, str], *, run: str, channel: int) -> dict[str, str]:
    """Return an environment in which a program is traced; it inherits the channel's descriptor."""
    return order.add(order.Order(channel, run), environment)


def launch(command: Command) -> Process:
    """Start the program under the tracer.

    Raises OSError when the operating system cannot make a process.
    """
    ours, theirs = socket.socketpair()
    try:
        with theirs:
            popen = subprocess.Popen(
                command_line(command.program, command.args),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                cwd=command.cwd,
                env=with_tracing(_environment(), run=command.run, channel=theirs.fileno()),
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
    except BaseException:
        ours.close()
        raise
    process = Process(popen, ours)
    for end in (process.stdout, process.stderr, process.trace):
        os.set_blocking(end.fileno(), False)
    return process
