"""Rounds: each contender is measured once in each, in another order, so that all have the same day.

One round before the first warms up and does not count.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.bench.report.figures import Role, Series

Sample = dict[str, float]  # by the key of the figure


@dataclass(frozen=True)
class Contender:
    """One who is measured: `measure` takes one round, of one figure or several."""

    name: str
    role: Role
    measure: Callable[[], Sample]


@dataclass(frozen=True)
class Plan:
    """How long to measure. `is_quick`: under a minute for all, for shape only."""

    is_quick: bool
    rounds: int
    slice_s: float  # of one measurement of a rate
    trips: int  # of one measurement of round trips


QUICK = Plan(is_quick=True, rounds=3, slice_s=0.12, trips=100)
FULL = Plan(is_quick=False, rounds=7, slice_s=0.4, trips=500)


def interleave(contenders: Sequence[Contender], rounds: int) -> dict[str, tuple[Series, ...]]:
    """Measure all; return the series of each figure, in the order of the contenders."""
    samples: dict[tuple[str, str], list[float]] = {}
    for number in range(-1, rounds):
        start = number % len(contenders)
        for contender in [*contenders[start:], *contenders[:start]]:
            for key, value in contender.measure().items():
                if number >= 0:
                    samples.setdefault((key, contender.name), []).append(value)
    found: dict[str, tuple[Series, ...]] = {}
    for key in dict.fromkeys(key for key, _ in samples):
        found[key] = tuple(
            Series(name=each.name, role=each.role, samples=tuple(samples[key, each.name]))
            for each in contenders
            if (key, each.name) in samples
        )
    return found
