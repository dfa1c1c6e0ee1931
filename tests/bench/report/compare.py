"""What became better or worse from one report to another, beyond noise.

Where a figure has a peer, or else a limit, its ratio to that is compared: what the machine did
otherwise meant both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tests.bench.report.figures import Figure, Report, Series
from tests.bench.report.noise import differ, middle_of, ratios

Verdict = Literal["better", "worse", "same", "new", "gone"]
AT_LEAST = 0.05  # what is less than this part is not worth a word


@dataclass(frozen=True)
class Change:
    """What became of one figure. Numbers are medians, of the ratio to `beside` if there is one."""

    figure: Figure
    verdict: Verdict
    beside: str | None = None
    before: float = 0.0
    after: float = 0.0

    @property
    def factor(self) -> float:
        """How many times the old number the new one is."""
        return self.after / self.before if self.before else float("inf")


def compare(before: Report, after: Report) -> list[Change]:
    """Return what became of each figure, in the order of the new report."""
    old = {figure.key: figure for figure in before.figures}
    changes = [
        _change(old[figure.key], figure) if figure.key in old else Change(figure, "new")
        for figure in after.figures
    ]
    kept = {figure.key for figure in after.figures}
    gone = [Change(figure, "gone") for figure in before.figures if figure.key not in kept]
    return changes + gone


def _change(before: Figure, after: Figure) -> Change:
    beside = _beside(before, after)
    old, new = _compared(before, beside), _compared(after, beside)
    if not old or not new:
        return Change(after, "new")
    verdict: Verdict = "same"
    if differ(old, new, at_least=AT_LEAST):
        grew = middle_of(new).median > middle_of(old).median
        verdict = "better" if grew == (after.better == "more") else "worse"
    return Change(after, verdict, beside, middle_of(old).median, middle_of(new).median)


def _beside(before: Figure, after: Figure) -> str | None:
    """Return what both reports have ours beside."""
    for role in ("peer", "limit"):
        for series in after.series:
            if series.role == role and before.of(series.name):
                return series.name
    return None


def _compared(figure: Figure, beside: str | None) -> Sequence[float]:
    ours = figure.with_role("ours")
    if ours is None:
        return ()
    other: Series | None = figure.of(beside) if beside else None
    return ours.samples if other is None else ratios(ours.samples, other.samples)
