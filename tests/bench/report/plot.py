"""A figure as a picture: a bar for each contender, its quartiles on it, as SVG of a few lines.

Colours are those of the media query of whoever looks: light or dark.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

from tests.bench.report.figures import Figure, Role
from tests.bench.report.noise import middle_of
from tests.bench.report.table import number

WIDTH, ROW, BAR = 760, 18, 11
NAMES, NUMBERS = 300, 90  # pixels for the words left and right of the bars
HEAD = 24
ROLES: dict[Role, str] = {"ours": "ours", "peer": "peer", "limit": "limit"}
STYLE = """
text { font: 12px system-ui, sans-serif; fill: #24292f }
.head { font-weight: 600 }
.ours { fill: #0969da } .peer { fill: #bf8700 } .limit { fill: #8c959f }
.spread { stroke: #24292f; stroke-width: 1.5 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .spread { stroke: #e6edf3 }
}"""


def plot(title: str, figures: Sequence[Figure]) -> str:
    """Return a picture of figures; each is drawn on a scale of its own, from 0."""
    parts, at = [f'<text class="head" x="0" y="14">{escape(title)}</text>'], HEAD
    for figure in figures:
        parts.append(f'<text x="0" y="{at + 12}">{escape(f"{figure.title}, {figure.unit}")}</text>')
        at += ROW
        lines, at = _bars(figure, at)
        parts += lines
        at += ROW // 2
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {at}" width="{WIDTH}" '
        f'role="img" aria-label="{escape(title)}">\n<style>{STYLE}\n</style>\n{body}\n</svg>\n'
    )


def _bars(figure: Figure, at: int) -> tuple[list[str], int]:
    """Return the bars of a figure, and where the next one begins."""
    shown = [(each, middle_of(each.samples)) for each in figure.series if each.role in ROLES]
    most = max((middle.high for _, middle in shown), default=0.0) or 1.0
    room = WIDTH - NAMES - NUMBERS
    lines = []
    for series, middle in shown:
        long, low, high = (
            round(value / most * room, 1) for value in (middle.median, middle.low, middle.high)
        )
        y, across = at + 2, at + 2 + BAR / 2
        lines += [
            f'<text x="{NAMES - 8}" y="{at + 12}" text-anchor="end">{escape(series.name)}</text>',
            f'<rect class="{series.role}" x="{NAMES}" y="{y}" width="{max(long, 1)}" '
            f'height="{BAR}" rx="2"/>',
            f'<path class="spread" d="M{NAMES + low:g} {across:g}H{NAMES + high:g}"/>',
            f'<text x="{WIDTH - NUMBERS + 8}" y="{at + 12}">{number(middle.median)}</text>',
        ]
        at += ROW
    return lines, at
