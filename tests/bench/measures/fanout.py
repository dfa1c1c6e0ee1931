"""Events to many viewers: how many a second, at what cost, and how far the last is behind.

The events are calls that a program from outside tells. Beside the playground stand the broadcast of
the websockets library and a loop over bare sockets, which are fed the same events, ready-made.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.bench.load.audience import Audience
from tests.bench.load.outsider import begin, call, told
from tests.bench.load.spent import processor_s
from tests.bench.load.wires import PATIENCE_S, Wire, open_websocket, open_wire
from tests.bench.peers.processes import broadcasting
from tests.bench.playing import playing
from tests.bench.report.figures import Better, Figure, Goal, Role
from tests.bench.rounds import Contender, Plan, Sample, interleave

PART = "Fan-out"
STEADY_PER_S = 300  # what a class at work makes
FEED_S = 0.01  # between two pieces of a steady flow
BURST = 4000  # events at once
LIBRARY, BARE = "websockets.broadcast", "bare sockets"

Tell = Callable[[int, int], bytes]  # the first number, how many: what to send to the feed


def measure_fanout(plan: Plan, data: Path) -> Iterator[Figure]:
    """Measure few and many viewers."""
    with (
        playing(plan, data=data, trace_events_rate=1_000_000) as asked,
        broadcasting("websockets") as library,
        broadcasting("sockets") as loop,
    ):
        for count in (50,) if plan.is_quick else (1, 50, 500):
            with contextlib.ExitStack() as stack:
                after = asked.last_seq()
                path = f"/ws/rooms/local/events?after={after}"
                streams = [
                    _Stream(
                        "playground", "ours", asked.playground.process.pid, begin(asked.port), told
                    ),
                    _Stream(LIBRARY, "peer", library.pid, _feed(library.feed), _ready_made),
                    _Stream(BARE, "limit", loop.pid, _feed(loop.feed), _ready_made),
                ]
                opens: list[Callable[[], Wire]] = [
                    lambda path=path: open_websocket(asked.port, path),  # type: ignore[misc]
                    lambda: open_websocket(library.port),
                    lambda: open_wire(loop.port),
                ]
                for stream, way in zip(streams, opens, strict=True):
                    stream.open(way, count, stack)
                yield from _figures(streams, count, plan)


class _Stream:
    """One who sends events on, with its feed and its viewers."""

    def __init__(self, name: str, role: Role, pid: int, feed: Wire, tell: Tell) -> None:
        self.name = name
        self.role: Role = role
        self._pid = pid
        self._feed = feed
        self._tell = tell
        self._audience = Audience([])

    def open(self, way: Callable[[], Wire], count: int, stack: contextlib.ExitStack) -> None:
        """Let so many look."""
        wires = [way() for _ in range(count)]
        for wire in [*wires, self._feed]:
            stack.callback(wire.close)
        self._audience = Audience(wires)
        self.burst(1)  # what came before, as that its program has begun

    def burst(self, count: int) -> float:
        """Send so many events at once; return how many a second came to the last viewer."""
        with self._audience.looking() as ready:
            began = time.monotonic()
            self._feed.sock.sendall(self._tell(0, count))
            self._wait_for(ready, count)
            return count / (time.monotonic() - began)

    def steady(self, for_s: float) -> tuple[float, float]:
        """Send a steady flow; return µs of its processor for a delivery, and ms of delay."""
        with self._audience.looking() as ready:
            spent, sent, began = processor_s(self._pid), 0, time.monotonic()
            while (passed := time.monotonic() - began) < for_s:
                due = int(passed * STEADY_PER_S)
                if due > sent:
                    self._feed.sock.sendall(self._tell(sent, due - sent))
                    sent = due
                self._audience.take(ready, FEED_S)
            self._wait_for(ready, sent)
            spent = processor_s(self._pid) - spent
        deliveries = sent * len(self._audience.viewers)
        return spent / deliveries * 1e6, self._audience.last_behind_first_ms()

    def _wait_for(self, ready: object, count: int) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not self._audience.have(count):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.name}: not all had {count} events in {PATIENCE_S} s")
            self._audience.take(ready, 0.1)  # type: ignore[arg-type]  # epoll, where there is one


def _figures(streams: list[_Stream], count: int, plan: Plan) -> Iterator[Figure]:
    viewers = f"{count} viewer{'s' * (count > 1)}"
    kinds: dict[str, tuple[str, str, Better, Goal | None]] = {
        f"fanout.{count}.rate": (f"{BURST} events at once", "events/s", "more", None),
        f"fanout.{count}.cost": (
            f"processor time for an event and viewer, {STEADY_PER_S} events/s",
            "µs",
            "less",
            Goal(bound=1.0) if count == 500 else None,
        ),
        f"fanout.{count}.behind": (
            "the last behind the first",
            "ms",
            "less",
            Goal(bound=20.0) if count == 500 else None,
        ),
    }
    rate, cost, behind = kinds

    def contender(stream: _Stream) -> Contender:
        def measure() -> Sample:
            cost_us, behind_ms = stream.steady(max(0.5, 2 * plan.slice_s))
            return {rate: stream.burst(BURST), cost: cost_us, behind: behind_ms}

        return Contender(stream.name, stream.role, measure)

    found = interleave([contender(stream) for stream in streams], plan.rounds)
    for key, (title, unit, better, goal) in kinds.items():
        if count == 1 and key == behind:
            continue
        yield Figure(
            key=key,
            part=PART,
            title=f"{viewers}: {title}",
            unit=unit,
            better=better,
            series=found[key],
            goal=goal,
        )


def _ready_made(first: int, count: int) -> bytes:
    """Return calls as the playground would send them, in lines."""
    calls = ({"seq": number, **call(number)} for number in range(first, first + count))
    return b"".join(json.dumps(each, separators=(",", ":")).encode() + b"\n" for each in calls)


def _feed(port: int) -> Wire:
    wire = open_wire(port)
    wire.sock.sendall(b"feed\n")
    return wire
