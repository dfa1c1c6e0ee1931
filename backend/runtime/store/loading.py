"""What a database remembers, read at once when a playground begins.

The clock of events counts from the machine's start. Events of another boot are moved, so that all
of a history are in the clock of today: their Unix time stays true.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

import msgspec
from sqlalchemy import Connection, Row, func, select

from backend.domain.remembered import (
    Numbers,
    PersonRecord,
    RoomMemory,
    RoomRecord,
    RunRecord,
    Stretch,
)
from backend.domain.room_info import Shown
from backend.domain.takes import LabTake
from backend.runtime.store.tables import chunks, people, rooms, runs, starts

SAME_CLOCK_S = 1.0  # where a machine cannot name its boot: clocks are set, but not by so much

_T = re.compile(rb'(\{"seq":\d+,"type":"[^"]*","t":)(-?[0-9.]+(?:[eE][-+]?\d+)?)')

_run = msgspec.json.Decoder(RunRecord).decode
_shown = msgspec.json.Decoder(Shown | None).decode
_peers = msgspec.json.Decoder(dict[str, str]).decode


@dataclass(frozen=True, kw_only=True)
class Clock:
    """A boot of a machine, and what makes Unix time of its clock."""

    boot: str
    offset_s: float


def ended_well(connection: Connection) -> bool:
    """Whether the playground before us kept all that it had told."""
    wanted = select(starts.c.ended_well).order_by(starts.c.id.desc()).limit(1)
    row = connection.execute(wanted).first()
    return row is None or bool(row.ended_well)


def load(connection: Connection, clock: Clock) -> tuple[RoomMemory, ...]:
    """Return all rooms with what is in them."""
    shifts = {
        row.id: shift_between(Clock(boot=row.boot, offset_s=row.clock_offset_s), clock)
        for row in connection.execute(select(starts))
    }
    people_of = defaultdict(list)
    in_order = (func.length(people.c.id), people.c.id)  # p9 came before p10
    for row in connection.execute(select(people).order_by(*in_order)):
        people_of[row.room].append(PersonRecord(**row._mapping))
    runs_of = defaultdict(list)
    for row in connection.execute(select(runs).order_by(runs.c.number)):
        runs_of[row.room].append(_run(row.record))
    memories = []
    for row in connection.execute(select(rooms).order_by(rooms.c.made_at)).all():
        history = _history(connection, row.id, shifts)
        memories.append(
            RoomMemory(
                record=_room(row),
                epoch=row.epoch,
                last_seq=max([row.last_seq, *(stretch.last for stretch in history)]),
                numbers=_numbers(row),
                people=tuple(people_of[row.id]),
                runs=tuple(runs_of[row.id]),
                history=history,
            )
        )
    return tuple(memories)


def shift_between(then: Clock, now: Clock) -> float:
    """Return what is to be added to the times of events of then."""
    shift_s = then.offset_s - now.offset_s
    if then.boot == now.boot and (now.boot or abs(shift_s) < SAME_CLOCK_S):
        return 0.0
    return shift_s


def shifted(line: bytes, by_s: float) -> bytes:
    """Return an event with its time moved; `t` comes third (domain/timeline.py, events.py)."""
    found = _T.match(line)
    if not by_s or not found:
        return line
    moved = b"%s%.6f" % (found[1], float(found[2]) + by_s)
    return moved + line[found.end() :]


def _numbers(row: Row[tuple[object, ...]]) -> Numbers:
    takes = msgspec.json.decode(row.takes, type=dict[str, LabTake])
    return Numbers(run=row.last_run, client=row.last_client, person=row.last_person, takes=takes)


def _room(row: Row[tuple[object, ...]]) -> RoomRecord:
    names = ("id", "code", "name", "policy", "locked", "parent", "owner", "made_at")
    values = {name: row._mapping[name] for name in names}
    return RoomRecord(**values, shown=_shown(row.shown), peers=_peers(row.peers))


def _history(connection: Connection, room: str, shifts: dict[int, float]) -> tuple[Stretch, ...]:
    """Return a room's events; those that follow each other are one stretch."""
    wanted = select(chunks.c.first, chunks.c.start, chunks.c.lines)
    found = connection.execute(wanted.where(chunks.c.room == room).order_by(chunks.c.first))
    stretches: list[tuple[int, list[bytes]]] = []
    for row in found:
        lines = [shifted(line, shifts[row.start]) for line in row.lines.split(b"\n")]
        following = stretches[-1][0] + len(stretches[-1][1]) if stretches else None
        if following is None or row.first > following:
            stretches.append((row.first, lines))
        else:  # what was tried twice may be there twice
            stretches[-1][1].extend(lines[following - row.first :])
    return tuple(Stretch(first=first, lines=lines) for first, lines in stretches)
