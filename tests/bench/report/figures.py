"""A report: figures, each with the samples of all that were measured for it in one run.

A sample is the median of one round. Rounds of all contenders are interleaved, so that sample N of
one stands beside sample N of each other.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

# What a contender is: ours, another program that does the same, what the machine allows at most,
# or the load itself, to show that it is not what is slow.
Role = Literal["ours", "peer", "limit", "load"]
Better = Literal["less", "more"]


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """What one contender came to, round by round."""

    name: str
    role: Role
    samples: tuple[float, ...]


class Goal(msgspec.Struct, frozen=True, kw_only=True):
    """What ours has to come to: a number of its own, or so many times what another came to."""

    bound: float
    times: str | None = None  # the other's name


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was measured."""

    key: str  # for comparisons: it stays the same
    part: str
    title: str
    unit: str
    better: Better
    series: tuple[Series, ...]
    goal: Goal | None = None

    def of(self, name: str) -> Series | None:
        """Return the series of a contender."""
        return next((each for each in self.series if each.name == name), None)

    def with_role(self, role: Role) -> Series | None:
        """Return the first series with a role."""
        return next((each for each in self.series if each.role == role), None)


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """Where it was measured, and what else was going on there."""

    processor: str
    cores: int
    memory_gib: float
    system: str
    python: str
    load_before: float
    load_after: float


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """All figures of one run."""

    commit: str
    day: str
    took_s: float
    rounds: int
    is_quick: bool
    machine: Machine
    figures: tuple[Figure, ...]


def write_report(report: Report, path: Path) -> None:
    """Write a report as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=1) + b"\n")


def read_report(path: Path) -> Report:
    """Read a report. Raises OSError and ValueError, in words."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Report)
    except msgspec.DecodeError as error:
        raise ValueError(f"{path} is no report of make bench: {error}") from error
