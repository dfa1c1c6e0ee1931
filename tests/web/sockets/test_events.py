"""The timeline over its WebSocket: whole, in order, resumed where a viewer left it."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from backend.web.sockets.events import PING
from tests.labs.programs import WAIT_S
from tests.server import ROOM, Event, Playground, serving
from tests.web.viewing import batch, make_events

MIB = 2**20


# Live


async def test_a_viewer_that_reconnects_again_and_again_gets_every_event_once(
    playground: Playground,
) -> None:
    making = asyncio.create_task(make_events(playground, 300))
    got: list[Event] = []
    async with asyncio.timeout(WAIT_S):
        while not (got and got[-1]["type"] == "run.exited"):
            async with playground.view(after=playground.since + len(got)) as viewer:
                for _ in range(2):
                    got += await batch(viewer)
                    if got[-1]["type"] == "run.exited":
                        break
    await making
    start = playground.since + 1
    assert [event["seq"] for event in got] == [*range(start, start + len(got))]
    assert got == await playground.events()


async def test_two_viewers_see_the_same(playground: Playground) -> None:
    async def see() -> list[Event]:
        got: list[Event] = []
        async with playground.view() as viewer:
            while not (got and got[-1]["type"] == "run.exited"):
                got += await batch(viewer)
        return got

    first, second, _ = await asyncio.gather(see(), see(), make_events(playground, 50))
    assert first == second


async def test_nothing_is_sent_while_nothing_happens(playground: Playground) -> None:
    async with playground.view() as viewer:
        await viewer.send("a viewer has nothing to say, and may")
        await (await viewer.ping())
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(viewer.recv(), 0.3)


async def test_a_viewer_that_asks_is_answered_with_an_empty_batch(playground: Playground) -> None:
    async with playground.view() as viewer:
        for _ in range(3):
            await viewer.send(PING)
            assert await asyncio.wait_for(viewer.recv(), WAIT_S) == "[]"


async def test_no_more_than_20_messages_a_second_come(
    playground: Playground, tmp_path: Path
) -> None:
    run = await playground.start("threads/flood", "demo", "5", "2.5", str(tmp_path / "report"))
    async with playground.view() as viewer:
        await batch(viewer)
        began = time.monotonic()
        for _ in range(20):
            await batch(viewer)
            await playground.type(run, text="x")  # something new for every batch
        assert time.monotonic() - began > 0.95
    await playground.stop(run)


async def test_events_of_one_moment_come_in_one_message(playground: Playground) -> None:
    await make_events(playground, 200)
    count = len(await playground.events())
    async with playground.view() as viewer:
        assert len(await batch(viewer)) == count


async def test_who_is_behind_has_the_whole_past_before_the_next_beat_comes() -> None:
    with serving(batch_interval_s=3600, batch_limit_events=20) as playground:
        await make_events(playground, 200)
        expected = await playground.events()
        got: list[Event] = []
        async with playground.view(after=0) as viewer:
            while len(got) < len(expected):
                got += await batch(viewer)
        assert got[: len(expected)] == expected
        assert len(expected) > 200


# Gaps


async def test_a_history_that_is_shorter_begins_with_a_gap() -> None:
    with serving(events_kept=50) as playground:
        await make_events(playground, 200)
        last = (await playground.room())["last_seq"]
        oldest = last - 50 + 1
        epoch = (await playground.room())["epoch"]
        span = {"after": 3, "next": oldest, "missed": oldest - 4}
        expected = {"type": "gap", **span, "epoch": epoch}
        async with playground.view(after=3) as viewer:
            live = await batch(viewer)
        gap, *events = lines = await playground.events(after=3)
        assert gap == expected
        assert [event["seq"] for event in events] == [*range(oldest, last + 1)]
        assert live == lines
        assert (await playground.events(after=oldest - 1))[0]["seq"] == oldest


async def test_a_number_of_before_a_restart_gets_a_gap_and_the_new_history(
    playground: Playground,
) -> None:
    await make_events(playground, 100)
    old = (await playground.room())["last_seq"]
    with serving() as restarted:
        epoch = (await restarted.room())["epoch"]
        span = {"after": old, "next": 1, "missed": 0}
        async with restarted.view(after=old) as viewer:
            assert await batch(viewer) == [{"type": "gap", **span, "epoch": epoch}]
            run = await restarted.start("threads/sleeper", "demo")
            first = (await batch(viewer))[0]
            assert (first["seq"], first["type"], first["run"]) == (1, "run.started", run["id"])


async def test_whoever_names_its_epoch_is_told_of_a_restart_whatever_its_number(
    playground: Playground,
) -> None:
    """The new history is longer than the old one was, so that the numbers alone say nothing."""
    old = (await playground.room())["epoch"]
    with serving() as restarted:
        await make_events(restarted, 20)
        room = await restarted.room()
        assert room["epoch"] != old
        everything = await restarted.events(after=0)
        gap = {"type": "gap", "after": 3, "next": 1, "missed": 0, "epoch": room["epoch"]}
        path = f"/ws/rooms/local/events?after=3&epoch={old}"
        async with restarted.connect(path) as viewer:
            assert await batch(viewer) == [gap, *everything]
        answer = await restarted.request("GET", f"{ROOM}/events?after=3&epoch={old}")
        assert [json.loads(line) for line in answer.text.splitlines()] == [gap, *everything]
        same = f"{ROOM}/events?after=3&epoch={room['epoch']}"
        answer = await restarted.request("GET", same)
        assert [json.loads(line) for line in answer.text.splitlines()] == everything[3:]


async def test_a_viewer_that_does_not_read_costs_no_memory_and_gets_a_gap(tmp_path: Path) -> None:
    with serving(events_kept=200, output_rate_bytes=10**9, output_burst_bytes=10**9) as playground:
        async with playground.view(max_queue=1) as slow:
            before = playground.rss()
            run = await playground.start("threads/flood", "demo", "60", "1", str(tmp_path / "r"))
            exited = await playground.wait_for_event("run.exited", run=run["id"])
            assert playground.rss() - before < 20 * MIB
            assert exited["seq"] > 1000
            got: list[Event] = []
            while not (got and got[-1] == exited):
                got += await batch(slow)
    assert "gap" in [event["type"] for event in got]
    expected = 1
    for event in got:
        if event["type"] == "gap":
            assert event["after"] == expected - 1
            assert event["missed"] == event["next"] - expected
            expected = event["next"]
        else:
            assert event["seq"] == expected
            expected += 1


# Who may not


async def test_one_viewer_too_many_is_told_the_limit_and_has_room_later() -> None:
    with serving(viewers_per_room=2) as playground:
        await playground.start("threads/sleeper", "demo")
        async with playground.view(after=0) as first:
            assert await batch(first)
            async with playground.view(after=0) as second:
                assert await batch(second)
                async with playground.view(after=0) as third:
                    await asyncio.wait_for(third.wait_closed(), WAIT_S)
                    assert (third.close_code, third.close_reason) == (1013, "limit")
                reading = await playground.request("GET", f"{ROOM}/events")
                assert reading.status_code == 200  # to read once is not to view
                assert json.loads(reading.text.splitlines()[0])["type"] == "run.started"
        async with playground.view(after=0) as again:
            assert await batch(again)


async def test_a_viewer_that_vanishes_makes_room_for_another() -> None:
    with serving(viewers_per_room=1) as playground:
        await playground.start("threads/sleeper", "demo")
        for _ in range(3):
            viewer = await playground.view(after=0)
            assert await batch(viewer)
            viewer.transport.abort()
            async with asyncio.timeout(2):
                while not await can_view(playground):
                    pass


async def can_view(playground: Playground) -> bool:
    async with playground.view(after=0) as viewer:
        try:
            await batch(viewer)
        except ConnectionClosed:
            assert viewer.close_code == 1013
            return False
        return True


@pytest.mark.parametrize(
    ("path", "status"),
    [("/ws/rooms/elsewhere/events", 404), ("/ws/rooms/local/events?after=-1", 422)],
)
async def test_what_cannot_be_followed_is_refused_before_the_handshake(
    playground: Playground, path: str, status: int
) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await playground.connect(path)
    assert refused.value.response.status_code == status
