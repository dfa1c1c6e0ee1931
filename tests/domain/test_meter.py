"""The meter: bursts pass, floods are cut in blocks, and what does not pass is counted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.meter import Bucket, Meter, Untold

RATE, BURST = 100.0, 50.0


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 200)), max_size=100))
def test_never_more_passes_than_burst_and_rate_allow(steps: list[tuple[float, int]]) -> None:
    bucket = Bucket(rate=RATE, burst=BURST, now=0.0)
    now = passed = 0.0
    for pause_s, wanted in steps:
        now += pause_s
        took = bucket.take(wanted, now)
        assert 0 <= took <= wanted
        passed += took
        assert passed <= BURST + RATE * now + 1e-6


@given(st.lists(st.integers(0, 5), max_size=100))
def test_what_keeps_to_the_rate_passes_whole(sizes: list[int]) -> None:
    bucket = Bucket(rate=RATE, burst=BURST, now=0.0)
    now = 0.0
    for size in sizes:
        assert bucket.take(size, now) == size
        now += 1.01 * size / RATE


def test_after_a_flood_nothing_passes_until_half_the_burst_is_there_again() -> None:
    bucket = Bucket(rate=RATE, burst=BURST, now=0.0)
    assert bucket.take(1000, 0.0) == BURST
    assert bucket.take(1, 0.24) == 0
    assert bucket.take(1, 0.26) == 1


@pytest.mark.parametrize("rest_s", [1.0, 1000.0])
def test_rest_brings_the_burst_back_and_no_more(rest_s: float) -> None:
    bucket = Bucket(rate=RATE, burst=BURST, now=0.0)
    bucket.take(1000, 0.0)
    assert bucket.take(1000, rest_s) == BURST


def test_small_wishes_pass_while_a_few_tokens_are_left() -> None:
    bucket = Bucket(rate=RATE, burst=BURST, now=0.0)
    assert bucket.take(45, 0.0) == 45
    assert bucket.take(5, 0.0) == 5
    assert bucket.take(1, 0.0) == 0


def meter() -> Meter:
    return Meter(Bucket(rate=RATE, burst=BURST, now=0.0))


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 200)), max_size=100))
def test_what_passes_and_what_is_counted_is_all_that_came(steps: list[tuple[float, int]]) -> None:
    counting = meter()
    now, passed, counted = 0.0, 0, 0
    for pause_s, wanted in steps:
        now += pause_s
        took = counting.take(wanted, now)
        passed += took
        if took < wanted:
            counting.drop(wanted - took)
        if pause_s > 0.5 and (untold := counting.collect()):
            counted += untold.bytes
    rest = counting.collect()
    counted += rest.bytes if rest else 0
    assert passed + counted == sum(wanted for _, wanted in steps)


def test_things_are_counted_with_their_bytes_and_told_once() -> None:
    counting = meter()
    assert [counting.passes(10, 0.0) for _ in range(53)] == [True] * 50 + [False] * 3
    counting.add_bytes(5)
    assert counting.collect() == Untold(3, 35)
    assert counting.collect() is None


def test_two_meters_may_share_a_rate_and_count_apart() -> None:
    bucket = Bucket(rate=RATE, burst=BURST, now=0.0)
    one, other = Meter(bucket), Meter(bucket)
    assert one.take(40, 0.0) == 40
    assert other.take(40, 0.0) == 10
    other.drop(30)
    assert one.collect() is None
    assert other.collect() == Untold(1, 30)
