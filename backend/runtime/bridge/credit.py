"""Credit that is granted to a browser: told with bytes that go there anyway, or soon.

A message of its own would cost as much as they do, and a timer set and taken back for each grant
not much less: so a timer that was set comes, and looks whether there is anything left to tell.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

WAIT_S = 0.01  # for such bytes; as long again where some have just gone

Later = Callable[[float, Callable[[], None]], asyncio.TimerHandle]


class Credit:
    """What is granted and not yet told. `later` calls something, `tell` sends a message."""

    def __init__(self, *, later: Later, tell: Callable[[int], None]) -> None:
        self._later = later
        self._tell = tell
        self._owed_bytes = 0
        self._timer: asyncio.TimerHandle | None = None
        self._has_told = False  # since the timer was set

    def grant(self, size_bytes: int) -> None:
        """Let the browser send so many bytes more."""
        self._owed_bytes += size_bytes
        if self._timer is None:
            self._set_timer()

    def take(self) -> int:
        """Return what is to be told now, and forget it."""
        owed_bytes, self._owed_bytes = self._owed_bytes, 0
        self._has_told = True
        return owed_bytes

    def _set_timer(self) -> None:
        self._has_told = False
        self._timer = self._later(WAIT_S, self._end_wait)

    def _end_wait(self) -> None:
        self._timer = None
        if self._owed_bytes and self._has_told:
            self._set_timer()  # it is younger than the timer
        elif self._owed_bytes:
            self._tell(self.take())
