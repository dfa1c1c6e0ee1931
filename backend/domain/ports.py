"""Ports and loopback addresses that are given out, so that thirty servers do not want the same one.

On Linux every address of 127.0.0.0/8 is this machine (RFC 1122, 3.2.1.3 (g)): each desk has one of
its own, on which the default port of every lab is free. Where labs are open to the network, their
ports come from a range that a firewall can be told.
"""

from __future__ import annotations

import hashlib
from collections.abc import Container
from itertools import chain, islice
from typing import NamedTuple


class PortRange(NamedTuple):
    """Ports from `first` to `last`, both included; written `20000-20999`."""

    first: int
    last: int

    @classmethod
    def from_text(cls, text: str) -> PortRange:
        """Return the range that a text names. Raises ValueError."""
        words = text.split("-")
        if len(words) == 2 and all(word.isascii() and word.isdecimal() for word in words):
            ports = cls(int(words[0]), int(words[1]))
            if 1 <= ports.first <= ports.last <= 65535:
                return ports
        raise ValueError(f"expected ports as FIRST-LAST, from 1 to 65535, got {text!r}")

    def __contains__(self, port: object) -> bool:
        """Whether a port is one of them."""
        return isinstance(port, int) and self.first <= port <= self.last

    def __str__(self) -> str:
        """Return the range as it is written."""
        return f"{self.first}-{self.last}"


class PortPool:
    """Offers the ports of a range in turn, so that who asks at the same time is offered others."""

    def __init__(self, ports: PortRange) -> None:
        self.range = ports
        self._next = ports.first

    def offer(self, count: int, *, taken: Container[int]) -> tuple[int, ...]:
        """Return the next ports, at most `count`, that are not taken as far as anybody knows."""
        first, last = self.range
        around = chain(range(self._next, last + 1), range(first, self._next))
        offered = tuple(islice((port for port in around if port not in taken), count))
        if offered:
            self._next = first if offered[-1] == last else offered[-1] + 1
        return offered


# 127.0.0.1 and the addresses that systems use near it (127.0.1.1, 127.0.0.53) are far from these.
_FIRST_OCTETS = "127.100"
PLACES = 256 * 254  # the third octet from 0 to 255, the last from 1 to 254


class LoopbackPool:
    """Gives each desk a loopback address of its own: the same one each time, if it is free."""

    def __init__(self, *, places: int = PLACES) -> None:
        self._places = places
        self._by_desk: dict[str, str] = {}
        self._taken: set[str] = set()

    def take(self, desk: str) -> str | None:
        """Return the address of a desk; None when all are given out."""
        if desk in self._by_desk:
            return self._by_desk[desk]
        digest = hashlib.blake2s(desk.encode("utf-8", "surrogatepass"), digest_size=4).digest()
        start = int.from_bytes(digest, "big")
        around = (_address((start + step) % self._places) for step in range(self._places))
        address = next((each for each in around if each not in self._taken), None)
        if address is not None:
            self._by_desk[desk] = address
            self._taken.add(address)
        return address

    def free(self, desk: str) -> None:
        """Take a desk's address back; does nothing for one that has none."""
        self._taken.discard(self._by_desk.pop(desk, ""))


def _address(number: int) -> str:
    third, fourth = divmod(number, 254)
    return f"{_FIRST_OCTETS}.{third}.{fourth + 1}"
