"""The bridge: messages to a lab and back, beside websockify and a direct socket to the same lab.

As it is by default the lab is traced and all is recorded. Told and recorded as little as can be
means here: a lab whose connections are not traced, clients that tell one message a second, and no
store; who else is measured then talks to that lab, too.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.bench.load.pump import messages_per_s, round_trip_us
from tests.bench.load.wires import Wire, open_websocket, open_wire
from tests.bench.peers.processes import bare, websockify
from tests.bench.playing import Asked, client_path, playing
from tests.bench.report.figures import Figure, Goal, Role
from tests.bench.rounds import Contender, Plan, Sample, interleave
from tests.server import Run

PART = "Bridge"
SMALL = 64
BULK = {"tcp": 65536, "udp": 60_000}  # a datagram has less room than 64 KiB (RFC 768, RFC 791)
BULK_DEPTH = {"tcp": 3, "udp": 1}
# Messages on their way, for each client: half of a window's credit; of datagrams as many as the
# buffers of sockets hold.
DEPTH = {"tcp": {1: 2048, 50: 8, 500: 8}, "udp": {1: 64, 50: 8, 500: 1}}

PEER, DIRECT, LOAD = "websockify", "direct socket", "load alone"


@dataclass(frozen=True)
class Kind:
    """What is measured together: a transport, and whether all is told."""

    transport: str
    is_told: bool

    @property
    def name(self) -> str:
        """The kind in words."""
        return f"{self.transport.upper()}, {'traced and recorded' if self.is_told else 'untold'}"

    @property
    def key(self) -> str:
        """The kind in a figure's key."""
        return f"bridge.{self.transport}.{'told' if self.is_told else 'untold'}"


Open = Callable[[], Wire]


@dataclass(frozen=True)
class Way:
    """One way to the lab and back."""

    name: str
    role: Role
    open: Open
    settle: Callable[[], object]  # what went before has been dealt with


def measure_bridge(plan: Plan, data: Path) -> Iterator[Figure]:
    """Measure each transport, told and untold."""
    for is_told in (True, False):
        settings: dict[str, object] = {"data": data}
        if not is_told:
            settings = {"data": "none", "client_events_rate": 1}
        with playing(plan, **settings) as asked:
            for transport in ("tcp",) if plan.is_quick and not is_told else ("tcp", "udp"):
                run = asked.start(f"{transport}/echo", *([] if is_told else ["--quiet"]))
                yield from _measure_kind(Kind(transport, is_told), asked, run, plan)
                asked.stop(run)


def _measure_kind(kind: Kind, asked: Asked, run: Run, plan: Plan) -> Iterator[Figure]:
    with _ways(kind, asked, run, SMALL) as ways:
        yield _round_trips(kind, ways, plan)
        for count in (1,) if plan.is_quick else (1, 50, 500):
            yield _pipelined(kind, ways, plan, count)
    if plan.is_quick and not kind.is_told:
        return
    with _ways(kind, asked, run, BULK[kind.transport]) as ways:
        yield _bulk(kind, ways, plan)


@contextlib.contextmanager
def _ways(kind: Kind, asked: Asked, run: Run, size: int) -> Iterator[list[Way]]:
    """Yield the ways to a run; the load alone answers messages of one size."""
    port, transport = int(run["port"]), kind.transport
    path = client_path(run)
    with contextlib.ExitStack() as stack:
        alone = stack.enter_context(bare("websocket", size))
        opens: dict[tuple[str, Role], Open] = {
            ("bridge", "ours"): lambda: _bridged(asked.port, path, transport),
            (DIRECT, "limit"): lambda: open_wire(port, transport),
            (LOAD, "load"): lambda: open_websocket(alone),
        }
        if transport == "tcp":
            before = stack.enter_context(websockify(port))
            opens[PEER, "peer"] = lambda: open_websocket(before)
        yield [Way(name, role, way, asked.last_seq) for (name, role), way in opens.items()]


def _bridged(port: int, path: str, transport: str) -> Wire:
    wire = open_websocket(port, path, has_credit=True)
    wire.may_lose = transport == "udp"
    return wire


def _round_trips(kind: Kind, ways: list[Way], plan: Plan) -> Figure:
    key = f"{kind.key}.round_trip"

    def measure(wires: list[Wire]) -> Sample:
        return {key: round_trip_us(wires[0], SMALL, plan.trips)}

    bound = Goal(bound=0.9, times=PEER) if kind == Kind("tcp", is_told=True) else None
    with _contenders(ways, 1, measure) as contenders:
        return Figure(
            key=key,
            part=PART,
            title=f"{kind.name}: round trip, {SMALL} B",
            unit="µs",
            better="less",
            series=interleave(contenders, plan.rounds)[key],
            goal=bound,
        )


def _pipelined(kind: Kind, ways: list[Way], plan: Plan, count: int) -> Figure:
    key = f"{kind.key}.pipelined.{count}"
    depth = DEPTH[kind.transport][count]

    def measure(wires: list[Wire]) -> Sample:
        return {key: messages_per_s(wires, SMALL, depth, plan.slice_s) / 1000}

    goal = None
    if kind.transport == "tcp" and count == 1:
        goal = Goal(bound=2.5 if kind.is_told else 3.5, times=PEER)
    with _contenders(ways, count, measure) as contenders:
        return Figure(
            key=key,
            part=PART,
            title=f"{kind.name}: {SMALL} B, {count} client{'s' * (count > 1)}",
            unit="1000 messages/s",
            better="more",
            series=interleave(contenders, plan.rounds)[key],
            goal=goal,
        )


def _bulk(kind: Kind, ways: list[Way], plan: Plan) -> Figure:
    key = f"{kind.key}.bulk"
    size = BULK[kind.transport]

    def measure(wires: list[Wire]) -> Sample:
        rate = messages_per_s(wires, size, BULK_DEPTH[kind.transport], plan.slice_s)
        return {key: rate * size / 1e6}

    with _contenders(ways, 1, measure) as contenders:
        return Figure(
            key=key,
            part=PART,
            title=f"{kind.name}: bulk, {size} B messages",
            unit="MB/s",
            better="more",
            series=interleave(contenders, plan.rounds)[key],
            goal=Goal(bound=1.5, times=PEER) if kind.transport == "tcp" else None,
        )


@contextlib.contextmanager
def _contenders(
    ways: list[Way], count: int, measure: Callable[[list[Wire]], Sample]
) -> Iterator[list[Contender]]:
    """Open so many connections each way; yield who is measured over them."""
    with contextlib.ExitStack() as stack:
        contenders = []
        for way in ways:
            wires = []
            for _ in range(count):
                wires.append(way.open())
                stack.callback(wires[-1].close)
            contenders.append(Contender(way.name, way.role, _settled(way, wires, measure)))
        yield contenders


def _settled(
    way: Way, wires: list[Wire], measure: Callable[[list[Wire]], Sample]
) -> Callable[[], Sample]:
    def settle_and_measure() -> Sample:
        way.settle()
        return measure(wires)

    return settle_and_measure
