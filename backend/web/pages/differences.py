"""A lab beside the one that it evolved from, and its programs beside their first versions.

What domain/differences.py found becomes sections: runs of equal lines, changes with the lines of
each side padded so that what belongs together stands in one row, and folds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from typing import Literal

from markupsafe import Markup

from backend.domain.differences import Row, Skipped, differences
from backend.domain.labs import Lab
from backend.domain.programs import FIRST_VERSIONS, role_of
from backend.web.pages.listing import Line, colour_lines, mark


@dataclass(frozen=True)
class Cell:
    """One line of one side."""

    number: int
    html: Markup


@dataclass(frozen=True)
class Pair:
    """One line that both sides have."""

    old: int
    new: int
    html: Markup


@dataclass(frozen=True)
class Section:
    """Consecutive rows of one sort; in a change None is a place without a line."""

    kind: Literal["same", "skipped", "change"]
    same: tuple[Pair, ...] = ()
    old: tuple[Cell | None, ...] = ()
    new: tuple[Cell | None, ...] = ()


@dataclass(frozen=True)
class ProgramDifference:
    """What became of one program. `added` and `removed` count lines, a changed one in both.

    `name` is that of the older program: of a first version, where that is what is compared.
    """

    name: str
    file_name: str
    added: int
    removed: int
    sections: tuple[Section, ...]


def lab_differences(older: Lab, lab: Lab) -> tuple[ProgramDifference, ...]:
    """Compare the programs that both labs have; a borrowed server is no program of a lab."""
    return tuple(
        _program_difference(program, older.sources[f"{program}.py"], lab.sources[f"{program}.py"])
        for program in _common_programs(older, lab)
    )


def first_differences(lab: Lab) -> tuple[ProgramDifference, ...]:
    """Compare the first versions of a lab with its finished programs."""
    return tuple(
        _program_difference(first, lab.sources[f"{first}.py"], lab.sources[f"{role_of(first)}.py"])
        for first in FIRST_VERSIONS
        if f"{first}.py" in lab.sources and f"{role_of(first)}.py" in lab.sources
    )


def is_compared(older: Lab, lab: Lab) -> bool:
    """Say whether there is anything to compare, without doing it."""
    return _common_programs(older, lab) != []


def _common_programs(older: Lab, lab: Lab) -> list[str]:
    return [
        program
        for program in lab.programs
        if program in older.programs
        and program not in FIRST_VERSIONS
        and not _is_borrowed(program, older, lab)
    ]


def _is_borrowed(program: str, *labs: Lab) -> bool:
    return program == "server" and any(lab.server is not None for lab in labs)


@lru_cache(maxsize=64)
def _program_difference(program: str, old: str, new: str) -> ProgramDifference:
    file_name = f"{role_of(program)}.py"
    rows = differences(_lines(old), _lines(new))
    sides = _Sides(colour_lines(file_name, old), colour_lines(file_name, new))
    sections = tuple(sides.section(kind, tuple(run)) for kind, run in groupby(rows, _section_kind))
    changed = [row for row in rows if isinstance(row, Row) and row.kind != "same"]
    return ProgramDifference(
        name=program,
        file_name=file_name,
        added=sum(row.new is not None for row in changed),
        removed=sum(row.old is not None for row in changed),
        sections=sections,
    )


def _lines(source: str) -> list[str]:
    return source.rstrip("\n").split("\n")


def _section_kind(row: Row | Skipped) -> Literal["same", "skipped", "change"]:
    return row.kind if row.kind in ("same", "skipped") else "change"


@dataclass(frozen=True)
class _Sides:
    """Two programs in colour."""

    old: tuple[Line, ...]
    new: tuple[Line, ...]

    def section(
        self, kind: Literal["same", "skipped", "change"], run: tuple[Row | Skipped, ...]
    ) -> Section:
        rows = [row for each in run for row in (each.rows if isinstance(each, Skipped) else [each])]
        if kind == "change":
            columns = _Columns()
            for row in rows:
                columns.add(self._cell(self.old, row.old, row), self._cell(self.new, row.new, row))
            columns.align()
            return Section(kind, old=tuple(columns.old), new=tuple(columns.new))
        return Section(kind, same=tuple(self._pair(row) for row in rows))

    def _pair(self, row: Row) -> Pair:
        assert row.old is not None
        assert row.new is not None
        return Pair(row.old, row.new, mark(_line(self.new, row.new), ()))

    def _cell(self, lines: tuple[Line, ...], number: int | None, row: Row) -> Cell | None:
        if number is None:
            return None
        marks = row.old_marks if lines is self.old else row.new_marks
        return Cell(number, mark(_line(lines, number), marks))


def _line(lines: tuple[Line, ...], number: int) -> Line:
    return lines[number - 1] if number <= len(lines) else ()


@dataclass
class _Columns:
    """Two columns in the making: what stands alone moves up beside what stands alone."""

    old: list[Cell | None] = field(default_factory=list)
    new: list[Cell | None] = field(default_factory=list)

    def add(self, old: Cell | None, new: Cell | None) -> None:
        if old is not None and new is not None:
            self.align()
        if old is not None:
            self.old.append(old)
        if new is not None:
            self.new.append(new)

    def align(self) -> None:
        length = max(len(self.old), len(self.new))
        for column in (self.old, self.new):
            column.extend([None] * (length - len(column)))
