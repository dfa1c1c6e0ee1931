"""What one room tells the store, and how it takes up what the store remembers of it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
from msgspec.structs import replace

from backend.domain.errors import SocketLabError
from backend.domain.events import Event
from backend.domain.launch import StartOrder
from backend.domain.remembered import Numbers, PersonRecord, RoomMemory, RoomRecord, RunRecord
from backend.domain.restart import RESTARTED, ends_of
from backend.domain.run_state import ENDED, RunState
from backend.domain.takes import LabTake
from backend.runtime.catalog import Catalog
from backend.runtime.people import Person
from backend.runtime.runs import Run
from backend.runtime.store.store import Store


class RoomLog:
    """A room's own way to the store: what happens in it, its runs, the numbers that it gave."""

    def __init__(self, store: Store, room_id: str, numbers: Numbers | None = None) -> None:
        self._store = store
        self._room = room_id
        self._numbers = numbers or Numbers()

    def next_run(self) -> str:
        """Return an id that no run of this room had."""
        return f"r{self._count(run=self._numbers.run + 1).run}"

    def next_client(self) -> str:
        """Return an id that no client of this room had."""
        return f"c{self._count(client=self._numbers.client + 1).client}"

    @property
    def takes(self) -> Mapping[str, LabTake]:
        """The present take of each lab; of those that are not here it is the first."""
        return self._numbers.takes

    def note_take(self, lab: str, take: LabTake) -> None:
        """Note the present take of a lab."""
        self._note(replace(self._numbers, takes={**self._numbers.takes, lab: take}))

    def _count(self, **last: int) -> Numbers:
        self._note(replace(self._numbers, **last))
        return self._numbers

    def _note(self, numbers: Numbers) -> None:
        self._numbers = numbers
        self._store.note_numbers(self._room, numbers)

    def note_events(self, first: int, lines: Sequence[bytes], oldest: int) -> None:
        """Note events from a number on; those before `oldest` are let go."""
        self._store.note_events(self._room, first, lines, oldest)

    def begin_history(self, epoch: str) -> None:
        """Note that the history was cleared."""
        self._store.begin_history(self._room, epoch)

    def note_room(self, record: RoomRecord, epoch: str) -> None:
        """Note the room itself as it is now."""
        self._store.note_room(record, epoch)

    def note_run(self, run: Run) -> None:
        """Note a run as it is now."""
        self._store.note_run(self._room, RunRecord(info=run.info(), request=run.request))

    def forget_run(self, run: Run) -> None:
        """Note that a run is forgotten."""
        self._store.forget_run(self._room, run.id)


def person_of(record: PersonRecord) -> Person:
    """Return a person who is remembered."""
    values = msgspec.structs.asdict(record)
    del values["room"]
    return Person(**values)


def path_of(catalog: Catalog, record: RunRecord) -> Path:
    """Return the program of a run that is remembered, or no path where it is there no more."""
    try:
        return catalog.get(record.request.lab).program_path(record.request.program)
    except SocketLabError:
        return Path()


def order_of(catalog: Catalog, record: RunRecord) -> StartOrder:
    """Return what a run that is remembered was started with, as far as that still matters."""
    return StartOrder(
        lab=record.info.lab,
        program=record.info.program,
        path=path_of(catalog, record),
        args=record.request.args,
        owner=record.info.owner,
    )


def as_ended(record: RunRecord) -> RunRecord:
    """Return a run as a restart leaves it: what lived has ended."""
    if record.info.state in ENDED:
        return record
    info = replace(record.info, state=RunState.EXITED, error=RESTARTED)
    return replace(record, info=info)


def ends_in(memory: RoomMemory) -> tuple[Event, ...]:
    """Return the events that a restart adds to a room's history, so that nothing stays open."""
    history = (line for stretch in memory.history for line in stretch.lines)
    living = [run.info.id for run in memory.runs if run.info.state not in ENDED]
    return ends_of(history, living, t=time.monotonic())
