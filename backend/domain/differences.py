"""The difference of two programs as rows, for reading side by side: lines in, rows out.

Line numbers start at 1. A row never invents a line: the lines of the left column, in order, are the
old text, those of the right column the new one. Long runs of equal lines are folded into one
Skipped, which still has them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import groupby
from typing import Literal

import msgspec

CONTEXT = 3  # equal lines that stay before and after a change
FOLD_LEAST = 4  # a fold that hides fewer lines than this costs more than it saves
ALIKE = 0.45  # how much of two lines must be the same words for one to have become the other
PAIRING_LIMIT = 250_000  # pairs of lines that are compared with each other in one change

Kind = Literal["same", "changed", "added", "removed"]
Span = tuple[int, int]  # characters of a line, from and before

_WORD = re.compile(r"\w+|\s+|[^\w\s]")


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One line beside the other. A row that was added has no old line, one removed no new one."""

    kind: Kind
    old: int | None = None
    new: int | None = None
    old_marks: tuple[Span, ...] = ()  # what of a changed line is gone
    new_marks: tuple[Span, ...] = ()  # what of it is new


class Skipped(msgspec.Struct, frozen=True, kw_only=True):
    """A run of equal lines that nobody needs to see at first."""

    rows: tuple[Row, ...]
    kind: Literal["skipped"] = "skipped"


def differences(
    old: Sequence[str], new: Sequence[str], *, context: int = CONTEXT
) -> tuple[Row | Skipped, ...]:
    """Compare two programs, given as lines without their line ends."""
    return tuple(_fold(list(_rows(old, new)), context))


def _rows(old: Sequence[str], new: Sequence[str]) -> Iterator[Row]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for operation, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if operation == "equal":
            for offset in range(old_to - old_from):
                yield Row(kind="same", old=old_from + offset + 1, new=new_from + offset + 1)
        else:
            pairs = _pairs(old[old_from:old_to], new[new_from:new_to])
            pairs = [(old_from + left, new_from + right) for left, right in pairs]
            yield from _change(old, new, pairs, (old_from, old_to), (new_from, new_to))


def _change(
    old: Sequence[str],
    new: Sequence[str],
    pairs: list[tuple[int, int]],
    old_range: Span,
    new_range: Span,
) -> Iterator[Row]:
    """Yield a change: what is gone, then what is new, up to each line that became another."""
    old_at, new_at = old_range[0], new_range[0]
    for left, right in [*pairs, (old_range[1], new_range[1])]:
        yield from (Row(kind="removed", old=number + 1) for number in range(old_at, left))
        yield from (Row(kind="added", new=number + 1) for number in range(new_at, right))
        if left < old_range[1]:
            yield _changed(left, right, old[left], new[right])
        old_at, new_at = left + 1, right + 1


def _changed(left: int, right: int, old: str, new: str) -> Row:
    old_marks, new_marks = _word_marks(old, new)
    return Row(
        kind="changed", old=left + 1, new=right + 1, old_marks=old_marks, new_marks=new_marks
    )


def _pairs(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Return which line became which, both in order, so that most words are kept.

    A longest common subsequence where two lines match as much as they are alike.
    """
    if not old or not new or len(old) * len(new) > PAIRING_LIMIT:
        return []
    alike = [[_likeness(left, right) for right in map(_words, new)] for left in map(_words, old)]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in reversed(range(len(old))):
        for j in reversed(range(len(new))):
            taken = alike[i][j] + best[i + 1][j + 1] if alike[i][j] >= ALIKE else 0.0
            best[i][j] = max(taken, best[i + 1][j], best[i][j + 1])
    pairs = []
    i = j = 0
    while i < len(old) and j < len(new):
        if best[i][j] == best[i + 1][j]:
            i += 1
        elif best[i][j] == best[i][j + 1]:
            j += 1
        else:
            pairs.append((i, j))
            i, j = i + 1, j + 1
    return pairs


def _words(line: str) -> Counter[str]:
    """Count the characters of each word of a line; signs weigh little, spaces nothing."""
    counts: Counter[str] = Counter()
    for word in _WORD.findall(line):
        if not word.isspace():
            counts[word] += len(word)
    return counts


def _likeness(left: Counter[str], right: Counter[str]) -> float:
    total = left.total() + right.total()
    return 2 * (left & right).total() / total if total else 0.0


def _word_marks(old: str, new: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Return which characters of two lines differ, whole words at a time."""
    left, right = _WORD.findall(old), _WORD.findall(new)
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    old_marks, new_marks = [], []
    old_starts, new_starts = _starts(left), _starts(right)
    for operation, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if operation != "equal":
            old_marks.append((old_starts[old_from], old_starts[old_to]))
            new_marks.append((new_starts[new_from], new_starts[new_to]))
    return _join(old, old_marks), _join(new, new_marks)


def _starts(words: Sequence[str]) -> list[int]:
    starts = [0]
    for word in words:
        starts.append(starts[-1] + len(word))
    return starts


def _join(line: str, marks: list[Span]) -> tuple[Span, ...]:
    """Leave out empty marks; make one of two that only spaces part."""
    joined: list[Span] = []
    for start, end in marks:
        if start == end:
            continue
        if joined and not line[joined[-1][1] : start].strip():
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return tuple(joined)


def _fold(rows: list[Row], context: int) -> Iterator[Row | Skipped]:
    runs = [(same, list(run)) for same, run in groupby(rows, lambda row: row.kind == "same")]
    for number, (same, run) in enumerate(runs):
        head = context if number > 0 else 0
        tail = context if number < len(runs) - 1 else 0
        hidden = run[head : len(run) - tail] if same else []
        if len(hidden) < FOLD_LEAST or len(runs) == 1:
            yield from run
            continue
        yield from run[:head]
        yield Skipped(rows=tuple(hidden))
        yield from run[head + len(hidden) :]
