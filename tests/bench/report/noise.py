"""Medians, how far samples are apart, and what of a difference is more than noise.

The interval of a median is that of a notched box plot, median ± 1.57 IQR / √n (McGill, Tukey,
Larsen 1978): where those of two sets do not overlap, their medians differ at about the 5 % level.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

NOTCH = 1.57


@dataclass(frozen=True)
class Middle:
    """The median of samples, and the quartiles between which half of them are."""

    median: float
    low: float
    high: float
    count: int

    @property
    def spread(self) -> float:
        """The distance of the quartiles, as a part of the median."""
        return (self.high - self.low) / abs(self.median) if self.median else 0.0

    @property
    def notch(self) -> float:
        """How far the true median may be from this one."""
        return NOTCH * (self.high - self.low) / math.sqrt(self.count)


def middle_of(samples: Sequence[float]) -> Middle:
    """Return the middle of at least one sample."""
    if len(samples) == 1:
        return Middle(samples[0], samples[0], samples[0], 1)
    low, median, high = statistics.quantiles(samples, n=4, method="inclusive")
    return Middle(median, low, high, len(samples))


def ratios(ours: Sequence[float], others: Sequence[float]) -> list[float]:
    """Return the ratio of each round; a round in which the other came to nothing has none."""
    return [a / b for a, b in zip(ours, others, strict=True) if b]


def differ(before: Sequence[float], after: Sequence[float], *, at_least: float) -> bool:
    """Whether medians differ by more than noise, and by more than this part of the first."""
    old, new = middle_of(before), middle_of(after)
    distance = abs(new.median - old.median)
    return distance > old.notch + new.notch and distance > at_least * abs(old.median)
