"""Credit is told once, with bytes that go to the browser anyway or by itself, and none is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from backend.runtime.bridge.credit import Credit
from tests.labs.programs import WAIT_S


class Told:
    """A credit, and what it told by itself."""

    def __init__(self, much_bytes: int = 1) -> None:
        self.timers = 0
        self.told: asyncio.Queue[int] = asyncio.Queue()
        self.credit = Credit(later=self._later, tell=self.told.put_nowait, much_bytes=much_bytes)

    def _later(self, delay_s: float, step: Callable[[], None]) -> asyncio.TimerHandle:
        self.timers += 1
        return asyncio.get_running_loop().call_later(delay_s, step)

    async def next(self) -> int:
        return await asyncio.wait_for(self.told.get(), WAIT_S)


async def test_what_nothing_takes_along_istold_by_itself_in_one() -> None:
    told = Told()
    told.credit.grant(3)
    told.credit.grant(4)
    assert await told.next() == 7
    told.credit.grant(5)
    assert await told.next() == 5


async def test_what_was_taken_along_is_nottold_again() -> None:
    told = Told()
    told.credit.grant(3)
    assert told.credit.take() == 3
    assert told.credit.take() == 0
    told.credit.grant(4)
    assert await told.next() == 4


async def test_a_timer_is_not_set_for_each_of_many_grants() -> None:
    told, other = Told(), Told()
    for _ in range(1000):
        told.credit.grant(1)
        assert told.credit.take() == 1
    other.credit.grant(1)  # its timer is the later one
    assert await other.next() == 1
    assert told.timers == 1
    assert told.told.empty()


async def test_little_goes_along_once_in_a_while_and_much_at_once() -> None:
    told = Told(much_bytes=10)
    told.credit.grant(3)
    assert told.credit.take_along() == 3
    told.credit.grant(4)
    assert told.credit.take_along() == 0
    told.credit.grant(6)
    assert told.credit.take_along() == 10
    told.credit.grant(3)
    taken = 0
    async with asyncio.timeout(WAIT_S):
        while not (taken := told.credit.take_along()):
            await asyncio.sleep(0)
    assert taken == 3
    assert told.timers == 2
    assert told.told.empty()


async def test_what_has_waited_for_bytes_that_do_not_come_is_told_by_itself() -> None:
    told = Told(much_bytes=10)
    told.credit.grant(3)
    assert told.credit.take_along() == 3
    told.credit.grant(4)
    assert told.credit.take_along() == 0
    assert await told.next() == 4
