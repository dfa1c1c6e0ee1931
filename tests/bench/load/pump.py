"""Messages there and back, over one connection or many: how long each takes, how many a second."""

from __future__ import annotations

import select
import statistics
import time
from collections.abc import Sequence

from tests.bench.load.wires import Wire

STALL_S = 0.25  # after which datagrams that did not come back are taken for lost


def round_trip_us(wire: Wire, size: int, count: int) -> float:
    """Send a message, wait until it is back, again and again; return the median in microseconds."""
    message = wire.message(bytes(size))
    took = []
    for _ in range(count):
        want = wire.received + size
        began = time.perf_counter()
        while not wire.send(message, 1, size):
            wire.receive()
        while wire.received < want:
            wire.receive()
        took.append(time.perf_counter() - began)
    return statistics.median(took) * 1e6


def messages_per_s(wires: Sequence[Wire], size: int, depth: int, for_s: float) -> float:
    """Keep so many messages of each connection on their way; return how many came back a second.

    All are back, or taken for lost, when it returns.
    """
    message = wires[0].message(bytes(size))
    with select.epoll() as ready:
        lanes = {wire.sock.fileno(): _Lane(wire, message, size) for wire in wires}
        for number, lane in lanes.items():
            ready.register(number, select.EPOLLIN)
            lane.fill(depth)
        began = time.perf_counter()
        due = began + for_s
        while (now := time.perf_counter()) < due:
            events = ready.poll(STALL_S)
            for number, _ in events:
                lanes[number].take(depth)
            if not events:
                for lane in lanes.values():
                    lane.give_up()
                    lane.fill(depth)
        came = sum(lane.came for lane in lanes.values())
        while any(lane.flying for lane in lanes.values()):
            events = ready.poll(STALL_S)
            for number, _ in events:
                lanes[number].take(0)
            if not events:
                break
    return came / (now - began)


class _Lane:
    """One connection with messages on their way."""

    def __init__(self, wire: Wire, message: bytes, size: int) -> None:
        self.came = 0
        self.flying = 0
        self._wire = wire
        self._message = message
        self._size = size
        self._counted = wire.received

    def take(self, depth: int) -> None:
        """Take what has come, and send as many messages anew."""
        self._wire.receive()
        count, rest = divmod(self._wire.received - self._counted, self._size)
        self._counted = self._wire.received - rest
        self.came += count
        self.flying -= count
        self.fill(depth)

    def fill(self, depth: int) -> None:
        """Send until so many are on their way."""
        if self.flying < depth:
            self.flying += self._wire.send(self._message, depth - self.flying, self._size)

    def give_up(self) -> None:
        """Take for lost what has not come."""
        self.flying = 0
