"""The hub: events of which many come at a time are gathered, and nobody can tell."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence

from backend.domain.events import ClientSent
from backend.domain.timeline import Cursor
from backend.runtime.hub import GATHERED_AT_MOST, Hub
from backend.settings import Settings
from tests.labs.programs import WAIT_S
from tests.runtime.test_hub import event, filled, following, seqs, settle


class Log:
    """A history kept elsewhere."""

    def __init__(self) -> None:
        self.notes: list[list[int]] = []
        self.is_noted = asyncio.Event()

    def note_events(self, first: int, lines: Sequence[bytes], oldest: int) -> None:
        seqs = [json.loads(line)["seq"] for line in lines]
        assert seqs == [*range(first, first + len(lines))]
        self.notes.append(seqs)
        self.is_noted.set()

    def begin_history(self, epoch: str) -> None:
        self.notes.append([])


def transfer() -> ClientSent:
    return ClientSent(t=0.0, client="c1", run="r1", bytes=0, data="")


async def test_what_comes_many_at_a_time_is_written_up_together_and_soon() -> None:
    log = Log()
    hub = Hub(Settings(), log=log)
    assert [hub.publish(transfer()) for _ in range(3)] == [1, 2, 3]
    assert not log.notes
    await asyncio.wait_for(log.is_noted.wait(), WAIT_S)
    assert log.notes == [[1, 2, 3]]


async def test_what_is_published_at_once_is_numbered_in_its_order_and_waits_only_if_all_may() -> (
    None
):
    log = Log()
    hub = Hub(Settings(), log=log)
    assert hub.publish(transfer(), transfer()) == 2
    assert not log.notes
    assert hub.publish(transfer(), event(), transfer()) == 5
    assert log.notes == [[1, 2, 3, 4, 5]]
    hub.publish(*(transfer() for _ in range(GATHERED_AT_MOST)))
    assert len(log.notes[-1]) == GATHERED_AT_MOST


async def test_what_is_gathered_is_bounded() -> None:
    log = Log()
    hub = Hub(Settings(), log=log)
    for _ in range(2 * GATHERED_AT_MOST + 1):
        hub.publish(transfer())
    assert list(map(len, log.notes)) == [GATHERED_AT_MOST, GATHERED_AT_MOST]


async def test_what_comes_alone_comes_after_what_was_gathered_before() -> None:
    log = Log()
    hub = Hub(Settings(), log=log)
    assert [hub.publish(each) for each in (transfer(), event(), transfer())] == [1, 2, 3]
    assert log.notes == [[1, 2]]
    hub.clear()
    assert log.notes == [[1, 2], [3], []]


async def test_whoever_looks_finds_what_was_only_gathered() -> None:
    def published() -> Hub:
        hub = Hub(Settings())
        hub.publish(transfer())
        return hub

    assert published().last_seq == 1
    assert published().held_bytes > 0
    assert len(published().read(Cursor(0), 10).events) == 1
    assert len(list(published().lines(Cursor(0), 10))) == 1
    assert await seqs(published(), after=0, up_to=1) == [[1]]
    async with asyncio.timeout(WAIT_S):
        await published().wait(Cursor(0), WAIT_S)


async def test_a_viewer_that_waits_is_woken_by_what_is_gathered() -> None:
    hub = filled(0)
    with following(hub, 0) as reader:
        await settle()
        hub.publish(transfer())
        assert await reader.seqs() == [1]
