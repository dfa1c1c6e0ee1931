"""Ports that a test has to know beforehand, or to keep while nobody holds them.

Most tests ask the kernel for a port (0) and keep it. A port that is let go goes to whoever asks
next: another test, another run of the tests on this machine. These ports the kernel gives to nobody
who asks for any, so that only somebody who names the same one could come in between.
"""

from __future__ import annotations

import random
import socket
from pathlib import Path

HOST = "127.0.0.1"
LOWEST = 13_000  # above the ports of most labs
RANGE_OF_THE_KERNEL = Path("/proc/sys/net/ipv4/ip_local_port_range")
LOWEST_OF_THE_KERNEL = 32_768  # ip(7); where there is no such file, IANA's 49,152


def unused_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """Return a port that nobody has now, from below those that the kernel gives by itself."""
    while True:
        port = random.randrange(LOWEST, lowest_of_the_kernel())
        with socket.socket(socket.AF_INET, kind) as sock:
            try:
                sock.bind((HOST, port))
            except OSError:
                continue
        return port


def lowest_of_the_kernel() -> int:
    """Return the lowest port that the kernel gives to who asks for any."""
    try:
        lowest = int(RANGE_OF_THE_KERNEL.read_text().split()[0])
    except OSError:
        return LOWEST_OF_THE_KERNEL
    assert lowest > LOWEST, f"no ports between {LOWEST} and {lowest} for tests"
    return lowest
