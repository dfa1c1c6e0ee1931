"""The class under load, scenario by scenario: real WebSockets to a served playground.

Each returns figures; what they have to be is said by whoever calls it, at full size in
tests/soak/test_classroom.py, small in tests/web/test_under_load.py. `python -m
tests.bench.classroom` prints them.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from tests.classroom import Member, join, make_room
from tests.load.measure import Cost, measuring, percentile
from tests.load.raw_websocket import RawWebSocket, open_raw
from tests.load.talkers import Heard, Talker, all_heard, talk_together
from tests.load.viewers import Arrivals, Viewer
from tests.server import LABS, Playground, Run
from tests.web.unread import asking

COURSE = LABS.parents[1] / "labs"  # where the chat is
CHAT_PORT = 12361
SETTLE_S = 1.0  # for a lab's accept() to have taken everybody
PATIENCE_S = 20.0  # for the last to come


@dataclass
class Figures:
    """What came of a scenario."""

    name: str
    expected: int = 0
    came: int = 0
    latencies_ms: list[float] = field(default_factory=list, repr=False)
    faults: list[str] = field(default_factory=list)
    cost: Cost = field(default_factory=Cost)
    class_view_kib_s: float = 0.0

    @property
    def p99_ms(self) -> float:
        """The latency that one in a hundred exceeds."""
        return percentile(self.latencies_ms, 99)

    def __str__(self) -> str:
        p50, p99, most = (percentile(self.latencies_ms, each) for each in (50, 99, 100))
        return (
            f"{self.name}: {self.came} of {self.expected} came, {len(self.faults)} faults; "
            f"p50 {p50:.1f}, p99 {p99:.1f}, at most {most:.1f} ms; {self.cost}"
            + (f"; class view {self.class_view_kib_s:.1f} KiB/s" if self.class_view_kib_s else "")
        )


@contextlib.asynccontextmanager
async def viewing(
    playground: Playground, count: int, arrivals: Arrivals
) -> AsyncIterator[list[Viewer]]:
    """Let so many follow the room's timeline from now on; the first is the witness."""
    after = (await playground.room())["last_seq"]
    viewers = [Viewer(arrivals, after, is_witness=number == 0) for number in range(count)]
    try:
        for viewer in viewers:
            await viewer.open(playground.port)
        yield viewers
    finally:
        leave_all(viewers)


async def view_together(
    playground: Playground, *, viewers: int, silent: int, events_per_s: int, for_s: float
) -> Figures:
    """Let many view a lab at work, some of them without reading anything."""
    figures = Figures(f"{viewers} viewers and {silent} silent ones, {events_per_s} events a second")
    arrivals, heard = Arrivals(), Heard()
    run = await playground.start("udp/echo")
    talker = Talker("a", heard)
    await talker.open(playground.port, "local", run["id"])
    with contextlib.ExitStack() as stack:
        for _ in range(silent):
            path = "/ws/rooms/local/events?after=0"
            stack.enter_context(asking(playground, path, upgrade=True))
        async with viewing(playground, viewers, arrivals) as following:
            first = following[0].at
            async with measuring(playground.process) as figures.cost:
                # A datagram there and back is six events: sent, received; recvfrom and sendto,
                # each told before and after.
                await talk_together([talker], per_s=events_per_s / 6, for_s=for_s)
                await all_heard(heard, talker.sent, within_s=PATIENCE_S)
            last = (await playground.room())["last_seq"]
            for viewer in following:
                await viewer.reach(last, PATIENCE_S)
            figures.expected = viewers * (last - first)
            figures.came = sum(viewer.at - first for viewer in following)
    await talker.close()
    await playground.stop(run)
    figures.latencies_ms = arrivals.latencies_ms()
    figures.faults = arrivals.faults + heard.faults
    return figures


async def talk_to_echoes(
    playground: Playground, *, clients: int, viewers: int, per_s: float, for_s: float
) -> Figures:
    """Let many clients of one room talk to themselves, half over TCP, half over UDP."""
    figures = Figures(f"{clients} clients of a room, {per_s:g} lines a second each")
    heard, arrivals = Heard(), Arrivals()
    runs = [await playground.start(lab) for lab in ("tcp/echo", "udp/echo")]
    talkers = [Talker(f"t{number}", heard) for number in range(clients)]
    try:
        for number, talker in enumerate(talkers):
            await talker.open(playground.port, "local", runs[number % 2]["id"])
        async with viewing(playground, viewers, arrivals) as following:
            async with measuring(playground.process) as figures.cost:
                await talk_together(talkers, per_s=per_s, for_s=for_s)
                figures.expected = sum(talker.sent for talker in talkers)
                await all_heard(heard, figures.expected, within_s=PATIENCE_S)
            last = (await playground.room())["last_seq"]
            for viewer in following:
                await viewer.reach(last, PATIENCE_S)
    finally:
        await close_all(talkers)
    for run in runs:
        await playground.stop(run)
    figures.came, figures.latencies_ms = heard.lines, heard.latencies_ms
    figures.faults = heard.faults + arrivals.faults
    return figures


@dataclass(frozen=True)
class Desk:
    """A guest's desk with a chat that runs there."""

    room: str
    run: Run
    token: str


async def talk_at_desks(
    playground: Playground, *, desks: int, per_s: float, for_s: float
) -> Figures:
    """Let two clients at each desk talk to each other.

    Its owner looks at its timeline meanwhile, and the host at all desks.
    """
    figures = Figures(f"{desks} desks with a chat of two, {per_s:g} lines a second each")
    host, places = await open_desks(playground, desks)
    heard, arrivals = Heard(), [Arrivals() for _ in places]
    talkers: list[Talker] = []
    viewers: list[Viewer] = []
    try:
        for desk, seen in zip(places, arrivals, strict=True):
            viewers.append(Viewer(seen, 0))
            await viewers[-1].open(playground.port, desk.room, token=desk.token)
            for side in "ab":
                talkers.append(Talker(f"{desk.room}{side}", heard))
                run_id = desk.run["id"]
                await talkers[-1].open(playground.port, desk.room, run_id, token=desk.token)
        class_view = await look_at_class(playground, host)
        await asyncio.sleep(SETTLE_S)
        before_bytes = class_view.received_bytes
        async with measuring(playground.process) as figures.cost:
            await talk_together(talkers, per_s=per_s, for_s=for_s)
            figures.class_view_kib_s = (class_view.received_bytes - before_bytes) / for_s / 1024
            figures.expected = sum(talker.sent for talker in talkers)
            await all_heard(heard, figures.expected, within_s=PATIENCE_S)
    finally:
        await close_all(talkers)
        leave_all(viewers)
    class_view.transport.abort()
    figures.came, figures.latencies_ms = heard.lines, heard.latencies_ms
    figures.faults = heard.faults + [fault for seen in arrivals for fault in seen.faults]
    return figures


async def look_at_class(playground: Playground, host: Member) -> RawWebSocket:
    """Follow the summaries of all desks."""
    path = f"/ws/rooms/{host.room}/class"
    return await open_raw(playground.port, path, lambda _opcode, _news: None, token=host.token)


async def open_desks(playground: Playground, count: int) -> tuple[Member, list[Desk]]:
    """Let so many guests come into a class with own desks, and each start a chat there."""
    host = await make_room(playground, policy="own_desks")
    places = []
    for number in range(count):
        guest = await join(host, f"Guest {number}")
        run = await guest.start("chat/threads", room=guest.desk)
        places.append(Desk(guest.desk, run, guest.token))
    if sys.platform == "linux":  # where each desk has an address of its own
        assert {desk.run["port"] for desk in places} == {CHAT_PORT}
        assert len({desk.run["host"] for desk in places}) == count
    return host, places


async def close_all(talkers: Sequence[Talker]) -> None:
    """Close the sockets of all."""
    await asyncio.gather(*(talker.close() for talker in talkers))


def leave_all(viewers: Sequence[Viewer]) -> None:
    """Let viewers be gone."""
    for viewer in viewers:
        if viewer.websocket is not None:
            viewer.websocket.transport.abort()
