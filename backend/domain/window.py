"""Credit of one direction of a bridged TCP connection.

The sender may have at most `limit_bytes` on their way that the receiver has not yet passed on.
Credit is granted again in pieces of a quarter of the window, or when all is passed on, so that a
stream of small messages does not cost a grant each.
"""

from __future__ import annotations

from backend.domain.errors import WindowExceeded


class CreditWindow:
    """How much a sender may still send."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit = limit_bytes
        self._held = 0
        self._owed = 0

    @property
    def held_bytes(self) -> int:
        """Received from the sender, not yet passed on."""
        return self._held

    @property
    def credit_bytes(self) -> int:
        """What the sender may send now, as far as it was told."""
        return self._limit - self._held - self._owed

    def take(self, n: int) -> None:
        """Note `n` bytes received. Raises WindowExceeded when the sender had no credit for them."""
        held = self._held + n
        if held + self._owed > self._limit:
            raise WindowExceeded(n, self.credit_bytes)
        self._held = held

    def release(self, n: int) -> int:
        """Note `n` bytes passed on; return the credit to grant now (0: not yet worth a grant)."""
        self._held -= n
        self._owed += n
        if self._held and self._owed < self._limit // 4:
            return 0
        grant, self._owed = self._owed, 0
        return grant
