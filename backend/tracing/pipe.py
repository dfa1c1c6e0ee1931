"""The descriptor to which records are written, and which tells when nobody reads any more.

Processes that were forked from the program write to it, too: a piece of whole lines that the kernel
takes in one step is not mixed with theirs (unix(7): Linux queues up to 32 KiB at once).
"""

from __future__ import annotations

import _thread
import fcntl
import os
import select
from collections.abc import Iterator

from backend.tracing.bell import Bell

PIECE_BYTES = 16_384
FIRST_FD = 200  # or higher is our descriptor: the low ones are the program's
_READ_BYTES = 4096
_ENTER_S = 0.05  # who is longer in a call of the kernel's has its file, whatever the number is then
_allocate_lock = _thread.allocate_lock  # the program's own tells what happens to it
_close = os.close  # the program's own is kept off ours
_poll = getattr(select, "poll", None)  # the program's own tells that it waits


class Pipe:
    """Our end of the trace channel; used by its number only, so that no socket of ours shows."""

    __slots__ = ("_locks", "_opened", "fd", "is_closed")

    def __init__(self) -> None:
        self.fd = -1
        self.is_closed = True  # until it is opened
        self._opened = Bell()
        self._renew_locks()
        os.register_at_fork(after_in_child=self._renew_locks)

    def open(self, fd: int) -> None:
        """Take the descriptor."""
        self.fd = before = fd
        self.is_closed = False
        self._take_high()
        if self.fd != before:
            _close(before)
        self._opened.ring()

    def make_room(self) -> None:
        """Have the kernel make the table of descriptors large enough; to be called with no threads.

        Where there are some, it waits for all processors before it uses a larger one: 5 to 15 ms.
        """
        try:
            _close(fcntl.fcntl(0, fcntl.F_DUPFD_CLOEXEC, FIRST_FD))
        except OSError:  # the limit of open files is lower
            pass

    def _renew_locks(self) -> None:
        """Forget who is in a call: in a child that was forked, nobody is."""
        self._locks = (_allocate_lock(), _allocate_lock())  # of writing, of reading

    def move(self) -> None:
        """Take another number; the old one is left as it is, for the program to put a file there.

        When this returns, no thread of ours is on its way into the kernel with the old one.
        """
        self._take_high()
        for lock in self._locks:
            if lock.acquire(True, _ENTER_S):
                lock.release()

    def _take_high(self) -> None:
        """Take another, high number that no child inherits."""
        try:
            self.fd = fcntl.fcntl(self.fd, fcntl.F_DUPFD_CLOEXEC, FIRST_FD)
        except OSError:  # the limit of open files is lower
            os.set_inheritable(self.fd, False)

    def write(self, lines: list[str]) -> bool:
        """Write lines, for as long as it takes; return whether anybody is there to read them."""
        for piece in pieces([line.encode("utf-8", "replace") + b"\n" for line in lines]):
            data = piece
            while data:
                try:
                    with self._locks[0]:
                        data = data[os.write(self.fd, data) :]
                except OSError:  # the other end is gone
                    return False
        return True

    def has_room(self) -> bool:
        """Return whether the kernel takes a piece at once."""
        if _poll is None:
            return True
        poll = _poll()
        poll.register(self.fd, select.POLLOUT)
        return bool(poll.poll(0))

    def wait_for_end(self) -> None:
        """Wait until it is opened, and the other end is gone."""
        self._opened.wait()
        fd = -1
        while fd != self.fd:  # else what has ended is what the program has put into its place
            try:
                with self._locks[1]:
                    fd = self.fd
                    while os.read(fd, _READ_BYTES):
                        pass
            except OSError:
                pass

    def close(self) -> None:
        """Let go of it."""
        if not self.is_closed:
            self.is_closed = True
            _close(self.fd)


def pieces(lines: list[bytes]) -> Iterator[bytes]:
    """Join lines to pieces of a bounded size; a line that is larger is a piece of its own."""
    part: list[bytes] = []
    size = 0
    for line in lines:
        if part and size + len(line) > PIECE_BYTES:
            yield b"".join(part)
            part, size = [], 0
        part.append(line)
        size += len(line)
    if part:
        yield b"".join(part)
