"""Medians, spreads, and differences beyond noise."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench.report.noise import Middle, differ, middle_of, ratios

samples = st.lists(st.floats(0.001, 1e6), min_size=1, max_size=20)


def test_half_of_the_samples_lie_between_the_quartiles() -> None:
    assert middle_of([5, 1, 2, 4, 3]) == Middle(median=3, low=2, high=4, count=5)
    assert middle_of([5, 1, 2, 4, 3]).spread == pytest.approx(2 / 3)
    assert middle_of([7]) == Middle(7, 7, 7, 1)


def test_ratios_are_those_of_each_round() -> None:
    assert ratios([2, 9, 4], [1, 0, 8]) == [2, 0.5]


@given(samples)
def test_the_median_lies_between_the_quartiles(values: list[float]) -> None:
    middle = middle_of(values)
    assert min(values) <= middle.low <= middle.median <= middle.high <= max(values)


@given(samples)
def test_what_is_the_same_does_not_differ(values: list[float]) -> None:
    assert not differ(values, values, at_least=0)


def test_a_difference_within_the_spread_is_noise() -> None:
    steady, wild = [100, 101, 99, 100, 102], [100, 160, 60, 130, 80]
    assert differ(steady, [value * 1.2 for value in steady], at_least=0.05)
    assert not differ(wild, [value * 1.2 for value in wild], at_least=0.05)


def test_a_difference_that_is_steady_but_tiny_is_not_worth_a_word() -> None:
    assert differ([100, 100, 100], [104, 104, 104], at_least=0.01)
    assert not differ([100, 100, 100], [104, 104, 104], at_least=0.05)
