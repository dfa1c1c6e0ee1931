"""A room's history: numbers without gaps, bounded, and honest about what is gone."""

from __future__ import annotations

import json
from collections.abc import Iterator

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.events import Output
from backend.domain.timeline import Cursor, Excerpt, Gap, Timeline

MANY = 10**9
EPOCH = "this one"
texts = st.lists(st.text(max_size=40), max_size=60)


def event(text: str) -> Output:
    return Output(t=0.0, run="r1", stream="stdout", text=text)


def numbers(encoded: list[bytes]) -> list[int]:
    return [msgspec.json.decode(one)["seq"] for one in encoded]


def filled(history: list[str], *, limit_events: int = MANY, limit_bytes: int = MANY) -> Timeline:
    timeline = Timeline(epoch=EPOCH, limit_events=limit_events, limit_bytes=limit_bytes)
    for text in history:
        timeline.append(event(text))
    return timeline


@given(texts)
def test_numbers_start_at_1_and_have_no_gaps(history: list[str]) -> None:
    timeline = Timeline(epoch=EPOCH, limit_events=10, limit_bytes=MANY)
    assert [timeline.append(event(text)) for text in history] == [*range(1, len(history) + 1)]
    assert timeline.last_seq == len(history)


@given(texts)
def test_an_event_goes_out_as_it_came_in_with_its_number(history: list[str]) -> None:
    page = filled(history).read(Cursor(0), limit_events=MANY, limit_bytes=MANY)
    told = [msgspec.json.decode(encoded) for encoded in page.events]
    assert [(one["seq"], one["text"]) for one in told] == [*enumerate(history, 1)]


@given(texts, st.integers(1, 30), st.integers(1, 2000))
def test_the_history_keeps_to_both_limits(history: list[str], count: int, size: int) -> None:
    timeline = filled(history, limit_events=count, limit_bytes=size)
    kept = timeline.read(Cursor(0), limit_events=MANY, limit_bytes=MANY).events
    assert len(kept) <= count
    assert timeline.held_bytes == sum(map(len, kept)) <= size


@given(texts, st.integers(1, 30), st.integers(1, 10), st.integers(1, 400), st.integers(0, 70))
def test_reading_page_by_page_misses_nothing_and_repeats_nothing(
    history: list[str], kept: int, page_events: int, page_bytes: int, after: int
) -> None:
    timeline = filled(history, limit_events=kept)
    oldest = max(1, len(history) - kept + 1)
    expected_gap = after > len(history) or after < oldest - 1
    got: list[int] = []
    cursor = Cursor(after)
    for turn in range(len(history) + 2):
        page = timeline.read(cursor, limit_events=page_events, limit_bytes=page_bytes)
        assert (page.gap is not None) == (turn == 0 and expected_gap)
        assert len(page.events) <= page_events
        assert len(page.events) <= 1 or sum(map(len, page.events)) <= page_bytes
        got += numbers(page.events)
        cursor = page.end
    start = oldest if expected_gap else after + 1
    assert got == [*range(start, len(history) + 1)]


def test_a_gap_says_how_many_events_are_gone() -> None:
    gap = (
        filled(["x"] * 100, limit_events=10).read(Cursor(20), limit_events=5, limit_bytes=MANY).gap
    )
    assert gap is not None
    assert msgspec.json.decode(gap.encoded()) == {
        "type": "gap",
        "after": 20,
        "next": 91,
        "missed": 70,
        "epoch": EPOCH,
    }


def test_a_number_of_another_history_gets_a_gap_and_everything() -> None:
    page = filled(["x"] * 3).read(Cursor(1000), limit_events=10, limit_bytes=MANY)
    assert page.gap == Gap(after=1000, next=1, missed=0, epoch=EPOCH)
    assert numbers(page.events) == [1, 2, 3]


def test_one_event_over_the_size_of_a_page_still_comes() -> None:
    page = filled(["x" * 500, "y"]).read(Cursor(0), limit_events=10, limit_bytes=100)
    assert numbers(page.events) == [1]


def test_an_event_over_the_size_of_the_history_leaves_a_gap() -> None:
    timeline = filled(["x" * 500], limit_bytes=100)
    page = timeline.read(Cursor(0), limit_events=10, limit_bytes=MANY)
    assert page.events == []
    assert page.gap == Gap(after=0, next=2, missed=1, epoch=EPOCH)
    assert page.end == Cursor(timeline.last_seq, EPOCH) == Cursor(1, EPOCH)
    assert timeline.read(page.end, limit_events=10, limit_bytes=MANY).gap is None


def test_a_long_history_holds_no_more_than_its_limit() -> None:
    timeline = filled(["x"] * 50_000, limit_events=100)
    assert len(timeline._events) <= 100 + 1024 + 1
    page = timeline.read(Cursor(49_990), limit_events=MANY, limit_bytes=MANY)
    assert page.gap is None
    assert numbers(page.events) == [*range(49_991, 50_001)]


@given(texts, st.integers(1, 30), st.integers(0, 70), st.text(max_size=20))
def test_whoever_comes_from_another_history_is_told_so_whatever_its_number(
    history: list[str], kept: int, after: int, other: str
) -> None:
    timeline = filled(history, limit_events=kept)
    page = timeline.read(Cursor(after, other), limit_events=MANY, limit_bytes=MANY)
    oldest = max(1, len(history) - kept + 1)
    assert page.gap == Gap(after=after, next=oldest, missed=0, epoch=EPOCH)
    assert numbers(page.events) == [*range(oldest, len(history) + 1)]
    again = timeline.read(page.end, limit_events=MANY, limit_bytes=MANY)
    assert (again.gap, again.events) == (None, [])


@given(texts, st.integers(1, 30), st.integers(0, 70))
def test_whoever_names_this_history_gets_what_one_gets_that_names_none(
    history: list[str], kept: int, after: int
) -> None:
    timeline = filled(history, limit_events=kept)
    named, nameless = (
        timeline.read(Cursor(after, epoch), limit_events=MANY, limit_bytes=MANY)
        for epoch in (EPOCH, None)
    )
    assert named == nameless


def pieces(timeline: Timeline, after: int, limit_events: int, size: int) -> Iterator[Excerpt]:
    return timeline.pieces(
        Cursor(after), limit_events=limit_events, piece_events=size, piece_bytes=300
    )


@given(texts, st.integers(1, 30), st.integers(1, 70), st.integers(1, 10), st.integers(0, 70))
def test_in_pieces_come_the_events_that_come_in_one_go(
    history: list[str], kept: int, limit: int, size: int, after: int
) -> None:
    timeline = filled(history, limit_events=kept)
    whole = timeline.read(Cursor(after), limit_events=limit, limit_bytes=MANY)
    got = list(pieces(timeline, after, limit, size))
    assert [event for piece in got for event in piece.events] == whole.events
    assert [piece.gap for piece in got] == [whole.gap] + [None] * (len(got) - 1)
    assert got[-1].end == whole.end
    assert all(len(piece.events) <= size for piece in got)
    assert all(sum(map(len, p.events)) <= 300 for p in got if len(p.events) > 1)


@given(st.integers(1, 40), st.integers(1, 20), st.integers(1, 8), st.lists(st.integers(0, 30)))
def test_between_two_pieces_the_history_may_move_on_and_the_number_that_ends_them_stays(
    count: int, kept: int, size: int, more: list[int]
) -> None:
    timeline = filled(["x"] * count, limit_events=kept)
    adding = iter(more)
    told: list[int] = []
    for piece in pieces(timeline, 0, MANY, size):
        if piece.gap:
            assert piece.gap.after == len(told)
            assert piece.gap.missed == piece.gap.next - piece.gap.after - 1
            told += [0] * piece.gap.missed
        told += numbers(piece.events)
        for _ in range(next(adding, 0)):
            timeline.append(event("later"))
    assert len(told) == count
    assert all(number in (0, place) for place, number in enumerate(told, 1))


def test_a_piece_is_read_when_it_is_asked_for() -> None:
    timeline = filled(["x"] * 10, limit_events=10)
    reading = pieces(timeline, 0, MANY, 4)
    assert numbers(next(reading).events) == [1, 2, 3, 4]
    for _ in range(8):
        timeline.append(event("later"))
    piece = next(reading)
    assert piece.gap == Gap(after=4, next=9, missed=4, epoch=EPOCH)
    assert numbers(piece.events) == [9, 10]
    assert list(reading) == []


@pytest.mark.parametrize("ends", ["\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029\r\n\n", "\x85", "\u2028"])
def test_no_reader_of_lines_cuts_an_event_in_two(ends: str) -> None:
    text = ends.join(["Zeile", "« a — b »", "строка"]) + ends
    (encoded,) = filled([text]).read(Cursor(0), limit_events=1, limit_bytes=MANY).events
    assert len(encoded.splitlines()) == len(encoded.decode().splitlines()) == 1
    assert json.loads(encoded)["text"] == text


@given(st.text())
def test_any_text_is_one_line_and_comes_back(text: str) -> None:
    (encoded,) = filled([text]).read(Cursor(0), limit_events=1, limit_bytes=MANY).events
    assert len(encoded.decode().splitlines()) == 1
    assert json.loads(encoded)["text"] == text


@st.composite
def stretches(draw: st.DrawFn) -> tuple[list[tuple[int, list[bytes]]], int]:
    """Return what a store may give back: events with holes between them, and the last number."""
    made, seq = [], 0
    for _ in range(draw(st.integers(0, 4))):
        seq += draw(st.integers(0, 5))
        count = draw(st.integers(1, 5))
        made.append((seq + 1, [b'{"seq":%d,"x":1}' % n for n in range(seq + 1, seq + count + 1)]))
        seq += count
    return made, seq + draw(st.integers(0, 3))


@given(stretches(), st.integers(0, 40), st.integers(1, 7), st.integers(0, 4))
def test_what_a_restart_has_lost_is_a_gap_and_nothing_else_is_missed(
    remembered: tuple[list[tuple[int, list[bytes]]], int], after: int, limit: int, more: int
) -> None:
    pieces, last_seq = remembered
    timeline = Timeline(epoch=EPOCH, limit_events=MANY, limit_bytes=MANY)
    timeline.restore(pieces, last_seq)
    assert timeline.last_seq == last_seq
    assert [timeline.append(event("new")) for _ in range(more)] == [
        *range(last_seq + 1, last_seq + more + 1)
    ]
    there = {seq for first, lines in pieces for seq in range(first, first + len(lines))}
    there |= {*range(last_seq + 1, last_seq + more + 1)}
    after = min(after, last_seq + more)
    cursor, read, missed = Cursor(after, EPOCH), [], 0
    while cursor.after < last_seq + more:
        excerpt = timeline.read(cursor, limit_events=limit, limit_bytes=MANY)
        if excerpt.gap:
            assert excerpt.gap.after == cursor.after
            missed += excerpt.gap.missed
        read += numbers(excerpt.events)
        assert excerpt.end.after > cursor.after
        cursor = excerpt.end
    assert read == sorted(seq for seq in there if seq > after)
    assert missed == last_seq + more - after - len(read)


def test_a_restored_history_keeps_to_its_limits() -> None:
    timeline = Timeline(epoch=EPOCH, limit_events=10, limit_bytes=MANY)
    lines = [b'{"seq":%d}' % seq for seq in range(1, 101)]
    timeline.restore([(1, lines[:50]), (61, lines[60:])], 100)
    assert (timeline.first_seq, timeline.last_seq) == (91, 100)
    assert timeline.held_bytes == sum(map(len, lines[90:]))


def test_a_hole_longer_than_the_history_costs_nothing() -> None:
    timeline = Timeline(epoch=EPOCH, limit_events=10, limit_bytes=MANY)
    timeline.restore([(1, [b'{"seq":1}']), (MANY, [b'{"seq":%d}' % MANY])], MANY + 5)
    excerpt = timeline.read(Cursor(1, EPOCH), limit_events=MANY, limit_bytes=MANY)
    assert excerpt.gap == Gap(after=1, next=MANY, missed=MANY - 2, epoch=EPOCH)
    assert excerpt.events == [b'{"seq":%d}' % MANY]
