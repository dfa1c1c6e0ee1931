"""A warm process that forks for each start: what starting a program costs at the very least.

    python -m tests.bench.peers.forker

For each line of its input it forks a child that listens on a free port, prints its process id and
stays. A child has imported nothing and runs no program of anybody's.
"""

from __future__ import annotations

import os
import signal
import socket
import sys


def main() -> None:
    """Fork until the input ends; the children end with it."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    children = []
    for _ in sys.stdin:
        if child := os.fork():
            children.append(child)
            continue
        with socket.create_server(("127.0.0.1", 0)):
            os.write(1, b"%d\n" % os.getpid())
            signal.pause()
    for child in children:
        os.kill(child, signal.SIGKILL)


if __name__ == "__main__":
    main()
