"""`make bench`: measure each figure beside its peer and its limit; say it in three forms.

    python -m tests.bench [--quick] [--compare OLD.json] [PART…]

A table goes to the terminal, JSON to build/bench.json. Where all is measured the page of
performance and its pictures are written, too: docs/performance.md, or, quickly measured,
build/performance.md.
"""

from __future__ import annotations

import argparse
import datetime
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from tests.bench.measures.bridge import measure_bridge
from tests.bench.measures.chat import measure_chat
from tests.bench.measures.fanout import measure_fanout
from tests.bench.measures.page import measure_page
from tests.bench.measures.starts import measure_starts
from tests.bench.measures.store import measure_store
from tests.bench.report.compare import compare
from tests.bench.report.document import write_document
from tests.bench.report.figures import Figure, Report, read_report, write_report
from tests.bench.report.machine import commit_now, load_now, machine_now
from tests.bench.report.table import lines_of_changes, terminal_tables
from tests.bench.rounds import FULL, QUICK, Plan
from tests.labs.programs import ROOT

MEASURES: dict[str, Callable[[Plan, Path], Iterator[Figure]]] = {
    "bridge": measure_bridge,
    "start": measure_starts,
    "fanout": measure_fanout,
    "chat": measure_chat,
    "store": measure_store,
    "page": measure_page,
}
BUILD, DOCS = ROOT / "build", ROOT / "docs"


def measure(plan: Plan, parts: list[str]) -> Report:
    """Measure parts, and say how far it is."""
    load, began = load_now(), time.monotonic()
    figures: list[Figure] = []
    for part in parts:
        with TemporaryDirectory() as data:
            for figure in MEASURES[part](plan, Path(data)):
                figures.append(figure)
                print(f"{time.monotonic() - began:4.0f} s  {figure.title}", file=sys.stderr)
    return Report(
        commit=commit_now(),
        day=datetime.datetime.now(tz=datetime.UTC).date().isoformat(),
        took_s=round(time.monotonic() - began, 1),
        rounds=plan.rounds,
        is_quick=plan.is_quick,
        machine=machine_now(load),
        figures=tuple(figures),
    )


def main() -> None:
    """Measure, then tell."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(MEASURES))
    parser.add_argument("--quick", action="store_true", help="in under a minute, for shape only")
    parser.add_argument("--rounds", type=int, help="how many, in place of what is usual")
    parser.add_argument("--compare", type=Path, metavar="OLD.json", help="an earlier report")
    args = parser.parse_args()
    if unknown := sorted({*args.parts} - MEASURES.keys()):
        parser.error(f"there is no part {', '.join(unknown)}")
    try:
        before = read_report(args.compare) if args.compare else None
    except (OSError, ValueError) as error:
        parser.error(str(error))
    if before and before.is_quick != args.quick:
        parser.error(f"{args.compare} was measured {'quickly' if before.is_quick else 'in full'}")
    plan = QUICK if args.quick else FULL
    if args.rounds:
        plan = replace(plan, rounds=args.rounds)
    report = measure(plan, args.parts or list(MEASURES))
    console = Console(width=None if sys.stdout.isatty() else 160)
    for table in terminal_tables(report):
        console.print(table)
    write_report(report, BUILD / "bench.json")
    is_whole = not args.quick and not args.parts
    folder = DOCS if is_whole else BUILD
    write_document(report, folder / "performance.md", folder / "pictures")
    if before is not None:
        for line in lines_of_changes(compare(before, report)):
            console.print(line, markup=False)


if __name__ == "__main__":
    main()
