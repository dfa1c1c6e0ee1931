"""What is sent comes back and is counted, over as many connections as there are."""

from __future__ import annotations

import contextlib
import socket
import threading

from tests.bench.load.pump import messages_per_s, round_trip_us
from tests.bench.load.wires import Wire


def echo(sock: socket.socket) -> None:
    while data := sock.recv(1000):  # cuts messages anywhere
        sock.sendall(data)


def test_nothing_is_left_on_its_way_and_all_is_counted() -> None:
    with contextlib.ExitStack() as stack:
        wires = []
        for _ in range(3):
            here, there = socket.socketpair()
            stack.enter_context(there)
            wires.append(Wire(stack.enter_context(here)))
            threading.Thread(target=echo, args=[there], daemon=True).start()
        assert messages_per_s(wires, 64, 5, 0.02) > 0
        assert round_trip_us(wires[0], 64, 3) > 0
        assert all(wire.received == 64 * wire.sent > 0 for wire in wires)
        for wire in wires:
            wire.sock.shutdown(socket.SHUT_WR)
