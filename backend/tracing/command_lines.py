"""The command line that the machine, `ps` and `pgrep -f` show of a process (proc(5), cmdline).

A child of the fork server was started by nobody's command line, and would show the server's. Linux
shows what stands where the words stood when the process began: the server has begun with ROOM, and
each child writes its own words over it.
"""

from __future__ import annotations

import os

ROOM = " " * 1000  # an argument of the server; where no words of a child stand, NUL does
_START_FIELD, _END_FIELD = 45, 46  # of /proc/PID/stat, after the name (there: 48 and 49, from 1)
# As they are, before the tracing, which is the programs', stands before them.
_close, _open, _pwrite = os.close, os.open, os.pwrite


class CommandLine:
    """Knows where this process and those that are forked of it have their command line."""

    def __init__(self) -> None:
        with open("/proc/self/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
        # A kernel that does not let us look says 0.
        self._start, end = int(fields[_START_FIELD]), int(fields[_END_FIELD])
        self._size = end - self._start

    def write(self, words: list[str]) -> None:
        """Show these words of this process from now on, as far as there is room."""
        line = b"".join([os.fsencode(word) + b"\0" for word in words])
        if self._size <= 0:
            return
        # The last byte stays NUL: without it Linux takes all for one word.
        line = line[: self._size - 1].ljust(self._size, b"\0")
        try:
            fd = _open("/proc/self/mem", os.O_WRONLY | os.O_CLOEXEC)
        except OSError:  # a machine that lets nobody write so
            return
        try:
            _pwrite(fd, line, self._start)
        except OSError:
            pass
        finally:
            _close(fd)
