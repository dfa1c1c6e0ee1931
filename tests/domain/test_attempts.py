"""Bad attempts: twenty a minute from one address, and a bound on what is remembered."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.attempts import Attempts


def attempts(**more: int) -> Attempts:
    return Attempts(limit=20, window_s=60.0, **more)


def test_after_twenty_bad_attempts_an_address_waits_until_the_first_is_a_minute_ago() -> None:
    counted = attempts()
    for second in range(19):
        counted.note_bad("192.0.2.1", second)
        assert counted.wait_s("192.0.2.1", second) == 0
    counted.note_bad("192.0.2.1", 19)
    assert counted.wait_s("192.0.2.1", 20) == 40
    assert counted.wait_s("192.0.2.1", 60) == 0
    assert counted.wait_s("192.0.2.2", 20) == 0


@given(st.lists(st.floats(0.0, 20.0), max_size=200))
def test_nobody_has_more_than_twenty_bad_attempts_in_a_minute(pauses: list[float]) -> None:
    counted, now, tried = attempts(), 0.0, []
    for pause_s in pauses:
        now += pause_s
        if counted.wait_s("::1", now) == 0:
            counted.note_bad("::1", now)
            tried.append(now)
        assert sum(now - then < 60 for then in tried) <= 20


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("no address", "another", False),
    ],
)
def test_what_one_subscriber_has_counts_as_one_address(one: str, other: str, same: bool) -> None:
    counted = Attempts(limit=1, window_s=60.0)
    counted.note_bad(one, 0.0)
    assert (counted.wait_s(other, 0.0) > 0) is same


def test_what_is_remembered_is_bounded_and_the_busiest_stay() -> None:
    counted = attempts(addresses=100)
    for _ in range(20):
        counted.note_bad("192.0.2.1", 0.0)
    for number in range(1000):
        counted.note_bad(f"10.0.{number // 250}.{number % 250}", 1.0)
        if number % 50 == 0:
            counted.note_bad("192.0.2.1", 1.0)
    assert len(counted._times) == 100
    assert counted.wait_s("192.0.2.1", 1.0) > 0
