"""The plain launcher: each program is a new Python interpreter, a child process of ours.

A playground's program leads its own session and process group, has pipes for its three standard
streams, a directory of its own to work in, and no descriptor or variable but those named here.
A program of one's own (`socketlab trace`) has all of that as whoever traces it has it.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from backend.domain.bounds import Bounds
from backend.domain.launch import StartOrder
from backend.runtime.processes.folders import Folders
from backend.runtime.processes.governor import Governor
from backend.runtime.processes.launcher import Streams
from backend.runtime.processes.process import StartedProcess
from backend.runtime.processes.signals import signals_of_a_terminal
from backend.runtime.processes.watcher import Watcher
from backend.tracing import bounds as trace_bounds
from backend.tracing import order as trace_order

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
        self.folders = Folders()
        self.watcher = Watcher()
        self.governor = None if bounds is None else Governor(bounds)

    def close(self) -> None:
        """Let go of what all programs had in common, once they have ended."""
        if self.governor is not None:
            self.governor.close()
        self.watcher.close()
        self.folders.close()

    async def start(
        self, order: StartOrder, *, run: str, port: int | None = None
    ) -> StartedProcess:
        """Start the program. Raises OSError, ValueError (see Launcher)."""
        with contextlib.ExitStack() as undo:
            ours, theirs = socket.socketpair()
            undo.callback(ours.close)
            with theirs:
                line = command_line(order.path, self._encoded(order.args_with(port)))
                if order.command:
                    line[:2] = map(os.fsencode, order.command)
                if self._here:
                    popen = _spawn_here(line, run, theirs, self._prints)
                    process = StartedProcess(_Child(popen), ours)
                else:
                    directory = self.folders.make()
                    undo.callback(directory.cleanup)
                    held = trace_order.Order(theirs.fileno(), run, self.trace_bounds)
                    popen = _spawn_apart(line, held, directory.name)
                    streams = _streams_of(popen)
                    process = StartedProcess(_Child(popen), ours, streams, directory, self)
            undo.pop_all()
        return process

    @property
    def trace_bounds(self) -> trace_bounds.Bounds | None:
        """What a program holds itself to, in its own process."""
        bounds = self._bounds
        if bounds is None:
            return None
        return trace_bounds.Bounds(
            nice=bounds.nice,
            files=bounds.files,
            file_bytes=bounds.file_bytes,
            data_bytes=bounds.data_bytes,
        )

    def _encoded(self, args: tuple[str, ...]) -> list[bytes]:
        """Return arguments as the program will decode them.

        Apart from us it has UTF-8, whatever our locale is (and with `LC_ALL=POSIX` os.fsencode
        knows ASCII only); here it has our locale.
        """
        if self._here:
            return [os.fsencode(arg) for arg in args]
        return encoded_apart(args)


class _Child:
    """A child of ours. See process.Kept."""

    def __init__(self, popen: subprocess.Popen[bytes]) -> None:
        self.popen = popen
        self.pid = popen.pid

    @property
    def returncode(self) -> int | None:
        """Its exit status once it is reaped."""
        return self.popen.returncode

    async def bury(self) -> int:
        """Reap it."""
        return self.popen.wait()


def encoded_apart(args: Iterable[str]) -> list[bytes]:
    """Return arguments as a program apart from us will decode them. Raises UnicodeEncodeError."""
    return [arg.encode("utf-8", "surrogateescape") for arg in args]


def environment_apart() -> dict[str, str]:
    """Return the environment of a program apart from us."""
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return environment | {"PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}


def command_line(path: Path, args: Sequence[str | bytes]) -> list[str | bytes]:
    """Return the command that runs a program; under the tracer, if its environment says so."""
    return [sys.executable, str(path), *args]


def with_tracing(
    environment: Mapping[str, str], *, run: str, channel: int, prints: bool = False
) -> dict[str, str]:
    """Return an environment in which a program is traced; it inherits the channel's descriptor."""
    return trace_order.add(trace_order.Order(channel, run, prints=prints), environment)


def _streams_of(popen: subprocess.Popen[bytes]) -> Streams:
    stdin, stdout, stderr = popen.stdin, popen.stdout, popen.stderr
    assert stdin is not None
    assert stdout is not None
    assert stderr is not None
    return Streams(stdin, stdout, stderr)


def _spawn_apart(
    line: list[str | bytes], order: trace_order.Order, directory: str
) -> subprocess.Popen[bytes]:
    with signals_of_a_terminal():
        return subprocess.Popen(
            line,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            cwd=directory,
            env=trace_order.add(order, environment_apart()),
            pass_fds=[order.channel],
            start_new_session=True,
        )


def _spawn_here(
    line: list[str | bytes], run: str, channel: socket.socket, prints: bool
) -> subprocess.Popen[bytes]:
    environment = with_tracing(os.environ, run=run, channel=channel.fileno(), prints=prints)
    with signals_of_a_terminal():
        return subprocess.Popen(line, env=environment, pass_fds=[channel.fileno()])
