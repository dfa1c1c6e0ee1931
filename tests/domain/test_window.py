"""Credit: never more on its way than the window, and no byte of credit is ever lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.errors import WindowExceeded
from backend.domain.window import CreditWindow

LIMIT = 1000


@given(st.lists(st.tuples(st.booleans(), st.integers(0, LIMIT)), max_size=200))
def test_the_sender_never_has_more_on_its_way_than_the_window(
    steps: list[tuple[bool, int]],
) -> None:
    window = CreditWindow(LIMIT)
    credit, held = LIMIT, 0  # what the sender knows, what the receiver holds
    for sends, amount in steps:
        if sends:
            n = min(amount, credit)
            window.take(n)
            credit, held = credit - n, held + n
        else:
            n = min(amount, held)
            held -= n
            credit += window.release(n)
        assert window.held_bytes == held
        assert window.credit_bytes == credit
        assert held + credit <= LIMIT


@given(st.lists(st.integers(1, LIMIT), max_size=100))
def test_once_all_is_passed_on_the_sender_has_the_whole_window_again(sizes: list[int]) -> None:
    window = CreditWindow(LIMIT)
    credit = LIMIT
    for size in sizes:
        window.take(min(size, credit))
        credit -= min(size, credit)
    credit += window.release(window.held_bytes)
    assert credit == window.credit_bytes == LIMIT


def test_more_than_the_credit_raises_with_both_numbers_and_takes_nothing() -> None:
    window = CreditWindow(LIMIT)
    window.take(900)
    with pytest.raises(WindowExceeded, match="Sent 101 bytes with a credit of 100"):
        window.take(101)
    assert window.held_bytes == 900
    window.take(100)


def test_credit_is_granted_in_pieces_of_a_quarter() -> None:
    window = CreditWindow(LIMIT)
    window.take(LIMIT)
    assert [window.release(125) for _ in range(4)] == [0, 250, 0, 250]


def test_credit_that_was_not_granted_yet_cannot_be_used() -> None:
    window = CreditWindow(LIMIT)
    window.take(LIMIT)
    assert window.release(100) == 0
    with pytest.raises(WindowExceeded):
        window.take(1)


def test_a_single_small_message_is_granted_again_at_once() -> None:
    window = CreditWindow(LIMIT)
    window.take(1)
    assert window.release(1) == 1
