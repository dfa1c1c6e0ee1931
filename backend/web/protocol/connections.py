"""All connections of the server: how many there may be, and who goes when there are too many.

A connection *waits* while no whole request head has come: it is new, or idle between two requests.
Who waits longest makes room for who comes; where nobody waits, who comes is refused. So connections
that do nothing cannot keep requests out, however many there are.
"""

from __future__ import annotations

import logging
import resource
import time
from collections import Counter
from typing import Protocol

from backend.settings import Settings

log = logging.getLogger("uvicorn.error")

TELL_AGAIN_S = 60.0  # between two lines in the log that say that connections are refused
REFUSALS_AT_A_TIME = 32  # that are answered; where more come at once, they are only closed


class Line(Protocol):
    """A connection, as far as it matters here."""

    def close(self) -> None:
        """End it."""


class Connections:
    """Counts connections, in all and by address."""

    def __init__(self, *, limit: int, limit_per_address: int) -> None:
        self.limit = limit
        self.limit_per_address = min(limit, limit_per_address)
        self._addresses: dict[Line, str | None] = {}  # None: a proxy's, for nobody just now
        self._proxies: set[Line] = set()
        self._counts: Counter[str] = Counter()
        self._waiting: dict[Line, None] = {}  # who has waited longest is the first
        self._refused: set[Line] = set()
        self._tell_again_at = 0.0

    def admit(self, line: Line, address: str | None) -> bool:
        """Take a connection in, in place of one that waits if need be; return whether it may be.

        The connection of a proxy of ours has no address of its own: see `speak_for`.
        """
        if not self._has_room_for(address):
            return False
        if len(self._addresses) >= self.limit and not self._make_room(None):
            return False
        self._note(line, address)
        if address is None:
            self._proxies.add(line)
        self._waiting[line] = None
        return True

    def speak_for(self, line: Line, address: str) -> bool:
        """Note for whom the proxy of a connection asks now; return whether they may have it."""
        if line not in self._addresses or self._addresses[line] == address:
            return True
        self._forget(line)
        has_room = self._has_room_for(address)
        self._note(line, address if has_room else None)
        return has_room

    def _has_room_for(self, address: str | None) -> bool:
        if address is None or self._counts[address] < self.limit_per_address:
            return True
        return self._make_room(address)

    def _note(self, line: Line, address: str | None) -> None:
        self._addresses[line] = address
        if address is not None:
            self._counts[address] += 1

    def _forget(self, line: Line) -> None:
        address = self._addresses.pop(line, None)
        if address is not None:
            self._counts[address] -= 1
            if not self._counts[address]:
                del self._counts[address]

    def _make_room(self, address: str | None) -> bool:
        """End the one that waits longest, of this address or of any."""
        for line in self._waiting:
            if address in (None, self._addresses[line]):
                self.release(line)
                line.close()
                return True
        return False

    def tell_full(self) -> None:
        """Tell the operator that connections are refused; not each time."""
        now = time.monotonic()
        if now >= self._tell_again_at:
            self._tell_again_at = now + TELL_AGAIN_S
            log.warning(
                "Connections are refused: %d are open, of %d in all and %d from one address",
                len(self._addresses),
                self.limit,
                self.limit_per_address,
            )

    def may_answer(self, line: Line) -> bool:
        """Return whether there is a descriptor to spare to tell this one that it is refused."""
        if len(self._refused) >= REFUSALS_AT_A_TIME:
            return False
        self._refused.add(line)
        return True

    def wait(self, line: Line) -> None:
        """Note that a connection waits for its next request from now on."""
        if line in self._addresses:
            if line in self._proxies:
                self._forget(line)
                self._note(line, None)
            self._waiting.pop(line, None)
            self._waiting[line] = None

    def work(self, line: Line) -> None:
        """Note that a connection has a request, or is a WebSocket."""
        self._waiting.pop(line, None)

    def release(self, line: Line) -> None:
        """Note that a connection is gone."""
        self._forget(line)
        self._proxies.discard(line)
        self._waiting.pop(line, None)
        self._refused.discard(line)


def connections_of(settings: Settings) -> Connections:
    """Return the connections that the settings and the process's descriptors allow.

    `descriptors_reserve` are kept for programs and for the clients' own sockets; where there are
    too few for that, three quarters of all are (RLIMIT_NOFILE, getrlimit(2)).
    """
    descriptors, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = settings.connections_limit
    if descriptors != resource.RLIM_INFINITY:
        spare = max(descriptors - settings.descriptors_reserve, descriptors // 4, 1)
        limit = min(limit, spare)
    return Connections(limit=limit, limit_per_address=settings.connections_per_address)
