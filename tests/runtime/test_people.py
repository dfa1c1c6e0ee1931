"""The people of a room: who is there is told while the room is, and not after it."""

from __future__ import annotations

import asyncio

import pytest

from backend.domain.class_events import PersonOnline
from backend.domain.events import Event
from backend.runtime import people
from backend.runtime.people import People, Person


class Told:
    """Somebody of a room, and what their room tells of who is online."""

    def __init__(self) -> None:
        self.online: list[bool] = []
        self.people = People(limit=1, publish=self._note)
        self.person = Person(id="p1", name="Anna", role="guest", token_hash=b"hash")
        self.people.add(self.person)

    def _note(self, event: Event) -> None:
        if isinstance(event, PersonOnline):
            self.online.append(event.online)

    def come_and_go(self) -> None:
        """Hold something open, and let it go."""
        with self.people.presence(self.person, lambda _code, _reason: None, lambda: True):
            pass


async def after_that_time() -> None:
    """Wait until all is done that was to be done in `AWAY_AFTER_S`."""
    passed = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_later(people.AWAY_AFTER_S, passed.set_result, None)
    await passed


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    monkeypatch.setattr(people, "AWAY_AFTER_S", 0.01)
    return Told()


async def test_who_holds_nothing_any_more_is_away_after_a_while(told: Told) -> None:
    told.come_and_go()
    assert told.online == [True]
    await after_that_time()
    assert told.online == [True, False]


async def test_who_goes_as_the_room_ends_is_not_told_of_after_its_end(told: Told) -> None:
    """Nobody keeps what a room would tell then: its store may have closed."""
    told.come_and_go()
    told.people.close()
    await after_that_time()
    assert told.online == [True]
