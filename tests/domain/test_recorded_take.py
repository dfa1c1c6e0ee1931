"""A recording of one take holds what its page shows: this lab's runs, until the next take began."""

from __future__ import annotations

import pytest

from backend.domain.errors import InvalidRequest
from backend.domain.events import Event, Output, RunExited, RunStarted, TakeBegan
from backend.domain.programs import ProgramName
from backend.domain.recorded_take import RecordedTake, find_take
from backend.domain.timeline import Cursor, Gap, Timeline
from tests.labs.reading import read_course

LABS = read_course()


def started(run: str, lab: str, program: ProgramName = "server") -> RunStarted:
    return RunStarted(t=0, run=run, lab=lab, program=program, pid=1, args=())


def said(run: str, text: str) -> Output:
    return Output(t=0, run=run, stream="stdout", text=text)


def ended(run: str) -> RunExited:
    return RunExited(t=0, run=run, exit_status=0)


def began(lab: str, take: int) -> TakeBegan:
    return TakeBegan(t=0, lab=lab, take=take)


# Two takes of chat/login; r2 goes on through both, r1 ends in the first. r3 is of another lab.
HISTORY: list[Event] = [
    started("r1", "chat/login"),
    said("r1", "one"),
    started("r2", "chat/login", "client"),
    ended("r1"),
    started("r3", "tcp/echo"),
    began("tcp/echo", 2),
    began("chat/login", 2),
    said("r2", "two"),
    said("r3", "other"),
    started("r4", "chat/login"),
    started("r5", "chat/window", "client"),
    began("chat/login", 3),
    said("r4", "three"),
]


def lines_of(history: list[Event], *, limit: int = 100) -> list[bytes]:
    made = Timeline(epoch="e", limit_events=limit, limit_bytes=2**20)
    for event in history:
        made.append(event)
    return made.read(Cursor(0), limit_events=100, limit_bytes=2**20).lines


def find(lab: str, number: int | None, lines: list[bytes], present: int = 3) -> RecordedTake:
    return find_take(LABS.get(lab), number, lines=lines, runs=(), present=present)


@pytest.mark.parametrize(
    ("lab", "number", "numbers"),
    [
        ("chat/login", 1, [1, 2, 3, 4]),
        ("chat/login", 2, [3, 7, 8, 10]),  # r2 with its past
        ("chat/login", 3, [3, 8, 10, 12, 13]),
        ("chat/login", None, [3, 8, 10, 12, 13]),
        ("chat/window", 2, [7, 10, 11]),  # shares the board and the server of chat/login
    ],
)
def test_a_take_holds_what_its_lab_shows(lab: str, number: int | None, numbers: list[int]) -> None:
    lines = lines_of(HISTORY)
    take = find(lab, number, lines)
    assert [seq for seq, line in enumerate(lines, 1) if take.holds(line)] == numbers


def test_a_take_whose_beginning_is_forgotten_is_what_is_left_of_it() -> None:
    lines = lines_of(HISTORY, limit=6)
    assert find("chat/login", 2, lines).began == 0
    assert find("chat/login", 2, lines).end == 12


def test_what_is_missing_is_told_as_far_as_the_take_goes() -> None:
    take = find("chat/login", 2, lines_of(HISTORY))
    held = [
        take.holds(Gap(after=n, next=n + 2, missed=1, epoch="e").encoded()) for n in (0, 11, 12)
    ]
    assert held == [True, True, False]


@pytest.mark.parametrize(("lab", "number", "present"), [("chat/login", 4, 3), ("udp/hello", 2, 1)])
def test_a_take_that_there_is_not_is_refused(lab: str, number: int, present: int) -> None:
    with pytest.raises(InvalidRequest, match=rf"to {present}, got {number}"):
        find(lab, number, lines_of(HISTORY), present)


def test_a_take_that_is_forgotten_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="2 to 3, got 1"):
        find("chat/login", 1, lines_of(HISTORY, limit=3))
