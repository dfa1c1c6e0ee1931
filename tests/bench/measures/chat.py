"""A chat: one message to all members, through the bridge and over direct sockets.

Both kinds of members are in chats of their own, two runs of the same lab. The number is the time
from the message to the copy that comes last.
"""

from __future__ import annotations

import contextlib
import select
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tests.bench.load.wires import PATIENCE_S, Wire, open_websocket, open_wire
from tests.bench.playing import client_path, playing
from tests.bench.report.figures import Figure, Goal
from tests.bench.rounds import Contender, Plan, Sample, interleave
from tests.labs.programs import ROOT

PART = "Chat"
LAB = "chat/threads"
LINE = b"Good morning, everybody!\n"
DIRECT = "direct sockets"


def measure_chat(plan: Plan, data: Path) -> Iterator[Figure]:
    """Measure a chat of few and one of many."""
    with playing(plan, labs_dir=ROOT / "labs", data=data) as asked:
        for count in (50,) if plan.is_quick else (50, 500):
            runs = [asked.start(LAB) for _ in range(2)]
            with contextlib.ExitStack() as stack:
                path, port = client_path(runs[0]), int(runs[1]["port"])
                bridged = _members(lambda path=path: open_websocket(asked.port, path), count, stack)  # type: ignore[misc]
                direct = _members(lambda port=port: open_wire(port), count, stack)  # type: ignore[misc]
                yield _figure(bridged, direct, plan)
            for run in runs:
                asked.stop(run)


def _members(way: Callable[[], Wire], count: int, stack: contextlib.ExitStack) -> list[Wire]:
    """Let so many come in; the chat knows them when each has heard the last of them."""
    members = []
    for _ in range(count):
        members.append(way())
        stack.callback(members[-1].close)
    deadline = time.monotonic() + PATIENCE_S
    while not _say(members, within_s=0.5):
        if time.monotonic() > deadline:
            raise TimeoutError(f"not all of {count} members came into the chat")
    return members


def _say(members: Sequence[Wire], within_s: float = PATIENCE_S) -> float:
    """Let the last one say a line; return the seconds until all have it, 0 if they do not."""
    *others, speaker = members
    waiting = {member.sock.fileno(): (member, member.received) for member in others}
    with select.epoll() as ready:
        for number in waiting:
            ready.register(number, select.EPOLLIN)
        began = time.perf_counter()
        speaker.sock.sendall(speaker.message(LINE))
        while waiting:
            events = ready.poll(within_s)
            if not events:
                return 0.0
            for number, _ in events:
                member, before = waiting[number]
                member.receive()
                if member.received > before:  # a line is one piece, for its size
                    del waiting[number]
                    ready.unregister(number)
        return time.perf_counter() - began


def _figure(bridged: Sequence[Wire], direct: Sequence[Wire], plan: Plan) -> Figure:
    count = len(bridged)
    key = f"chat.{count}"

    def contend(members: Sequence[Wire]) -> Callable[[], Sample]:
        def measure() -> Sample:
            lines = 3 if plan.is_quick else 10
            return {key: statistics.median(_say(members) for _ in range(lines)) * 1000}

        return measure

    contenders = [
        Contender("bridge", "ours", contend(bridged)),
        Contender(DIRECT, "limit", contend(direct)),
    ]
    return Figure(
        key=key,
        part=PART,
        title=f"a message to {count} members, the last copy",
        unit="ms",
        better="less",
        series=interleave(contenders, plan.rounds)[key],
        goal=Goal(bound=2.0, times=DIRECT) if count == 500 else None,
    )
