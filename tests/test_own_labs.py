"""docs/own-labs.md names every word of the lab format, and none that there is not."""

from __future__ import annotations

import inspect
import re

from backend.domain.checks import CheckHead
from backend.domain.steps import KINDS
from tests.labs.programs import ROOT

TEXT = (ROOT / "docs" / "own-labs.md").read_text(encoding="utf-8")


def cells(heading: str) -> list[tuple[str, ...]]:
    """Return the rows of the table whose first row begins so."""
    table = TEXT[TEXT.index(f"| {heading} |") :].split("\n\n")[0]
    rows = [tuple(cell.strip() for cell in row.split(" | ")) for row in table.splitlines()[2:]]
    return [(row[0].removeprefix("| "), *row[1:-1], row[-1].removesuffix(" |")) for row in rows]


def names(cell: str) -> list[str]:
    """Return what stands in a cell as code."""
    return re.findall(r"`(\w+)`", cell)


def test_every_word_of_a_step_is_told_with_what_stands_beside_it() -> None:
    told = {names(word)[0]: (names(beside), about) for word, beside, about in cells("word")}
    for word, kind in KINDS.items():
        beside = [name for name in kind.__struct_fields__ if name != word]
        assert told.pop(word) == (beside, inspect.cleandoc(kind.__doc__ or "")), word
    assert told == {}


def test_every_key_of_a_check_is_told() -> None:
    told = {name for cell, *_ in cells("key of a check") for name in names(cell)}
    assert told == {*CheckHead.__struct_fields__, "steps"}
