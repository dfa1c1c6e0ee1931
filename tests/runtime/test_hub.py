"""The hub: every viewer gets every event once, in order, at its own pace."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from backend.domain.errors import LimitReached
from backend.domain.events import Output
from backend.domain.timeline import Cursor
from backend.runtime.audience import Batch, Place
from backend.runtime.hub import Hub
from backend.settings import Settings
from tests.labs.programs import WAIT_S

NEVER_S = 3600.0  # between two beats: what comes sooner did not wait for one


def event(text: str = "x") -> Output:
    return Output(t=0.0, run="r1", stream="stdout", text=text)


def publish(hub: Hub, count: int) -> None:
    for _ in range(count):
        hub.publish(event())


def filled(count: int, **settings: Any) -> Hub:
    hub = Hub(Settings(**settings))
    publish(hub, count)
    return hub


class Reader:
    """A viewer. One that is slow takes nothing more before it has read what came."""

    place: Place

    def __init__(self, *, is_slow: bool = False) -> None:
        self._is_slow = is_slow
        self._came: asyncio.Queue[Batch] = asyncio.Queue()
        self._defect: Exception | None = None

    def send(self, batch: Batch) -> bool:
        self._came.put_nowait(batch)
        return not self._is_slow

    def fail(self, defect: Exception) -> None:
        self._defect = defect

    @property
    def unread(self) -> int:
        return self._came.qsize()

    @property
    def defect(self) -> Exception | None:
        return self._defect

    async def batch(self) -> Batch:
        """Return what comes next."""
        async with asyncio.timeout(WAIT_S):
            batch = await self._came.get()
        self.place.go_on()
        return batch

    async def seqs(self) -> list[int]:
        """Return the numbers of the next batch, a gap as 0."""
        return [one.get("seq", 0) for one in json.loads((await self.batch()).text)]

    async def all_seqs(self, *, up_to: int) -> list[list[int]]:
        """Read until that number; return the numbers batch by batch."""
        batches = [await self.seqs()]
        while batches[-1][-1] != up_to:
            batches.append(await self.seqs())
        return batches


@contextlib.contextmanager
def following(hub: Hub, after: int, *, is_slow: bool = False) -> Iterator[Reader]:
    reader = Reader(is_slow=is_slow)
    with hub.follow(reader, Cursor(after)) as reader.place:
        yield reader


async def seqs(hub: Hub, *, after: int, up_to: int) -> list[list[int]]:
    """Follow until that number; return the numbers batch by batch, a gap as 0."""
    with following(hub, after) as reader:
        return await reader.all_seqs(up_to=up_to)


async def settle() -> None:
    """Let everything be done that is to be done now."""
    for _ in range(10):
        await asyncio.sleep(0)


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
    await settle()
    publish(hub, 100)
    assert await following == [[1], [*range(2, 102)]]


async def test_between_two_batches_of_what_happens_the_interval_passes() -> None:
    hub = filled(0, batch_interval_s=0.1)
    with following(hub, 0) as reader:
        began = time.monotonic()
        for number in (1, 2, 3):
            hub.publish(event())
            assert await reader.seqs() == [number]
        assert time.monotonic() - began > 0.19


async def test_from_the_last_batch_of_the_past_to_what_happens_it_passes_too() -> None:
    hub = filled(1, batch_interval_s=0.1)
    with following(hub, 0) as reader:
        began = time.monotonic()
        assert await reader.seqs() == [1]
        hub.publish(event())
        assert await reader.seqs() == [2]
        assert time.monotonic() - began > 0.095


async def test_who_is_behind_waits_for_no_interval() -> None:
    hub = filled(55, batch_limit_events=10, batch_interval_s=NEVER_S)
    batches = await seqs(hub, after=0, up_to=55)
    assert [len(batch) for batch in batches] == [10, 10, 10, 10, 10, 5]


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


async def test_all_who_are_up_to_date_get_the_same_batch_made_and_wrapped_once() -> None:
    hub = filled(3, batch_interval_s=0.01)
    with following(hub, 1) as first, following(hub, 3) as second:
        assert await first.seqs() == [2, 3]
        hub.publish(event())
        one, other = await first.batch(), await second.batch()
    assert [each["seq"] for each in json.loads(one.text)] == [4]
    assert one is other
    assert one.wrapped(lambda text: b"<" + text) is other.wrapped(lambda text: b"<" + text)


async def test_who_is_behind_comes_to_the_others_without_missing_anything() -> None:
    hub = filled(30, batch_limit_events=10, batch_interval_s=0.01)
    late = asyncio.create_task(seqs(hub, after=0, up_to=60))
    with following(hub, 30) as viewer:
        at = 30
        for _ in range(30):
            hub.publish(event())
            await asyncio.sleep(0.002)
        while at < 60:
            batch = await viewer.seqs()
            assert batch[0] == at + 1
            at = batch[-1]
    assert [seq for batch in await late for seq in batch] == [*range(1, 61)]


async def test_those_who_are_behind_take_turns() -> None:
    hub = filled(50, batch_limit_events=10, batch_interval_s=NEVER_S)
    with following(hub, 0) as first, following(hub, 0) as second:
        while first.unread < 3:
            await asyncio.sleep(0)
            assert abs(first.unread - second.unread) <= 1
        assert [await first.seqs(), await second.seqs()] == [[*range(1, 11)]] * 2


async def test_who_does_not_take_what_came_gets_no_more_and_then_the_rest() -> None:
    hub = filled(20, batch_limit_events=10, events_kept=30, batch_interval_s=0.001)
    with following(hub, 0, is_slow=True) as slow, following(hub, 20) as quick:
        at = 20
        while at < 60:
            publish(hub, 10)
            at = (await quick.seqs())[-1]
        await settle()
        assert slow.unread == 1
        assert await slow.seqs() == [*range(1, 11)]
        assert await slow.seqs() == [0, *range(31, 41)]
        assert await slow.all_seqs(up_to=60) == [[*range(41, 51)], [*range(51, 61)]]


@pytest.mark.parametrize("is_behind", [True, False])
async def test_a_defect_of_ours_ends_the_viewer_that_it_met_and_no_other(is_behind: bool) -> None:
    class Broken(Reader):
        def send(self, batch: Batch) -> bool:
            raise AssertionError("no way out")

    hub = filled(0, batch_interval_s=0.001)
    broken = Broken()
    with hub.follow(broken, Cursor(0)) as broken.place, following(hub, 0) as other:
        if not is_behind:
            await settle()
        for number in (1, 2):
            hub.publish(event())
            assert await other.seqs() == [number]
        assert str(broken.defect) == "no way out"


async def test_a_cleared_history_is_a_gap_for_whoever_did_not_name_its_epoch() -> None:
    hub = filled(2, batch_interval_s=0.001)
    with following(hub, 2) as viewer:
        await settle()
        hub.clear()
        publish(hub, 3)
        assert await viewer.seqs() == [0, 1, 2, 3]


async def test_there_are_only_so_many_viewers_and_each_that_leaves_makes_room() -> None:
    hub = filled(1, viewers_per_room=2)
    with following(hub, 0) as first, following(hub, 0) as second:
        await first.batch()
        await second.batch()
        with pytest.raises(LimitReached, match="2 viewers"), following(hub, 0):
            pass
    for _ in range(5):
        assert await seqs(hub, after=0, up_to=1) == [[1]]


async def test_reading_does_not_count_as_viewing() -> None:
    hub = filled(3, viewers_per_room=1)
    with following(hub, 0) as first:
        await first.batch()
        assert len(hub.read(Cursor(0), 10).events) == 3
