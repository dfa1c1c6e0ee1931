"""Credit that is granted to a browser: told with bytes that go there anyway, or soon.

A message of its own would cost as much as they do, also the browser, which reads it: so of small
grants one goes along in WAIT_S. A timer set and taken back for each grant would cost not much
less: so a timer that was set comes, and looks whether there is anything left to tell.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

WAIT_S = 0.01  # for bytes that take it along; as long again where some have just gone

Later = Callable[[float, Callable[[], None]], asyncio.TimerHandle]


class Credit:
    """What is granted and not yet told. `later` calls something, `tell` sends a message.

    `much_bytes` do not wait for others.
    """

    def __init__(self, *, later: Later, tell: Callable[[int], None], much_bytes: int = 1) -> None:
        self._later = later
        self._tell = tell
        self._much_bytes = much_bytes
        self._owed_bytes = 0
        self._timer: asyncio.TimerHandle | None = None
        self._is_busy = False  # something went to the browser since the timer was set
        self._is_due = True  # with the next bytes: none has gone along for a while

    def grant(self, size_bytes: int) -> None:
        """Let the browser send so many bytes more."""
        self._owed_bytes += size_bytes
        if self._timer is None:
            self._set_timer()

    def take_along(self) -> int:
        """Return what goes with bytes that are sent now: if little, only what is due."""
        self._is_busy = True
        is_told = self._is_due or self._owed_bytes >= self._much_bytes
        return self.take() if self._owed_bytes and is_told else 0

    def take(self) -> int:
        """Return what is to be told now, and forget it."""
        owed_bytes, self._owed_bytes = self._owed_bytes, 0
        self._is_busy = True
        self._is_due = False
        return owed_bytes

    def _set_timer(self) -> None:
        self._is_busy = False
        self._timer = self._later(WAIT_S, self._end_wait)

    def _end_wait(self) -> None:
        self._timer = None
        if self._owed_bytes and self._is_busy:
            self._set_timer()
        elif self._owed_bytes:
            self._tell(self.take())
        self._is_due = True
