"""Reports in words: a table for a terminal, one for a page, and what a comparison found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from rich.table import Table

from tests.bench.report.compare import Change
from tests.bench.report.figures import Figure, Goal, Report, Series
from tests.bench.report.noise import middle_of, ratios

HEADINGS = ("what", "ours", "peer", "limit", "× peer", "× limit", "goal", "load alone")


def rows_of(figures: Iterable[Figure]) -> list[tuple[str, ...]]:
    """Return a row for each figure, in the order of HEADINGS."""
    return [
        (
            f"{figure.title}, {figure.unit}",
            _cell(figure.with_role("ours")),
            _named(figure.with_role("peer")),
            _named(figure.with_role("limit")),
            _ratio(figure, figure.with_role("peer")),
            _ratio(figure, figure.with_role("limit")),
            _goal(figure),
            _cell(figure.with_role("load")),
        )
        for figure in figures
    ]


def parts_of(report: Report) -> dict[str, list[Figure]]:
    """Return the figures of each part, in their order."""
    parts: dict[str, list[Figure]] = {}
    for figure in report.figures:
        parts.setdefault(figure.part, []).append(figure)
    return parts


def terminal_tables(report: Report) -> list[Table]:
    """Return a table for each part."""
    tables = []
    for part, figures in parts_of(report).items():
        table = Table(title=part, title_justify="left")
        for number, heading in enumerate(HEADINGS):
            table.add_column(heading, justify="right" if number else "left")
        for row in rows_of(figures):
            table.add_row(*row)
        tables.append(table)
    return tables


def markdown_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of Markdown."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def lines_of_changes(changes: Sequence[Change]) -> list[str]:
    """Return what to say of a comparison: a line for each change, then how many there are."""
    lines = []
    for change in changes:
        title = f"{change.figure.part}: {change.figure.title}"
        if change.verdict in ("new", "gone"):
            lines.append(f"{change.verdict:6} {title}")
        elif change.verdict != "same":
            unit = f"× {change.beside}" if change.beside else change.figure.unit
            lines.append(
                f"{change.verdict:6} {title}: {number(change.before)} → {number(change.after)} "
                f"{unit} ({change.factor - 1:+.0%})"
            )
    counts = Counter(change.verdict for change in changes)
    said = f"{counts['better']} better, {counts['worse']} worse, {counts['same']} the same"
    return [*lines, f"{said} within noise"]


def number(value: float) -> str:
    """Return a number with three digits that count."""
    size = abs(value)
    if size >= 1000:
        return f"{value:,.0f}".replace(",", " ")
    if size >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if size >= 10 else f"{value:.2f}"


def meets(figure: Figure) -> bool | None:
    """Whether ours is what it has to be; None where nothing is asked for or was not measured."""
    reached = _reached(figure, figure.goal)
    if reached is None or figure.goal is None:
        return None
    bound = figure.goal.bound
    return reached <= bound if figure.better == "less" else reached >= bound


def _reached(figure: Figure, goal: Goal | None) -> float | None:
    ours = figure.with_role("ours")
    if goal is None or ours is None:
        return None
    if goal.times is None:
        return middle_of(ours.samples).median
    other = figure.of(goal.times)
    found = ratios(ours.samples, other.samples) if other else []
    return middle_of(found).median if found else None


def _goal(figure: Figure) -> str:
    if figure.goal is None:
        return ""
    sign = "≤" if figure.better == "less" else "≥"
    beside = f" × {figure.goal.times}" if figure.goal.times else ""
    mark = {True: " ✓", False: " ✗", None: ""}[meets(figure)]
    return f"{sign} {number(figure.goal.bound)}{beside}{mark}"


def _cell(series: Series | None) -> str:
    if series is None:
        return ""
    middle = middle_of(series.samples)
    return f"{number(middle.median)} ± {middle.spread / 2:.0%}"


def _named(series: Series | None) -> str:
    return f"{_cell(series)} ({series.name})" if series else ""


def _ratio(figure: Figure, other: Series | None) -> str:
    ours = figure.with_role("ours")
    if ours is None or other is None:
        return ""
    found = ratios(ours.samples, other.samples)
    return number(middle_of(found).median) if found else ""
