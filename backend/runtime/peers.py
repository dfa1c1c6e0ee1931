"""What the programs are called that talk to a room's and are none of its: by their addresses.

What a person says counts before what the machine finds out.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from backend.domain.class_events import PeerNamed
from backend.domain.events import Event

PEERS_NAMED = 200  # addresses with a name, the newest of them


class Peers:
    """Names by address; `given` are those that people gave."""

    def __init__(self, publish: Callable[[Event], object], given: Mapping[str, str] = {}) -> None:
        self._publish = publish
        self.given = dict(given)
        self._found: dict[str, str] = {}

    @property
    def names(self) -> dict[str, str]:
        """All names, as they hold."""
        return self._found | self.given

    def give(self, address: str, name: str) -> None:
        """Call the program at an address so; the empty name takes it away."""
        _set(self.given, address, name)
        shown = name or self._found.get(address, "")
        self._publish(PeerNamed(t=time.monotonic(), address=address, name=shown))

    def find(self, address: str, name: str, pid: int) -> None:
        """Note which program the machine finds at an address now."""
        if self._found.get(address) == name:
            return
        _set(self._found, address, name)
        if address not in self.given:
            self._publish(PeerNamed(t=time.monotonic(), address=address, name=name, pid=pid))


def _set(names: dict[str, str], address: str, name: str) -> None:
    names.pop(address, None)
    if name:
        names[address] = name
        while len(names) > PEERS_NAMED:
            del names[next(iter(names))]
