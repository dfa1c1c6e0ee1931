"""Messages that nobody would send, on every WebSocket: an error or a close code, never a defect.

What the messages are made of are those that are sent, changed in ways that a seed decides.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import os
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from tests.classroom import Member, hosting, join, make_room
from tests.labs.programs import WAIT_S
from tests.security.mutator import CALL, SEEDS, THREAD, Mutator
from tests.server import Playground

MIB = 2**20
# 1000 to 1015 of RFC 6455, 7.4.1, that are ours to send, and our own.
CLOSES = {1000, 1002, 1003, 1007, 1008, 1009, 1011, 1013, 4401, 4403}
TOLD = {"opened", "credit", "eof", "error"}
PATHS = {"events": "events", "class": "class", "trace": "trace", "client": "runs/{run}/client"}
PER_CONNECTION = 12


@dataclass
class Tried:
    """What came back."""

    messages: int = 0
    closes: Counter[int] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    async def read(self, kind: str, websocket: ClientConnection) -> None:
        """Read until it is closed; note what is none of the protocol's."""
        with contextlib.suppress(ConnectionClosed):
            async for said in websocket:
                if kind != "client" or isinstance(said, bytes):
                    continue
                control = json.loads(said)
                if control["type"] not in TOLD:
                    self.wrong.append(f"{kind}: {said[:200]}")
                if control["type"] == "error":
                    self.errors[control["code"]] += 1


@contextlib.contextmanager
def unless_closed(websocket: ClientConnection) -> Iterator[None]:
    """Mind no abort of a transport that closed with bytes left: CPython 3.11 has no loop then."""
    try:
        yield
    except AttributeError:
        if getattr(websocket.transport, "_loop", None) is not None:
            raise


async def try_connection(member: Member, run: str, kind: str, make: Mutator, tried: Tried) -> None:
    """Send some messages over one WebSocket, and see how it ends."""
    path = f"/ws/rooms/{member.room}/{PATHS[kind].format(run=run)}"
    async with member.playground.connect(path) as websocket:
        reading = asyncio.create_task(tried.read(kind, websocket))
        hello = json.dumps({"type": "hello", "token": member.token})
        is_raw = make.random.random() < 0.05
        with contextlib.suppress(ConnectionClosed), unless_closed(websocket):
            await websocket.send(make.torn(hello) if make.random.random() < 0.1 else hello)
            if kind == "trace" and make.random.random() < 0.8:
                await websocket.send(json.dumps(SEEDS["trace"][0]))
            for _ in range(PER_CONNECTION):
                tried.messages += 1
                await websocket.send(make.message(kind))
            if is_raw:
                websocket.transport.write(make.frame())
                with contextlib.suppress(TimeoutError):  # half a frame is no mistake yet
                    await asyncio.wait_for(websocket.wait_closed(), 0.1)
            else:
                await asyncio.wait_for(await websocket.ping(), WAIT_S)
        with unless_closed(websocket):
            if is_raw:
                websocket.transport.abort()
            await asyncio.wait_for(websocket.close(), WAIT_S)
        await reading
    code = websocket.close_code or 0
    tried.closes[code] += 1
    if code not in CLOSES and not is_raw:
        tried.wrong.append(f"{kind}: closed with {code} {websocket.close_reason}")


def no_number(text: str) -> Any:
    raise AssertionError(f"no JSON: {text}")


@contextlib.asynccontextmanager
async def watching(host: Member) -> AsyncIterator[Counter[str]]:
    """Follow the timeline as a page does: each event has a time, and is JSON for everybody."""
    seen: Counter[str] = Counter()

    async def watch(websocket: ClientConnection) -> None:
        async for batch in websocket:
            for event in json.loads(batch, parse_constant=no_number):
                seen[event["type"]] += 1
                if event["type"] != "gap":
                    assert isinstance(event["t"], float | int), event
                    assert math.isfinite(event["t"]), event

    async with host.view() as viewer:
        task = asyncio.create_task(watch(viewer))
        yield seen
        await viewer.close()
        await task


@pytest.mark.parametrize(
    ("messages", "seed"),
    [
        pytest.param(3_000, 11, id="gate"),
        pytest.param(100_000, int.from_bytes(os.urandom(4)), id="soak", marks=pytest.mark.soak),
    ],
)
async def test_no_message_is_a_defect_and_none_stays(messages: int, seed: int) -> None:
    print(f"seed {seed}")
    limits = {"events_kept": 500, "events_kept_bytes": MIB, "trace_events_rate": 100_000}
    with hosting(clients_per_person=100, attempts_per_minute=10**6, **limits) as playground:
        host = await make_room(playground)
        run = await host.start("udp/echo", port=0)
        members = [await join(host, f"Guest {number}") for number in range(4)]
        make, tried = Mutator(random.Random(seed)), Tried()
        rss: list[int] = []
        async with watching(host) as seen:
            while tried.messages < messages:
                kinds = [make.random.choice(list(PATHS)) for _ in members]
                whose = [host if kind == "class" else each
                         for kind, each in zip(kinds, members, strict=True)]  # fmt: skip
                await asyncio.gather(
                    *(
                        try_connection(member, run["id"], kind, make, tried)
                        for member, kind in zip(whose, kinds, strict=True)
                    )
                )
                rss.append(playground.rss())
        assert tried.wrong == []
        await see_that_it_goes_on(playground, members[0], run)
        growth = max(rss[-20:]) - max(rss[: len(rss) // 2])
        assert growth < 12 * MIB, f"{growth / MIB:.1f} MiB more in the second half"
    assert {4401, 1003, 1007} <= set(tried.closes), tried.closes
    assert {"bad_message"} <= set(tried.errors), tried.errors
    assert seen["call"] > 0, seen
    print(dict(tried.closes), dict(tried.errors), dict(seen), [size // MIB for size in rss[::50]])


async def see_that_it_goes_on(playground: Playground, member: Member, run: dict[str, Any]) -> None:
    async with member.client(run) as peer:
        await peer.send(b"hello")
        assert await peer.data()
    assert (await playground.request("GET", "/healthz")).status_code == 200


UNSOUND: dict[str, dict[str, Any]] = {
    "no base64": {"data": "<script>"},
    "more bytes than are told": {"data": "AAAA" * 2000},
    "fewer than none": {"bytes": -(10**18)},
    "before the stream": {"offset": -1},
}


@pytest.mark.parametrize("lie", UNSOUND)
async def test_what_no_tracer_tells_is_not_shown_to_everybody(lie: str) -> None:
    with hosting() as playground:
        host = await make_room(playground)
        guest = await join(host, "Liar")
        async with guest.connect(f"/ws/rooms/{host.room}/trace") as websocket:
            await websocket.send(json.dumps(SEEDS["trace"][0]))
            await asyncio.wait_for(websocket.recv(), WAIT_S)
            async with watching(host) as seen:
                # It is counted, and costs itself only: a program that is told goes on.
                await websocket.send(json.dumps([{**CALL, **UNSOUND[lie]}, THREAD]))
                async with asyncio.timeout(WAIT_S):
                    while not seen["thread"]:
                        await asyncio.sleep(0.01)  # for the watcher beside us
        lines = (await host.ask("GET", "events")).text.splitlines()
        events = {event["type"]: event for event in map(json.loads, lines)}
        assert "call" not in events
        assert events["dropped"]["count"] == 1


@pytest.mark.parametrize(("began", "said"), [(-1.7e308, 1.7e308), (0.0, 1e300), (0.0, -1e300)])
async def test_what_a_program_tells_happened_while_it_was_there(began: float, said: float) -> None:
    with hosting() as playground:
        host = await make_room(playground)
        guest = await join(host, "Liar")
        async with guest.connect(f"/ws/rooms/{host.room}/trace") as websocket:
            hello = {**SEEDS["trace"][0], "t": began}
            await websocket.send(json.dumps(hello))
            await asyncio.wait_for(websocket.recv(), WAIT_S)
            async with watching(host) as seen:
                await websocket.send(json.dumps([{**CALL, "t": said}]))
                async with asyncio.timeout(WAIT_S):
                    while not seen["call"]:
                        await asyncio.sleep(0.01)  # for the watcher beside us
        lines = (await host.ask("GET", "events")).text.splitlines()
        events = {event["type"]: event for event in map(json.loads, lines)}
        assert abs(events["call"]["t"] - events["run.started"]["t"]) < 2 * WAIT_S


async def test_who_goes_before_they_say_who_they_are_is_no_defect() -> None:
    with hosting() as playground:  # its log has to be empty at the end
        host = await make_room(playground)
        for path in ("events", "class", "trace"):
            async with playground.connect(f"/ws/rooms/{host.room}/{path}"):
                pass
            websocket = await playground.connect(f"/ws/rooms/{host.room}/{path}")
            websocket.transport.abort()
            await websocket.wait_closed()
        assert (await host.ask("GET")).status_code == 200
