"""What a thread of ours waits for: that another one rings. Who rings does not wait."""

from __future__ import annotations

import _thread

_allocate_lock = _thread.allocate_lock  # the program's own tells what happens to it


class Bell:
    """A bell that one thread hears, also when it comes later; to ring twice is to ring once."""

    __slots__ = ("_lock",)

    def __init__(self) -> None:
        self._lock = _allocate_lock()
        self._lock.acquire()

    def ring(self) -> None:
        """Let who waits go on."""
        try:
            self._lock.release()
        except RuntimeError:  # it has rung already
            pass

    def wait(self, limit_s: float = -1) -> None:
        """Wait until it rings; no longer than that, if a limit is given."""
        self._lock.acquire(True, limit_s)
