"""What tracing costs a program: round trips to the same echo server, untraced and traced.

    .venv/bin/python -m tests.bench.tracing

Both servers run at the same time and are asked in turns, so that whatever else the machine does
hits both. The client is never traced. Prints medians in microseconds, for client and servers where
the scheduler puts them, on one core, and on a core each.
"""

from __future__ import annotations

import argparse
import os
import socket
import statistics
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from backend.runtime.processes.spawn import command_line, with_tracing

SERVER = """
import socket, sys
if sys.argv[1] == "tcp":
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(listener.getsockname()[1], flush=True)
        conn, _ = listener.accept()
        conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while data := conn.recv(4096):
            conn.sendall(data)
else:
    with socket.socket(type=socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        print(sock.getsockname()[1], flush=True)
        while (message := sock.recvfrom(4096))[0]:
            sock.sendto(*message)
"""
MESSAGE = b"x" * 64


class Echo:
    """One echo server and a connection to it."""

    def __init__(self, program: Path, transport: str, cores: set[int], *, traced: bool) -> None:
        self._channel, theirs = socket.socketpair()
        environment = dict(os.environ)
        if traced:
            environment = with_tracing(environment, run="bench", channel=theirs.fileno())
        own_cores = os.sched_getaffinity(0)
        os.sched_setaffinity(0, cores)  # inherited by the child and all of its threads
        self._process = subprocess.Popen(
            command_line(program, [transport]),
            env=environment,
            stdout=subprocess.PIPE,
            pass_fds=[theirs.fileno()],
        )
        os.sched_setaffinity(0, own_cores)
        theirs.close()
        threading.Thread(target=self._drain, daemon=True).start()
        assert self._process.stdout is not None
        port = int(self._process.stdout.readline())
        kind = socket.SOCK_STREAM if transport == "tcp" else socket.SOCK_DGRAM
        self._sock = socket.socket(socket.AF_INET, kind)
        self._sock.connect(("127.0.0.1", port))
        if transport == "tcp":
            self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _drain(self) -> None:
        while self._channel.recv(65536):
            pass

    def round_trips(self, count: int) -> list[float]:
        """Return the times of so many round trips, in microseconds."""
        times = []
        for _ in range(count):
            began = time.perf_counter()
            self._sock.send(MESSAGE)
            self._sock.recv(4096)
            times.append((time.perf_counter() - began) * 1e6)
        return times

    def close(self) -> None:
        """End the server."""
        self._sock.close()
        self._process.kill()
        self._process.wait()
        self._channel.close()


def measure(
    program: Path, transport: str, cores: set[int], rounds: int, count: int
) -> tuple[float, float]:
    """Return the median round trip untraced and traced."""
    plain = Echo(program, transport, cores, traced=False)
    traced = Echo(program, transport, cores, traced=True)
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(rounds):
        pair = [(plain, times[0]), (traced, times[1])]
        for echo, into in pair if number % 2 else reversed(pair):
            into.extend(echo.round_trips(count))
            time.sleep(0.02)
    plain.close()
    traced.close()
    return statistics.median(times[0]), statistics.median(times[1])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--count", type=int, default=20, help="round trips in a round")
    args = parser.parse_args()
    every = sorted(os.sched_getaffinity(0))
    places = {
        "anywhere": (set(every), set(every)),
        "one core": ({every[0]}, {every[0]}),
        "a core each": ({every[0]}, {every[-1]}),
    }
    with tempfile.TemporaryDirectory() as directory:
        program = Path(directory, "echo.py")
        program.write_text(SERVER)
        for place, (client, server) in places.items():
            os.sched_setaffinity(0, client)
            for transport in ("tcp", "udp"):
                plain, traced = measure(program, transport, server, args.rounds, args.count)
                print(
                    f"{place:12} {transport}: untraced {plain:.1f} µs, traced {traced:.1f} µs, "
                    f"{traced - plain:+.1f} µs, {100 * (traced / plain - 1):+.1f} %",
                    flush=True,
                )


if __name__ == "__main__":
    main()
