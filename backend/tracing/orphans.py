"""What programs leave behind when they end: processes in a session of their own, as daemons have.

The fork server is their parent then, in place of the system's first process
(PR_SET_CHILD_SUBREAPER, prctl(2)): it takes their zombies away, and ends them when it ends, which
it does with the playground. Where the kernel does not list a process's children, nobody is adopted.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Collection
from typing import Any

_SET_CHILD_SUBREAPER = 36  # linux/prctl.h
_READ_BYTES = 4096
# As they are, before the tracing stands before them.
_close, _kill, _open, _read = os.close, os.kill, os.open, os.read
_signal, _set_wakeup_fd = signal.signal, signal.set_wakeup_fd


def adopt() -> None:
    """Be the parent of what our children leave. It has effect in this process only."""
    if not os.path.exists(_list_of_children()):
        return
    with contextlib.suppress(ImportError, OSError):  # an interpreter without libffi; another libc
        ctypes: Any = __import__("_ctypes")
        prctl = ctypes.dlsym(ctypes.dlopen(None, 0), "prctl")
        ctypes.call_function(prctl, (_SET_CHILD_SUBREAPER, 1, 0, 0, 0))


class Orphans:
    """Tells on a descriptor that some child has ended; knows those that nobody else waits for."""

    def __init__(self) -> None:
        self.ended, self._tells = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        _set_wakeup_fd(self._tells, warn_on_full_buffer=False)
        self._before = _signal(signal.SIGCHLD, lambda *_: None)

    def leave(self) -> int:
        """Let a child be as if we were not; return our highest descriptor, which is still open."""
        _set_wakeup_fd(-1)
        _signal(signal.SIGCHLD, self._before)
        return max(self.ended, self._tells)

    def bury(self, kept: Collection[int]) -> None:
        """Take the zombies away, but for those that are kept for others."""
        with contextlib.suppress(BlockingIOError):
            while len(_read(self.ended, _READ_BYTES)) == _READ_BYTES:
                pass
        for pid in _children():
            if pid not in kept:
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(pid, os.WNOHANG)

    def end_all(self) -> None:
        """End all children, and what they leave."""
        while pids := _children():
            for pid in pids:
                _kill(pid, signal.SIGKILL)
            for pid in pids:
                os.waitpid(pid, 0)


def _list_of_children() -> str:
    return f"/proc/self/task/{os.getpid()}/children"


def _children() -> list[int]:
    """Return our children; of none only if there is none (proc(5): it may leave some out)."""
    try:
        fd = _open(_list_of_children(), os.O_RDONLY)
    except OSError:
        return []
    try:
        told = b""
        while part := _read(fd, _READ_BYTES):
            told += part
    finally:
        _close(fd)
    return [*map(int, told.split())]
