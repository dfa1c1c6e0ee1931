"""One take of a lab within a room's history: which of its events a recording of the take holds.

They are those of the lab's runs until the next take began, and what is told of nobody's run:
people, names. A run that had not ended when the take began is there with its past, as in the page:
where its streams stand is known from all of it. `take.began` parts that past from the take.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import msgspec

from backend.domain.errors import InvalidRequest
from backend.domain.labs import Lab
from backend.domain.programs import role_of
from backend.domain.room_info import RunInfo
from backend.domain.takes import board_of

_TELLS = (b'"type":"run.', b'"type":"take.')
_TELLS_WITHIN = 64  # `seq` and `type` stand first (domain/timeline.py)
_BEGAN = "take.began"
_ENDS = ("run.exited", "run.crashed", "run.failed")


class _Line(msgspec.Struct, frozen=True):
    """What has to be known of an event, or a gap (`after`), to say whose it is."""

    type: str
    seq: int = 0
    after: int = 0
    run: str | None = None
    lab: str | None = None
    program: str | None = None
    take: int = 0


_decode = msgspec.json.Decoder(_Line).decode


@dataclass(kw_only=True)
class _Run:
    """A run as a history tells of it: numbers of events where it began and ended."""

    lab: str
    program: str
    placed: str | None = None
    began: int = 0
    ended: float = math.inf

    def is_of(self, lab: Lab) -> bool:
        """Whether the lab's page shows it."""
        if self.lab == "":  # an outside program is everywhere until it is known where
            return self.placed in (None, lab.id, lab.server)
        return self.lab == lab.id or (self.lab == lab.server and role_of(self.program) == "server")


@dataclass(frozen=True, kw_only=True)
class RecordedTake:
    """A take: the numbers of the events that began it (0: none) and the next one, and its runs."""

    lab: str
    number: int
    began: int
    end: float
    runs: frozenset[str]

    def holds(self, line: bytes) -> bool:
        """Whether an event, or a gap, is in a recording of it."""
        told = _decode(line)
        if max(told.seq, told.after) >= self.end:
            return False
        if told.run is not None:
            return told.run in self.runs
        return told.type != _BEGAN or told.seq == self.began


@dataclass(frozen=True)
class _Board:
    """What a history tells of runs, and of the takes of one board."""

    id: str
    takes: dict[int, int] = field(default_factory=dict)  # number → of its first event
    runs: dict[str, _Run] = field(default_factory=dict)

    def hear(self, told: _Line) -> None:
        """Take one of its events that tell of a take or a run."""
        if told.type == _BEGAN and told.lab == self.id:
            self.takes[told.take] = told.seq
        elif told.type == "run.started" and told.run is not None:
            lab, program = told.lab or "", told.program or ""
            self.runs[told.run] = _Run(lab=lab, program=program, began=told.seq)
        elif (run := self.runs.get(told.run or "")) is None:
            return
        elif told.type == "run.placed":
            run.placed = told.lab
        elif told.type in _ENDS:
            run.ended = told.seq


def find_take(
    lab: Lab, number: int | None, *, lines: Iterable[bytes], runs: Sequence[RunInfo], present: int
) -> RecordedTake:
    """Find a take of a lab in a history; without a number the present one.

    `runs` are those that the room knows, `present` is the number of the present take. Raises
    InvalidRequest when the history has nothing of that take.
    """
    board = _Board(board_of(lab))
    for run in runs:
        board.runs[run.id] = _Run(lab=run.lab, program=run.program)
    for line in lines:
        if any(tells in line[:_TELLS_WITHIN] for tells in _TELLS):
            board.hear(_decode(line))
    number = present if number is None else number
    oldest = max(1, min(board.takes, default=present + 1) - 1)
    if not oldest <= number <= present:
        raise InvalidRequest(
            f"Expected a take of {lab.id} that is still known, {oldest} to {present}, got {number}."
        )
    began, end = board.takes.get(number, 0), board.takes.get(number + 1, math.inf)
    held = frozenset(
        name
        for name, run in board.runs.items()
        if run.is_of(lab) and run.began < end and began < run.ended
    )
    return RecordedTake(lab=lab.id, number=number, began=began, end=end, runs=held)
