"""How much of something is told, and how much is not: a rate, and a count of what it let go.

While tokens last, everything passes. Once they are used up, nothing passes until half of the burst
has come together again, so that a flood is told in blocks and not in crumbs. What does not pass is
counted; the count is told before the next that passes, at the latest at the end.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


class Bucket:
    """A token bucket: allows `burst` units at once and `rate` units a second.

    Times are in seconds, given by the caller, and must not go back.
    """

    def __init__(self, *, rate: float, burst: float, now: float) -> None:
        self._rate = rate
        self._burst = burst
        self._tokens = burst
        self._then = now
        self._shut_until = -math.inf

    def take(self, wanted: int, now: float) -> int:
        """Return how many of the wanted units may pass now: 0 to `wanted`."""
        if now < self._shut_until:
            return 0
        tokens = min(self._burst, self._tokens + (now - self._then) * self._rate)
        self._then = now
        passed = wanted if wanted <= tokens else int(tokens)
        self._tokens = tokens - passed
        if passed < wanted:
            self._shut_until = now + (self._burst / 2 - self._tokens) / self._rate
        return passed


@dataclass(frozen=True)
class Untold:
    """How often something did not pass, and how many bytes that were."""

    count: int
    bytes: int


class Meter:
    """Lets things pass up to the rate of its bucket, which meters may share; counts the rest."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket
        self._count = 0
        self._bytes = 0

    def passes(self, size_bytes: int, now: float) -> bool:
        """Whether one thing of this size may pass, where the bucket counts things."""
        if self._bucket.take(1, now):
            return True
        self._count += 1
        self._bytes += size_bytes
        return False

    def take(self, wanted: int, now: float) -> int:
        """Return how many units may pass, where they do so in part; `drop` is for the rest."""
        return self._bucket.take(wanted, now)

    def drop(self, size_bytes: int, count: int = 1) -> None:
        """Count one thing that does not pass, for whatever reason; or a report of so many."""
        self._count += count
        self._bytes += size_bytes

    def add_bytes(self, size_bytes: int) -> None:
        """Count more bytes of what has already been counted."""
        self._bytes += size_bytes

    def collect(self) -> Untold | None:
        """Return what did not pass since the last time, and forget it; None when all did."""
        if not self._count and not self._bytes:
            return None
        untold = Untold(self._count, self._bytes)
        self._count = self._bytes = 0
        return untold
