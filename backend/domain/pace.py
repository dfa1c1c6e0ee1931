"""How fast a sender may be: so many messages and bytes a second, and a burst of each.

What is over it waits (a stream can) or is let go (a datagram may). Compare `meter.py`, which is
about what is told, not about what is done.
"""

from __future__ import annotations


class Pace:
    """Two buckets, of messages and of bytes, that fill at a rate and hold one second of it.

    A message larger than a bucket may pass when the bucket is full; its rest is a debt. Times are
    in seconds, given by the caller, and must not go back.
    """

    def __init__(self, *, messages: float, size_bytes: float, now: float) -> None:
        self._rates = (messages, size_bytes)
        self._left = [messages, size_bytes]
        self._then = now

    def spend(self, size_bytes: int, now: float) -> float:
        """Take note of a message; return for how many seconds the sender has to wait after it."""
        self._fill(now)
        self._left[0] -= 1
        self._left[1] -= size_bytes
        return max(
            -left / rate if left < 0 else 0.0
            for left, rate in zip(self._left, self._rates, strict=True)
        )

    def allows(self, size_bytes: int, now: float) -> bool:
        """Whether a message may pass now; it is spent then."""
        self._fill(now)
        messages, left_bytes = self._left
        if messages < 1 or left_bytes < min(size_bytes, self._rates[1]):
            return False
        self._left = [messages - 1, left_bytes - size_bytes]
        return True

    def _fill(self, now: float) -> None:
        passed_s = now - self._then
        self._then = now
        self._left = [
            min(rate, left + passed_s * rate)
            for left, rate in zip(self._left, self._rates, strict=True)
        ]
