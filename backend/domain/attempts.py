"""Bad attempts to come in: after too many from one address within a while, it has to wait.

A code that is easy to say aloud is easy to guess, too, for whoever may guess often. What is known
is bounded: of many addresses the one whose last attempt is longest ago is forgotten.
"""

from __future__ import annotations

import ipaddress
from collections import OrderedDict, deque


class Attempts:
    """Counts bad attempts by address: `limit` within `window_s` seconds, of `addresses` at most.

    Times are in seconds, given by the caller, and must not go back.
    """

    def __init__(self, *, limit: int, window_s: float, addresses: int = 10_000) -> None:
        self._limit = limit
        self._window_s = window_s
        self._addresses = addresses
        self._times: OrderedDict[str, deque[float]] = OrderedDict()

    def wait_s(self, host: str, now: float) -> float:
        """Return how long an address has to wait before it may try again; 0: it may now."""
        times = self._times.get(_network_of(host))
        if times is None or len(times) < self._limit:
            return 0.0
        return max(0.0, times[0] + self._window_s - now)

    def note_bad(self, host: str, now: float) -> None:
        """Count a bad attempt."""
        network = _network_of(host)
        times = self._times.setdefault(network, deque(maxlen=self._limit))
        times.append(now)
        self._times.move_to_end(network)
        while len(self._times) > self._addresses:
            self._times.popitem(last=False)


def _network_of(host: str) -> str:
    """Return what counts as one address: of IPv6 the network that one subscriber has (RFC 6177)."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host[:100]
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False))
