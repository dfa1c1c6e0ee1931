"""Rooms, people, runs and histories as rows: what is done with them in a transaction."""

from __future__ import annotations

import time
from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, delete, func, or_, update
from sqlalchemy.dialects.sqlite import insert

from backend.domain.remembered import Numbers, PersonRecord, RoomRecord, RunRecord
from backend.runtime.store.backlog import Lines
from backend.runtime.store.tables import drafts, people, rooms, runs

as_json = msgspec.json.encode

# A room may have been forgotten while what happened last in it was on its way.
_ADD_CHUNK = (
    "INSERT OR REPLACE INTO chunks (room, first, last, start, at, lines) SELECT ?, ?, ?, ?, ?, ? "
    "WHERE EXISTS (SELECT 1 FROM rooms WHERE id = ?)"
)
_KEEP_RUN = (
    "INSERT OR REPLACE INTO runs (room, number, record) SELECT ?, ?, ? "
    "WHERE EXISTS (SELECT 1 FROM rooms WHERE id = ?)"
)
_FORGET_CHUNKS = "DELETE FROM chunks WHERE room = ? AND last < ?"


def keep_room(connection: Connection, room: RoomRecord, epoch: str) -> None:
    """Write a room; `epoch` is that of a new one."""
    values = {
        **{name: getattr(room, name) for name in ("code", "name", "policy", "locked")},
        **{name: getattr(room, name) for name in ("parent", "owner", "made_at")},
        "shown": as_json(room.shown),
        "peers": as_json(room.peers),
    }
    numbers = dict.fromkeys(("last_seq", "last_run", "last_client", "last_person"), 0)
    first = {"takes": as_json({}), **numbers}
    statement = insert(rooms).values(id=room.id, epoch=epoch, **values, **first)
    connection.execute(statement.on_conflict_do_update(index_elements=[rooms.c.id], set_=values))


def forget_room(connection: Connection, room_id: str) -> None:
    """Forget a room and its desks; what is in them goes along (ON DELETE CASCADE)."""
    connection.execute(delete(rooms).where(or_(rooms.c.id == room_id, rooms.c.parent == room_id)))


def keep_person(connection: Connection, person: PersonRecord) -> None:
    """Write a person."""
    values = msgspec.structs.asdict(person)
    key = {name: values.pop(name) for name in ("room", "id")}
    statement = insert(people).values(**key, **values)
    connection.execute(
        statement.on_conflict_do_update(index_elements=[people.c.room, people.c.id], set_=values)
    )
    last = func.max(rooms.c.last_person, number_of(person.id))
    connection.execute(update(rooms).where(rooms.c.id == person.room).values(last_person=last))


def forget_person(connection: Connection, room_id: str, person_id: str) -> None:
    """Forget a person and their drafts."""
    connection.execute(delete(people).where(people.c.room == room_id, people.c.id == person_id))
    connection.execute(delete(drafts).where(drafts.c.room == room_id, drafts.c.person == person_id))


def keep_run(connection: Connection, room_id: str, run: RunRecord) -> None:
    """Write a run."""
    values = (room_id, number_of(run.info.id), as_json(run), room_id)
    connection.exec_driver_sql(_KEEP_RUN, values)


def forget_run(connection: Connection, room_id: str, run_id: str) -> None:
    """Forget a run."""
    connection.execute(
        delete(runs).where(runs.c.room == room_id, runs.c.number == number_of(run_id))
    )


def keep_numbers(connection: Connection, room_id: str, numbers: Numbers) -> None:
    """Write the last numbers that a room gave."""
    values = {
        "last_run": numbers.run,
        "last_client": numbers.client,
        "takes": as_json(numbers.takes),
    }
    connection.execute(update(rooms).where(rooms.c.id == room_id).values(**values))


def begin_history(connection: Connection, room_id: str, epoch: str) -> None:
    """Forget a history; the next event is the first of another one."""
    connection.exec_driver_sql("DELETE FROM chunks WHERE room = ?", (room_id,))
    values = {"epoch": epoch, "last_seq": 0}
    connection.execute(update(rooms).where(rooms.c.id == room_id).values(**values))


def add_lines(connection: Connection, groups: Sequence[Lines], start: int) -> None:
    """Write events, and forget those that they push out."""
    now = time.time()
    added = [
        (
            *(each.room, each.first, each.first + len(each.lines) - 1, start, now),
            *(b"\n".join(each.lines), each.room),
        )
        for each in groups
    ]
    oldest = {each.room: each.oldest for each in groups}
    connection.exec_driver_sql(_ADD_CHUNK, added)
    connection.exec_driver_sql(_FORGET_CHUNKS, [*oldest.items()])


def number_of(identity: str) -> int:
    """Return the number in the id of a run or a person: 12 of `r12`."""
    return int(identity[1:])
