"""What tracing costs a program: round trips to the same echo server, untraced and traced.

    .venv/bin/python -m tests.bench.tracing

Several pairs of servers, one of each traced, run at the same time and are asked in turns, so that
whatever else the machine does hits all, and what one process has got by chance is one of many. A
turn is short and has a pause behind it: all is told of it, and the writer thread works beside it as
it does in a program that talks now and then. The client is never traced. For client and servers
where the scheduler puts them, on one core, and on a core each, it prints medians over the pairs:

- a round trip untraced, and how much longer it is traced, in µs and in percent; in brackets from
  the pair with the least to that with the most. A pair's figure is the median of its rounds, in
  each of which the two are asked one after the other.
- the same of the quickest tenth, where nothing else was in the way.
- how much more of the processor it takes, in the program's own thread and in the tracer's.

At last: how many calls a second a program makes that does nothing else.
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
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from backend.runtime.processes.spawn import command_line, with_tracing
from backend.tracing.channel import RATE

SERVER = """
import socket, sys, time
if sys.argv[1] == "tcp":
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(listener.getsockname()[1], flush=True)
        conn, _ = listener.accept()
        conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while data := conn.recv(4096):
            conn.sendall(data)
elif sys.argv[1] == "udp":
    with socket.socket(type=socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        print(sock.getsockname()[1], flush=True)
        while (message := sock.recvfrom(4096))[0]:
            sock.sendto(*message)
else:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        near = socket.create_connection(listener.getsockname())
        far, _ = listener.accept()
        for _ in range(2):
            calls, began = 0, time.monotonic()
            while (took := time.monotonic() - began) < 1:
                near.send(b"x")
                far.recv(1)
                calls += 2
        print(int(calls / took), flush=True)  # of the second second: all is warm, bursts are over
"""
MESSAGE = b"x" * 64
PAUSE_S = 0.006  # at least: more than the tracer's writer rests before it writes what was noted
WARM_UP = 5  # rounds that do not count
RECORDS = 4  # that a round trip makes
QUICK = 0.1  # the part of round trips with the least in their way


class Cpu(NamedTuple):
    """How long a process has had a processor, in µs: its first thread, and the others."""

    own: float
    others: float


class Round(NamedTuple):
    """The median round trip of one turn, one of its quickest, and the processor's time, in µs."""

    median: float
    quick: float
    cpu: Cpu


@contextmanager
def started(
    program: Path, kind: str, cores: set[int], *, traced: bool
) -> Iterator[subprocess.Popen[bytes]]:
    """Start the program; what is told of it is read and forgotten."""
    ours, theirs = socket.socketpair()
    environment = dict(os.environ)
    if traced:
        environment = with_tracing(environment, run="bench", channel=theirs.fileno())
    own_cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)  # inherited by the child and all of its threads
    process = subprocess.Popen(
        command_line(program, [kind]),
        env=environment,
        stdout=subprocess.PIPE,
        pass_fds=[theirs.fileno()],
    )
    os.sched_setaffinity(0, own_cores)
    theirs.close()
    threading.Thread(target=_drain, args=(ours,), daemon=True).start()
    with process:
        yield process
        process.kill()
    ours.close()


def _drain(channel: socket.socket) -> None:
    while channel.recv(65536):
        pass


def _printed(process: subprocess.Popen[bytes]) -> int:
    assert process.stdout is not None
    return int(process.stdout.readline())


class Echo:
    """One echo server and a connection to it."""

    def __init__(self, process: subprocess.Popen[bytes], transport: str) -> None:
        self._pid = process.pid
        kind = socket.SOCK_STREAM if transport == "tcp" else socket.SOCK_DGRAM
        self._sock = socket.socket(socket.AF_INET, kind)
        self._sock.connect(("127.0.0.1", _printed(process)))
        if transport == "tcp":
            self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def take_turn(self, count: int, pause_s: float) -> Round:
        """Measure so many round trips, and what the server's process does until it rests."""
        times = []
        before = self._cpu()
        for _ in range(count):
            began = time.perf_counter()
            self._sock.send(MESSAGE)
            self._sock.recv(4096)
            times.append((time.perf_counter() - began) * 1e6)
        time.sleep(pause_s)
        after = self._cpu()
        cpu = Cpu((after.own - before.own) / count, (after.others - before.others) / count)
        times.sort()
        return Round(statistics.median(times), times[int(count * QUICK)], cpu)

    def _cpu(self) -> Cpu:
        own = 0.0
        others = 0.0
        for thread in Path(f"/proc/{self._pid}/task").iterdir():
            used = int((thread / "schedstat").read_text().split()[0]) / 1000  # ns, proc(5)
            if thread.name == str(self._pid):
                own = used
            else:
                others += used
        return Cpu(own, others)

    def close(self) -> None:
        """Let go of the connection."""
        self._sock.close()


class Pair(NamedTuple):
    """An untraced and a traced server, and the rounds of each."""

    servers: tuple[Echo, Echo]
    rounds: tuple[list[Round], list[Round]]

    def take_turns(self, number: int, count: int, pause_s: float) -> None:
        """Measure one after the other, in another order each time."""
        for which in (0, 1) if number % 2 else (1, 0):
            self.rounds[which].append(self.servers[which].take_turn(count, pause_s))

    def untraced(self, of: Callable[[Round], float]) -> float:
        """Return a figure of the untraced server, in µs."""
        return statistics.median(map(of, self.rounds[0]))

    def more(self, of: Callable[[Round], float]) -> float:
        """Return how much more it is traced, in µs."""
        both = zip(*self.rounds, strict=True)
        return statistics.median(of(traced) - of(plain) for plain, traced in both)

    def percent(self, of: Callable[[Round], float]) -> float:
        """Return how much more it is traced, in percent."""
        return 100 * self.more(of) / self.untraced(of)


def measure(program: Path, transport: str, cores: set[int], args: argparse.Namespace) -> list[Pair]:
    """Measure all pairs in turns, with pauses so long that all is told."""
    pause_s = max(PAUSE_S, RECORDS * args.count / RATE / (2 * args.pairs))
    with ExitStack() as stack:
        pairs = []
        for _ in range(args.pairs):
            servers = []
            for traced in (False, True):
                process = stack.enter_context(started(program, transport, cores, traced=traced))
                servers.append(Echo(process, transport))
                stack.callback(servers[-1].close)
            pairs.append(Pair((servers[0], servers[1]), ([], [])))
        for number in range(-WARM_UP, args.rounds):
            for pair in pairs:
                pair.take_turns(number, args.count, pause_s)
                if number < 0:
                    for rounds in pair.rounds:
                        rounds.clear()
    return pairs


def described(pairs: list[Pair], of: Callable[[Round], float]) -> str:
    """Return medians over the pairs, and their spread."""
    untraced, more, percent = (
        [figure(pair, of) for pair in pairs] for figure in (Pair.untraced, Pair.more, Pair.percent)
    )
    return (
        f"{statistics.median(untraced):6.1f} µs, {statistics.median(more):+5.1f} µs traced "
        f"({min(more):+.1f} to {max(more):+.1f}), {statistics.median(percent):+5.1f} % "
        f"({min(percent):+.1f} to {max(percent):+.1f})"
    )


def measure_round_trips(program: Path, args: argparse.Namespace) -> None:
    """Measure and print what a round trip costs in each place."""
    every = sorted(os.sched_getaffinity(0))
    places = {
        "anywhere": (set(every), set(every)),
        "one core": ({every[0]}, {every[0]}),
        "a core each": ({every[0]}, {every[-1]}),
    }
    for place, (client, server) in places.items():
        os.sched_setaffinity(0, client)
        for transport in ("tcp", "udp"):
            pairs = measure(program, transport, server, args)
            print(f"{transport}, {place}")
            print("  median      ", described(pairs, lambda each: each.median))
            print("  quick tenth ", described(pairs, lambda each: each.quick))
            print("  processor   ", described(pairs, lambda each: each.cpu.own), flush=True)
            others = statistics.median(pair.more(lambda each: each.cpu.others) for pair in pairs)
            print(f"  tracer's own {others:+.1f} µs", flush=True)
    os.sched_setaffinity(0, every)


def measure_flood(program: Path) -> None:
    """Measure and print how many calls a second a program makes."""
    rates: tuple[list[int], list[int]] = ([], [])
    for _ in range(3):
        for traced in (False, True):
            with started(program, "flood", os.sched_getaffinity(0), traced=traced) as process:
                rates[traced].append(_printed(process))
    plain, told = (statistics.median(each) for each in rates)
    print(f"calls a second: untraced {plain:,}, traced {told:,}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--rounds", type=int, default=60, help="turns of each server")
    parser.add_argument("--count", type=int, default=50, help="round trips in a turn")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        program = Path(directory, "echo.py")
        program.write_text(SERVER)
        measure_round_trips(program, args)
        measure_flood(program)


if __name__ == "__main__":
    main()
