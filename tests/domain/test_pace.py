"""A pace: over any while no more than a burst and the rate passes; who keeps to it never waits."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from backend.domain.pace import Pace

MESSAGES, BYTES = 10.0, 1000.0
SENT = st.lists(st.tuples(st.floats(0.0, 0.5), st.integers(0, 3000)), max_size=200)


@given(SENT)
def test_what_is_allowed_is_a_second_at_once_and_then_the_rate(
    sent: list[tuple[float, int]],
) -> None:
    pace, now, messages, size = Pace(messages=MESSAGES, size_bytes=BYTES, now=0.0), 0.0, 0, 0
    largest = max((bytes_ for _, bytes_ in sent), default=0)
    for pause_s, size_bytes in sent:
        now += pause_s
        if pace.allows(size_bytes, now):
            messages += 1
            size += size_bytes
        assert messages <= MESSAGES * (1 + now) + 1e-6
        assert size <= BYTES * (1 + now) + largest + 1e-6


@given(SENT)
def test_a_sender_that_waits_as_it_is_told_keeps_to_the_rate(sent: list[tuple[float, int]]) -> None:
    pace, now, size = Pace(messages=MESSAGES, size_bytes=BYTES, now=0.0), 0.0, 0
    for number, (pause_s, size_bytes) in enumerate(sent, 1):
        now += pause_s
        size += size_bytes
        now += pace.spend(size_bytes, now)
        assert number <= MESSAGES * (1 + now) + 1e-6
        assert size <= BYTES * (1 + now) + 1e-6


@given(st.lists(st.integers(0, 100), max_size=100))
def test_a_sender_that_keeps_to_the_rate_neither_waits_nor_loses_anything(sizes: list[int]) -> None:
    waits, drops = (Pace(messages=MESSAGES, size_bytes=BYTES, now=0.0) for _ in range(2))
    for number, size_bytes in enumerate(sizes):
        now = number * 0.1001
        assert waits.spend(size_bytes, now) == 0
        assert drops.allows(size_bytes, now)


def test_a_datagram_larger_than_a_second_may_pass_and_is_paid_for() -> None:
    pace = Pace(messages=MESSAGES, size_bytes=BYTES, now=0.0)
    assert pace.allows(3000, 0.0)
    assert not pace.allows(1, 1.9)
    assert pace.allows(1, 2.1)
