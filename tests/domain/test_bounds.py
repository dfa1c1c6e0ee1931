"""What a run may have: the bound that it passed is named; its processor time holds over a while."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.bounds import Allowance, Bounds, Usage

BOUNDS = Bounds(
    nice=5,
    share=0.5,
    burst_s=2.0,
    shares=1.5,
    memory_bytes=64 * 2**20,
    data_bytes=2**32,
    tasks=10,
    files=256,
    file_bytes=2**20,
)


def usage(*, tasks: int = 1, memory_bytes: int = 0) -> Usage:
    return Usage(processor_s=0.0, tasks=tasks, memory_bytes=memory_bytes)


def test_a_run_at_its_bounds_is_left_alone() -> None:
    assert BOUNDS.excess(usage(tasks=10, memory_bytes=64 * 2**20)) is None


@pytest.mark.parametrize(
    ("over", "words"),
    [
        (usage(tasks=11), "11 threads and processes, 10 are allowed"),
        (usage(memory_bytes=64 * 2**20 + 1), "65 MiB of memory, 64 are allowed"),
    ],
)
def test_the_bound_that_was_passed_is_named_with_its_numbers(over: Usage, words: str) -> None:
    assert words in (BOUNDS.excess(over) or "")


@pytest.mark.parametrize(("runs", "part"), [(0, 0.5), (1, 0.5), (3, 0.5), (6, 0.25)])
def test_the_part_of_each_is_what_all_have_together_but_no_more_than_its_share(
    runs: int, part: float
) -> None:
    assert BOUNDS.part_of_each(runs) == part


@given(
    looks=st.lists(st.tuples(st.floats(0.01, 1.0), st.floats(0.0, 4.0)), min_size=1, max_size=200),
    share=st.floats(0.05, 2.0),
    burst_s=st.floats(0.1, 5.0),
)
def test_no_run_uses_more_than_its_share_and_a_burst_but_for_one_look(
    looks: list[tuple[float, float]], share: float, burst_s: float
) -> None:
    """A run that is paused when it has to be, and else uses up to four processors."""
    allowance = Allowance(burst_s=burst_s, now=0.0)
    now = used_s = longest_look_s = 0.0
    for pause_s, processors in looks:
        now += pause_s
        if not allowance.must_pause:
            used_s += pause_s * processors
            longest_look_s = max(longest_look_s, pause_s)
        allowance.look(used_s, now, share)
        assert used_s <= burst_s + now * share + 4 * longest_look_s + 1e-6


@given(st.lists(st.floats(0.01, 1.0), max_size=50), st.floats(0.05, 2.0))
def test_a_run_that_stays_within_its_share_is_never_paused(
    pauses: list[float], share: float
) -> None:
    allowance = Allowance(burst_s=0.1, now=0.0)
    now = used_s = 0.0
    for pause_s in pauses:
        now += pause_s
        used_s += pause_s * share * 0.99
        allowance.look(used_s, now, share)
        assert not allowance.must_pause


def test_a_run_that_was_paused_goes_on_once_its_debt_is_paid() -> None:
    allowance = Allowance(burst_s=1.0, now=0.0)
    allowance.look(3.0, 1.0, 0.5)
    assert allowance.must_pause
    allowance.look(3.0, 3.0, 0.5)
    assert allowance.must_pause
    allowance.look(3.0, 5.5, 0.5)
    assert not allowance.must_pause


def test_time_of_processes_that_are_gone_is_no_gift() -> None:
    allowance = Allowance(burst_s=1.0, now=0.0)
    allowance.look(1.0, 0.1, 0.5)
    allowance.look(0.2, 0.2, 0.5)
    allowance.look(1.4, 0.3, 0.5)
    assert allowance.must_pause
