"""A token bucket with a second threshold, so that a flood is told in blocks and not in crumbs.

While tokens last, everything passes. Once they are used up, nothing passes until half of the
burst has come together again.
"""

from __future__ import annotations


class Bucket:
    """Allows `burst` units at once and `rate` units a second.

    Times are in seconds, given by the caller, and must not go back.
    """

    def __init__(self, *, rate: float, burst: float, now: float) -> None:
        self._rate = rate
        self._burst = burst
        self._tokens = burst
        self._then = now
        self._shut = False

    def take(self, wanted: int, now: float) -> int:
        """Return how many of the wanted units may pass now: 0 to `wanted`."""
        self._tokens = min(self._burst, self._tokens + (now - self._then) * self._rate)
        self._then = now
        if self._shut and self._tokens < self._burst / 2:
            return 0
        passed = min(wanted, int(self._tokens))
        self._tokens -= passed
        self._shut = passed < wanted
        return passed
