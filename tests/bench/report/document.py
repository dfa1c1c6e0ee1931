"""The page of performance: the part of it that `make bench` writes, between two marks."""

from __future__ import annotations

import re
from pathlib import Path

from tests.bench.report.figures import Report
from tests.bench.report.plot import plot
from tests.bench.report.table import HEADINGS, markdown_table, parts_of, rows_of

BEGIN, END = "<!-- made by make bench -->", "<!-- end of what make bench made -->"

METHOD = """\
`make bench` measures each figure beside a peer, another program that does the same, and a limit,
what the machine itself allows, in one run. In each round each of them is measured once, one right
after the other and in another order each time; one round before the first warms up. A number is the
median of the rounds, ± half the distance of their quartiles; × is the median of the ratios, round
by round: that of a loaded machine is good for something, too, its microseconds are not. *Load
alone* is what the load comes to with a server that does nothing but answer: where ours is near it,
the load is what is measured. `make bench-quick` takes less than a minute and is for shape only.
`make bench COMPARE=OLD.json` tells what became better or worse: where the medians (of the ratio to
the peer, if there is one) are further apart than 1.57 IQR / √n of both together, and 5 %."""


def document_of(report: Report, pictures: str) -> str:
    """Return the part in Markdown; `pictures` is the path to them from the page."""
    machine = report.machine
    where = (
        f"Measured on {report.day}, commit {report.commit}: {machine.processor}, "
        f"{machine.cores} cores, {machine.memory_gib:g} GiB, {machine.system}, {machine.python}. "
        f"{report.rounds} rounds, {report.took_s:.0f} s; the machine's load was "
        f"{machine.load_before:g} before and {machine.load_after:g} after."
    )
    blocks = [BEGIN, "## Side by side", METHOD, where]
    for part, figures in parts_of(report).items():
        blocks += [
            f"### {part}",
            markdown_table(HEADINGS, rows_of(figures)),
            f"![{part}, side by side]({pictures}/{picture_name(part)})",
        ]
    return "\n\n".join([*blocks, END])


def picture_name(part: str) -> str:
    """Return the name of a part's picture."""
    return f"bench-{part.lower().replace(' ', '-')}.svg"


def put_into(text: str, part: str) -> str:
    """Return a page with the part in it, in place of the one before; at first below its title."""
    if BEGIN in text:
        pattern = re.escape(BEGIN) + ".*?" + re.escape(END)
        return re.sub(pattern, lambda _: part, text, flags=re.DOTALL)
    title, _, rest = text.partition("\n")
    return f"{title}\n\n{part}\n{rest}"


def write_document(report: Report, page: Path, pictures: Path) -> None:
    """Write the part into a page, and its pictures beside it."""
    pictures.mkdir(parents=True, exist_ok=True)
    for part, figures in parts_of(report).items():
        path = pictures / picture_name(part)
        path.write_text(plot(part, figures), encoding="utf-8")
    beside = pictures.relative_to(page.parent).as_posix()
    before = page.read_text(encoding="utf-8") if page.exists() else "# How fast it is\n"
    page.write_text(put_into(before, document_of(report, beside)), encoding="utf-8")
