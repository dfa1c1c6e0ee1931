"""A beat that all who wait feel at once, so that what is made for one of them serves all.

It comes as soon as it is asked for, but not sooner than an interval after the last one.
"""

from __future__ import annotations

import asyncio


class Beat:
    """Wakes whoever waits, together."""

    def __init__(self, interval_s: float) -> None:
        self._interval_s = interval_s
        self._next: asyncio.Event = asyncio.Event()
        self._waiting = 0
        self._timer: asyncio.TimerHandle | None = None
        self._not_before = 0.0  # on the clock of the event loop

    def ask(self) -> None:
        """Let the next beat come. Costs nothing when nobody waits."""
        if self._waiting and self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_at(max(self._not_before, loop.time()), self._strike)

    async def wait(self) -> None:
        """Return at the next beat."""
        self._waiting += 1
        try:
            await self._next.wait()
        finally:
            self._waiting -= 1

    def _strike(self) -> None:
        self._timer = None
        self._not_before = asyncio.get_running_loop().time() + self._interval_s
        self._next.set()
        self._next = asyncio.Event()
