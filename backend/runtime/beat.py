"""A beat that all who wait feel at once, so that what is made for one of them serves all.

It comes as soon as it is asked for, but not sooner than an interval after the last one.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator


class Beat:
    """Calls `strike`, then wakes whoever waits, together.

    `strike` returns whether it has not done all, so that another beat is to come.
    """

    def __init__(self, interval_s: float, strike: Callable[[], bool] = lambda: False) -> None:
        self._interval_s = interval_s
        self._call = strike
        self._next: asyncio.Event = asyncio.Event()
        self._feeling = 0
        self._timer: asyncio.TimerHandle | None = None
        self._not_before = 0.0  # on the clock of the event loop

    def ask(self) -> None:
        """Let the next beat come. Costs nothing when nobody feels it."""
        if self._feeling and self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_at(max(self._not_before, loop.time()), self._strike)

    async def wait(self) -> None:
        """Return at the next beat."""
        with self.felt():
            await self._next.wait()

    @contextlib.contextmanager
    def felt(self) -> Iterator[None]:
        """Let it come, when it is asked for, as long as there is somebody whom the call is for."""
        self._feeling += 1
        try:
            yield
        finally:
            self._feeling -= 1

    def _strike(self) -> None:
        self._timer = None
        self._not_before = asyncio.get_running_loop().time() + self._interval_s
        has_more = self._call()
        self._next.set()
        self._next = asyncio.Event()
        if has_more:
            self.ask()
