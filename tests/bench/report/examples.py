"""Reports for tests."""

from __future__ import annotations

from tests.bench.report.figures import Better, Figure, Goal, Machine, Report, Series

STEADY = (1.0, 1.01, 0.99, 1.0, 1.0)


def figure(
    ours: float = 100,
    peer: float | None = 200,
    limit: float | None = 20,
    *,
    key: str = "round_trip",
    better: Better = "less",
    goal: Goal | None = None,
) -> Figure:
    """Return a figure of one part whose samples hardly differ from round to round."""
    named = (("bridge", "ours", ours), ("websockify", "peer", peer), ("socket", "limit", limit))
    return Figure(
        key=key,
        part="Bridge",
        title=f"the {key}",
        unit="µs",
        better=better,
        series=tuple(
            Series(name=name, role=role, samples=tuple(value * each for each in STEADY))  # type: ignore[arg-type]  # literals of a tuple
            for name, role, value in named
            if value is not None
        ),
        goal=goal,
    )


def report(*figures: Figure) -> Report:
    """Return a report with these figures."""
    machine = Machine(
        processor="A & B",
        cores=2,
        memory_gib=16,
        system="Linux",
        python="CPython 3.13",
        load_before=0.5,
        load_after=1.5,
    )
    return Report(
        commit="abc",
        day="2026-01-02",
        took_s=60,
        rounds=5,
        is_quick=False,
        machine=machine,
        figures=figures,
    )
