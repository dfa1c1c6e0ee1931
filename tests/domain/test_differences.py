from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from backend.domain.differences import CONTEXT, Row, Skipped, differences

LINE = st.text(st.sampled_from("ab (),=é\t"), max_size=8)
PROGRAM = st.lists(LINE, max_size=14)


def flat(rows: Iterable[Row | Skipped]) -> list[Row]:
    return [
        row for entry in rows for row in (entry.rows if isinstance(entry, Skipped) else [entry])
    ]


def shape(old: str, new: str) -> list[tuple[str, int | None, int | None]]:
    rows = flat(differences(old.split("\n"), new.split("\n")))
    return [(row.kind, row.old, row.new) for row in rows]


@given(PROGRAM, PROGRAM, st.integers(0, 4))
def test_each_column_rebuilt_is_its_program(old: list[str], new: list[str], context: int) -> None:
    rows = flat(differences(old, new, context=context))
    assert [row.old for row in rows if row.old] == list(range(1, len(old) + 1))
    assert [row.new for row in rows if row.new] == list(range(1, len(new) + 1))


@given(PROGRAM, PROGRAM)
def test_a_row_is_what_its_kind_says(old: list[str], new: list[str]) -> None:
    for row in flat(differences(old, new)):
        left = None if row.old is None else old[row.old - 1]
        right = None if row.new is None else new[row.new - 1]
        assert {
            "same": left is not None and left == right,
            "changed": left is not None and right is not None and left != right,
            "added": left is None and right is not None,
            "removed": left is not None and right is None,
        }[row.kind]


@given(PROGRAM, PROGRAM)
def test_what_the_marks_leave_over_is_the_same_on_both_sides(
    old: list[str], new: list[str]
) -> None:
    def unmarked(line: str, marks: tuple[tuple[int, int], ...]) -> str:
        at, kept = 0, ""
        for start, end in marks:
            assert at <= start < end <= len(line)
            kept, at = kept + line[at:start], end
        return kept + line[at:]

    for row in flat(differences(old, new)):
        if row.kind != "changed":
            assert (row.old_marks, row.new_marks) == ((), ())
            continue
        assert row.old is not None
        assert row.new is not None
        left = unmarked(old[row.old - 1], row.old_marks)
        right = unmarked(new[row.new - 1], row.new_marks)
        assert "".join(left.split()) == "".join(right.split())


@given(PROGRAM)
def test_a_program_does_not_differ_from_itself(program: list[str]) -> None:
    assert {row.kind for row in flat(differences(program, program))} <= {"same"}


def test_a_line_that_became_another_stands_beside_it_whatever_came_between() -> None:
    old = "sock = socket.socket()\nsock.bind(address)\nserve(sock)\nsock.close()"
    new = "with socket.socket() as sock:\n    sock.bind(address)\n    print(1)\n    serve(sock)"
    assert shape(old, new) == [
        ("changed", 1, 1),
        ("changed", 2, 2),
        ("added", None, 3),
        ("changed", 3, 4),
        ("removed", 4, None),
    ]


def test_lines_that_have_nothing_in_common_are_no_pair() -> None:
    assert shape("import socket", "print(f'{n}')") == [("removed", 1, None), ("added", None, 1)]


def test_the_words_that_changed_are_marked_and_nothing_else() -> None:
    old, new = "data, peer = sock.recvfrom(1024)", "data, peer = sock.recvfrom(BUFFER)"
    (row,) = flat(differences([old], [new]))
    assert [old[slice(*mark)] for mark in row.old_marks] == ["1024"]
    assert [new[slice(*mark)] for mark in row.new_marks] == ["BUFFER"]


def test_changed_words_with_only_a_space_between_them_are_one_mark() -> None:
    old, new = "raise old error here", "raise new problem here"
    (row,) = flat(differences([old], [new]))
    assert [old[slice(*mark)] for mark in row.old_marks] == ["old error"]


def test_indentation_is_marked_too() -> None:
    (row,) = flat(differences(["serve(sock)"], ["    serve(sock)"]))
    assert (row.old_marks, row.new_marks) == ((), ((0, 4),))


def test_a_long_run_of_equal_lines_is_folded_up_to_the_lines_around_a_change() -> None:
    same = [f"line {number}" for number in range(20)]
    rows = differences([*same, "old", *same], [*same, "entirely new text", *same])
    kinds = [row.kind for row in rows]
    around = ["same"] * CONTEXT
    assert kinds == ["skipped", *around, "removed", "added", *around, "skipped"]
    assert isinstance(rows[0], Skipped)
    assert len(rows[0].rows) == len(same) - CONTEXT


def test_a_fold_that_would_hide_hardly_anything_is_none() -> None:
    same = [f"line {number}" for number in range(CONTEXT + 2)]
    assert [row.kind for row in differences([*same, "x"], [*same, "y"])].count("skipped") == 0


def test_two_equal_programs_are_shown_whole() -> None:
    program = [f"line {number}" for number in range(40)]
    assert {row.kind for row in differences(program, program)} == {"same"}
