"""Waiting for something to become true: whoever changes it rings, whoever waits looks again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Bell:
    """Is rung whenever something has changed."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Let those who wait look."""
        self._rung.set()

    async def wait_until(self, condition: Callable[[], bool], within_s: float) -> bool:
        """Wait until this is true; return whether it is, at the latest after so many seconds."""
        try:
            async with asyncio.timeout(within_s):
                while not condition():
                    self._rung.clear()
                    await self._rung.wait()
        except TimeoutError:
            return condition()
        return True
