"""The hub: every viewer gets every event once, in order, at its own pace."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import aclosing
from typing import Any

import pytest

from backend.domain.errors import LimitReached
from backend.domain.events import Output
from backend.domain.timeline import Cursor
from backend.runtime.hub import Hub
from backend.settings import Settings
from tests.labs.programs import WAIT_S


def event(text: str = "x") -> Output:
    return Output(t=0.0, run="r1", stream="stdout", text=text)


def filled(count: int, **settings: Any) -> Hub:
    hub = Hub(Settings(**settings))
    for _ in range(count):
        hub.publish(event())
    return hub


async def seqs(hub: Hub, *, after: int, up_to: int) -> list[list[int]]:
    """Follow until that number; return the numbers batch by batch, a gap as 0."""
    batches: list[list[int]] = []
    async with asyncio.timeout(WAIT_S), aclosing(hub.follow(Cursor(after))) as following:
        async for batch in following:
            batches.append([one.get("seq", 0) for one in json.loads(batch)])
            if batches[-1][-1] == up_to:
                break
    return batches


async def test_a_viewer_is_woken_by_what_comes_later() -> None:
    hub = filled(0)
    following = asyncio.create_task(seqs(hub, after=0, up_to=2))
    await asyncio.sleep(0)
    hub.publish(event())
    hub.publish(event())
    assert await following == [[1, 2]]


async def test_what_happens_between_two_batches_comes_in_one() -> None:
    hub = filled(1, batch_interval_s=0.01)
    following = asyncio.create_task(seqs(hub, after=0, up_to=101))
    await asyncio.sleep(0)
    for _ in range(100):
        hub.publish(event())
    assert await following == [[1], [*range(2, 102)]]


async def test_between_two_batches_the_interval_passes() -> None:
    hub = filled(30, batch_limit_events=10, batch_interval_s=0.1)
    began = time.monotonic()
    assert len(await seqs(hub, after=0, up_to=30)) == 3
    assert time.monotonic() - began > 0.19


async def test_a_batch_keeps_to_its_limits() -> None:
    hub = filled(25, batch_limit_events=10, batch_interval_s=0.001)
    assert [len(batch) for batch in await seqs(hub, after=0, up_to=25)] == [10, 10, 5]
    size = len(json.dumps([1])) + 60
    hub = filled(5, batch_limit_bytes=size, batch_interval_s=0.001)
    assert [len(batch) for batch in await seqs(hub, after=0, up_to=5)] == [1] * 5


async def test_a_viewer_that_was_away_too_long_gets_a_gap_first() -> None:
    hub = filled(100, events_kept=10)
    assert await seqs(hub, after=5, up_to=100) == [[0, *range(91, 101)]]


async def test_many_viewers_at_different_places_all_get_the_rest() -> None:
    hub = filled(50)
    places = range(0, 50, 5)
    got = await asyncio.gather(*(seqs(hub, after=place, up_to=50) for place in places))
    assert got == [[[*range(place + 1, 51)]] for place in places]


async def test_all_who_are_up_to_date_get_the_same_batch_made_once() -> None:
    hub = filled(3, batch_interval_s=0.01)
    async with aclosing(hub.follow(Cursor(1))) as first, aclosing(hub.follow(Cursor(3))) as second:
        await anext(first)
        waiting = [asyncio.create_task(viewer.__anext__()) for viewer in (first, second)]
        await asyncio.sleep(0)
        hub.publish(event())
        one, other = await asyncio.gather(*waiting)
    assert [each["seq"] for each in json.loads(one)] == [4]
    assert one is other


async def test_who_is_behind_comes_to_the_others_without_missing_anything() -> None:
    hub = filled(30, batch_limit_events=10, batch_interval_s=0.01)
    late = asyncio.create_task(seqs(hub, after=0, up_to=60))
    async with aclosing(hub.follow(Cursor(30))) as viewer:
        at = 30
        for _ in range(30):
            hub.publish(event())
            await asyncio.sleep(0.002)
        while at < 60:
            batch = [each["seq"] for each in json.loads(await anext(viewer))]
            assert batch[0] == at + 1
            at = batch[-1]
    assert [seq for batch in await late for seq in batch] == [*range(1, 61)]


async def test_there_are_only_so_many_viewers_and_each_that_leaves_makes_room() -> None:
    hub = filled(1, viewers_per_room=2)
    async with aclosing(hub.follow(Cursor(0))) as first, aclosing(hub.follow(Cursor(0))) as second:
        await anext(first)
        await anext(second)
        with pytest.raises(LimitReached, match="2 viewers"):
            await anext(hub.follow(Cursor(0)))
    for _ in range(5):
        assert await seqs(hub, after=0, up_to=1) == [[1]]


async def test_reading_does_not_count_as_viewing() -> None:
    hub = filled(3, viewers_per_room=1)
    async with aclosing(hub.follow(Cursor(0))) as first:
        await anext(first)
        assert len(hub.read(Cursor(0), 10).events) == 3
