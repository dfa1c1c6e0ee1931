"""Tables, the page and its pictures."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.bench.report.document import BEGIN, END, put_into, write_document
from tests.bench.report.examples import figure, report
from tests.bench.report.figures import Goal
from tests.bench.report.plot import plot
from tests.bench.report.table import HEADINGS, meets, number, rows_of, terminal_tables


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.0123, "0.01"), (1.234, "1.23"), (12.34, "12.3"), (123.4, "123"), (123456, "123 456")],
)
def test_numbers_have_the_digits_that_count(value: float, shown: str) -> None:
    assert number(value) == shown


def test_a_row_has_ours_beside_the_others() -> None:
    (row,) = rows_of([figure(goal=Goal(bound=0.9, times="websockify"))])
    assert dict(zip(HEADINGS, row, strict=True)) == {
        "what": "the round_trip, µs",
        "ours": "100 ± 0%",
        "peer": "200 ± 0% (websockify)",
        "limit": "20.0 ± 0% (socket)",
        "× peer": "0.50",
        "× limit": "5.00",
        "goal": "≤ 0.90 × websockify ✓",
        "load alone": "",
    }
    assert [table.title for table in terminal_tables(report(figure()))] == ["Bridge"]


def test_a_goal_is_met_or_not_or_not_known() -> None:
    assert meets(figure(100, goal=Goal(bound=100.0)))
    assert meets(figure(100, goal=Goal(bound=99.0))) is False
    assert meets(figure(100, better="more", goal=Goal(bound=99.0)))
    assert meets(figure(100, goal=Goal(bound=0.4, times="websockify"))) is False
    assert meets(figure(100, None, goal=Goal(bound=0.4, times="websockify"))) is None
    assert meets(figure(100)) is None


def test_a_picture_has_a_bar_for_each_and_is_xml() -> None:
    drawn = ElementTree.fromstring(plot("A & B", [figure(), figure(key="<other>")]))
    space = "{http://www.w3.org/2000/svg}"
    bars = drawn.findall(f"{space}rect")
    assert [bar.get("class") for bar in bars] == ["ours", "peer", "limit"] * 2
    longest = max(float(bar.get("width", "0")) for bar in bars)
    assert float(bars[0].get("width", "0")) == pytest.approx(longest / 2, rel=0.02)
    assert float(drawn.get("viewBox", "").split()[3]) > 6 * 18


def test_the_page_keeps_what_people_wrote_and_gets_the_newest_tables(tmp_path: Path) -> None:
    page, pictures = tmp_path / "performance.md", tmp_path / "pictures"
    page.write_text("# How fast it is\n\n## Pages\n\nWords.\n")
    write_document(report(figure(100)), page, pictures)
    write_document(report(figure(300)), page, pictures)
    text = page.read_text()
    assert text.startswith(f"# How fast it is\n\n{BEGIN}\n")
    assert text.endswith(f"{END}\n\n## Pages\n\nWords.\n")
    assert text.count(BEGIN) == 1
    assert "300 ± 0%" in text
    assert "| 100 ± 0%" not in text
    assert "![Bridge, side by side](pictures/bench-bridge.svg)" in text
    assert (pictures / "bench-bridge.svg").exists()


def test_a_backslash_of_a_name_stays_as_it_is() -> None:
    assert put_into(f"{BEGIN}old{END}", r"\1") == r"\1"
