"""The beat: everybody at once, soon, and not too often."""

from __future__ import annotations

import asyncio
import time

from backend.runtime.beat import Beat
from tests.labs.programs import WAIT_S

INTERVAL_S = 0.1


async def beats(beat: Beat, count: int) -> list[float]:
    """Return when so many beats came."""
    times = []
    async with asyncio.timeout(WAIT_S):
        for _ in range(count):
            await beat.wait()
            times.append(time.monotonic())
    return times


async def test_the_first_comes_at_once_to_all_who_wait() -> None:
    beat = Beat(10 * WAIT_S)
    waiting = [asyncio.create_task(beats(beat, 1)) for _ in range(3)]
    await asyncio.sleep(0)
    beat.ask()
    await asyncio.gather(*waiting)


async def test_the_next_comes_after_the_interval_however_often_it_is_asked_for() -> None:
    beat = Beat(INTERVAL_S)
    waiting = asyncio.create_task(beats(beat, 3))
    while not waiting.done():
        beat.ask()
        await asyncio.sleep(0.001)
    first, second, third = waiting.result()
    assert second - first > INTERVAL_S * 0.95
    assert third - second > INTERVAL_S * 0.95


async def test_it_strikes_as_long_as_there_is_more_though_nobody_asks_again() -> None:
    struck = []
    done = asyncio.Event()

    def strike() -> bool:
        struck.append(time.monotonic())
        if len(struck) == 3:
            done.set()
        return len(struck) < 3

    beat = Beat(INTERVAL_S, strike)
    beat.ask()
    await asyncio.sleep(0)
    assert not struck  # nobody feels it
    with beat.felt():
        beat.ask()
        async with asyncio.timeout(WAIT_S):
            await done.wait()
    assert struck[2] - struck[0] > 2 * INTERVAL_S * 0.95


async def test_one_who_stops_waiting_takes_nothing_from_the_others() -> None:
    beat = Beat(INTERVAL_S)
    leaving, staying = (asyncio.create_task(beats(beat, 1)) for _ in range(2))
    await asyncio.sleep(0)
    leaving.cancel()
    await asyncio.sleep(0)
    beat.ask()
    assert len(await staying) == 1


def test_nobody_waits_so_that_it_needs_no_event_loop() -> None:
    Beat(INTERVAL_S).ask()
