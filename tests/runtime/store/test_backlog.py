"""What waits to be written: events keep their numbers, however many come at a time."""

from __future__ import annotations

import pytest

from backend.runtime.store.backlog import PIECE_EVENTS, Backlog, Lines


def numbered(first: int, count: int) -> list[bytes]:
    return [b"%d" % seq for seq in range(first, first + count)]


def entries(backlog: Backlog) -> list[Lines]:
    return [entry for entry in backlog.take().queue if isinstance(entry, Lines)]


@pytest.mark.parametrize("counts", [[1, 1, 1], [3 * PIECE_EVENTS], [10, 2 * PIECE_EVENTS, 5]])
def test_each_event_has_its_number_in_pieces_of_a_bounded_size(counts: list[int]) -> None:
    backlog = Backlog(events=10_000, size_bytes=100_000)
    first = 7
    for count in counts:
        backlog.add_lines("a", first, numbered(first, count), oldest=1, now_s=0.0)
        first += count
    assert backlog.events == sum(counts)
    found = entries(backlog)
    assert all(each.lines == numbered(each.first, len(each.lines)) for each in found)
    assert all(len(each.lines) <= PIECE_EVENTS for each in found)
    assert [line for each in found for line in each.lines] == numbered(7, sum(counts))
    assert [each.size for each in found] == [sum(map(len, each.lines)) for each in found]


def test_rooms_stay_apart() -> None:
    backlog = Backlog(events=100, size_bytes=1000)
    for room, first in (("a", 1), ("b", 5), ("a", 3)):
        backlog.add_lines(room, first, numbered(first, 2), oldest=1, now_s=0.0)
    assert [(each.room, each.first) for each in entries(backlog)] == [("a", 1), ("b", 5), ("a", 3)]


def test_more_than_there_is_room_for_goes_the_oldest_first_and_is_counted() -> None:
    backlog = Backlog(events=4 * PIECE_EVENTS, size_bytes=1_000_000)
    count = 5 * PIECE_EVENTS
    backlog.add_lines("a", 1, numbered(1, count), oldest=1, now_s=0.0)
    kept = [line for each in entries(backlog) for line in each.lines]
    assert backlog.lost == count - len(kept) > 0
    assert len(kept) <= 4 * PIECE_EVENTS
    assert kept == numbered(count - len(kept) + 1, len(kept))
