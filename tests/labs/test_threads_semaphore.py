"""threads/semaphore: what its eight threads print proves that three at most are inside."""

from __future__ import annotations

import re

import pytest

from tests.labs.threads_runs import run_demo, said

STUDENTS = [f"Студент {number}" for number in range(1, 9)]
SPEEDS = ("50", "1000", "1000000")


@pytest.mark.parametrize("speed", SPEEDS)
def test_the_printed_count_is_the_true_one_and_never_above_three(speed: str) -> None:
    inside: set[str] = set()
    counts = []
    for who, what in said(run_demo("threads/semaphore", speed)):
        if match := re.fullmatch(r"(входит|выходит), внутри (\d+) из 3", what):
            if match[1] == "входит":
                assert who not in inside
                inside.add(who)
            else:
                inside.remove(who)
            assert int(match[2]) == len(inside) <= 3
            counts.append(len(inside))
    assert inside == set()
    assert len(counts) == 2 * len(STUDENTS)


@pytest.mark.parametrize("speed", SPEEDS)
def test_each_of_the_eight_waits_enters_and_leaves_exactly_once(speed: str) -> None:
    steps: dict[str, list[str]] = {}
    for who, what in said(run_demo("threads/semaphore", speed)):
        if who in STUDENTS:
            steps.setdefault(who, []).append(what.split(",", maxsplit=1)[0])
    assert steps == {student: ["подходит к двери", "входит", "выходит"] for student in STUDENTS}


def test_the_program_says_first_what_is_shared_and_last_that_all_have_left() -> None:
    lines = run_demo("threads/semaphore", "1000")
    assert lines[0] == "Мест: 3, студентов: 8"
    assert lines[-1] == "Все студенты ушли"
