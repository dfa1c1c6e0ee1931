"""Messages there and back, over one connection or many: how long each takes, how many a second."""

from __future__ import annotations

import select
import statistics
import time
from collections.abc import Sequence

from tests.bench.load.wires import PATIENCE_S, Wire

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

    It ends when all that were sent are back, the last ones included in the number: however long
    they wait in between, none is left to whoever measures next. Datagrams may be lost.
    """
    message = wires[0].message(bytes(size))
    with select.epoll() as ready:
        lanes = {wire.sock.fileno(): _Lane(wire, message, size) for wire in wires}
        for number, lane in lanes.items():
            ready.register(number, select.EPOLLIN)
            lane.fill(depth)
        began = last = time.perf_counter()
        while (is_going := last - began < for_s) or any(lane.flying for lane in lanes.values()):
            events = ready.poll(STALL_S if wires[0].may_lose else PATIENCE_S)
            last = time.perf_counter() if events else last
            for number, _ in events:
                lanes[number].take(depth if is_going else 0)
            if not events:
                if not wires[0].may_lose:
                    raise TimeoutError(f"nothing came back in {PATIENCE_S} s")
                is_going = time.perf_counter() - began < for_s
                if not is_going:
                    break
                for lane in lanes.values():
                    lane.give_up()
                    lane.fill(depth)
    return sum(lane.came for lane in lanes.values()) / max(last - began, 1e-9)


class _Lane:
    """One connection with messages on their way."""

    def __init__(self, wire: Wire, message: bytes, size: int) -> None:
        wire.let_go_of_late()
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
        self.flying = max(self.flying - count, 0)  # one that was given up may come yet
        self.fill(depth)

    def fill(self, depth: int) -> None:
        """Send until so many are on their way."""
        if self.flying < depth:
            self.flying += self._wire.send(self._message, depth - self.flying, self._size)

    def give_up(self) -> None:
        """Take for lost what has not come."""
        self.flying = 0
