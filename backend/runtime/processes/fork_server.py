"""The fork server as we know it: a process of ours (`tracing/fork_server.py`) and a socket to it.

It has the environment of a program apart from us, a session of its own, and pipes for its streams,
as its children need them. It ends when our end of the socket closes, and all that is below it then.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import weakref

from backend.runtime.processes.ends import Ends
from backend.runtime.processes.signals import signals_of_a_terminal
from backend.runtime.processes.spawn import environment_apart
from backend.runtime.processes.watcher import Watcher
from backend.tracing import command_lines, fork_main

NAME = "socketlab-fork-server"  # the word by which to know it among processes
ASK_S = 5.0  # for a request to be taken, where many wait
END_S = 2.0  # for it to end what programs have left
_LAST_WORDS_BYTES = 4096


class ForkServerLost(Exception):
    """The fork server has ended."""


class ForkServer:
    """One fork server. Raises OSError when it cannot be started."""

    def __init__(self, watcher: Watcher) -> None:
        self._environment = environment_apart()
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._popen = _start(theirs.fileno(), self._environment)
        self._control.settimeout(ASK_S)
        self._watcher = watcher
        watcher.add(self._popen.pid)
        self._end = weakref.finalize(self, _end, self._popen, self._control, os.getpid())

    def is_fit(self) -> bool:
        """Whether it is there, and has the environment that programs are to have now."""
        return self._popen.poll() is None and self._environment == environment_apart()

    def ask(self, ends: Ends, folder: bytes, path: bytes, order: list[bytes]) -> None:
        """Have a child forked that has these ends; without an order it waits for one.

        Raises ForkServerLost; the ends are closed then.
        """
        request = b"\0".join([folder, path, *order])
        try:
            socket.send_fds(self._control, [request], ends.theirs)
        except OSError as error:  # a TimeoutError, too
            ends.close()
            raise ForkServerLost(error) from error
        ends.close_theirs()

    def last_words(self) -> str:
        """Return what it wrote at its end."""
        assert self._popen.stderr is not None
        os.set_blocking(self._popen.stderr.fileno(), False)
        return (self._popen.stderr.read(_LAST_WORDS_BYTES) or b"").decode(errors="replace")

    def end(self) -> None:
        """End it with all that programs have left."""
        self._control.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._popen.wait(END_S)
        self.close()

    def close(self) -> None:
        """End it. Its children go on."""
        self._watcher.forget(self._popen.pid)
        self._end()


def _start(control: int, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    code = os.memfd_create(NAME)
    try:
        os.write(code, fork_main.pyc(code=code, control=control))
        with signals_of_a_terminal():
            return subprocess.Popen(
                [sys.executable, f"/dev/fd/{code}", NAME, command_lines.ROOM],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                cwd="/",
                env=environment,
                pass_fds=[code, control],
                start_new_session=True,
            )
    finally:
        os.close(code)


def _end(popen: subprocess.Popen[bytes], control: socket.socket, owner: int) -> None:
    if os.getpid() == owner:  # and no fork of ours
        popen.kill()
        popen.wait()
    control.close()  # not before, or it would end its children
    for stream in (popen.stdin, popen.stdout, popen.stderr):
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()
