"""What became better or worse."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.report.compare import compare
from tests.bench.report.examples import figure, report
from tests.bench.report.figures import Better, read_report, write_report
from tests.bench.report.table import lines_of_changes


@pytest.mark.parametrize(
    ("better", "after", "verdict"),
    [
        ("less", 80, "better"),
        ("less", 120, "worse"),
        ("less", 103, "same"),
        ("more", 120, "better"),
    ],
)
def test_better_is_what_the_figure_calls_so(better: Better, after: float, verdict: str) -> None:
    old, new = (report(figure(value, better=better)) for value in (100, after))
    assert [change.verdict for change in compare(old, new)] == [verdict]


def test_a_slower_machine_makes_nothing_worse() -> None:
    old, new = report(figure(100, 200)), report(figure(300, 600))
    assert [change.verdict for change in compare(old, new)] == ["same"]


def test_without_a_peer_the_limit_is_what_ours_stands_beside() -> None:
    old, new = report(figure(100, None, 20)), report(figure(100, None, 10))
    (change,) = compare(old, new)
    assert (change.verdict, change.beside) == ("worse", "socket")


def test_alone_a_figure_is_compared_with_itself() -> None:
    old, new = report(figure(100, None, None)), report(figure(50, None, None))
    (change,) = compare(old, new)
    assert (change.verdict, change.beside, change.factor) == ("better", None, 0.5)


def test_what_came_and_went_is_said() -> None:
    old, new = report(figure(key="a"), figure(key="b")), report(figure(key="b"), figure(key="c"))
    found = [(change.figure.key, change.verdict) for change in compare(old, new)]
    assert found == [("b", "same"), ("c", "new"), ("a", "gone")]


def test_a_comparison_in_words() -> None:
    old = report(figure(100), figure(key="still"))
    new = report(figure(150), figure(key="still"))
    assert lines_of_changes(compare(old, new)) == [
        "worse  Bridge: the round_trip: 0.50 → 0.75 × websockify (+50%)",
        "0 better, 1 worse, 1 the same within noise",
    ]


def test_a_report_comes_back_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "build" / "bench.json"
    write_report(report(figure()), path)
    assert read_report(path) == report(figure())
    path.write_text('{"figures": 1}')
    with pytest.raises(ValueError, match="is no report of make bench"):
        read_report(path)
