"""Recordings and drafts as rows: what people keep on purpose, in bounds."""

from __future__ import annotations

import time
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert

from backend.domain.errors import LimitReached, UnknownDraft, UnknownRecording
from backend.domain.remembered import Draft, RecordingInfo
from backend.runtime.store.tables import drafts, recordings

_labs = msgspec.json.Decoder(tuple[str, ...]).decode
_INFO = [column for column in recordings.c if column.name != "file"]


def recordings_of(connection: Connection, room: str) -> tuple[RecordingInfo, ...]:
    """Read the recordings of a room."""
    found = connection.execute(
        select(*_INFO)
        .where(recordings.c.room == room, recordings.c.deleted_at.is_(None))
        .order_by(recordings.c.made_at.desc(), recordings.c.id)
    )
    return tuple(map(_recording, found))


def recording_of(
    connection: Connection, room: str, recording_id: str
) -> tuple[RecordingInfo, bytes]:
    """Read a recording with its file. Raises UnknownRecording."""
    found = connection.execute(select(recordings).where(*_is(room, recording_id)))
    row = found.first()
    if row is None or row.deleted_at is not None:
        raise UnknownRecording(recording_id)
    return _recording(row), row.file


def keep_recording(
    connection: Connection,
    recording: RecordingInfo,
    file: bytes,
    *,
    count: int,
    size_bytes: int,
) -> None:
    """Write a recording, if the room has place for it. Raises LimitReached."""
    there = connection.execute(
        select(func.count(), func.coalesce(func.sum(recordings.c.size_bytes), 0)).where(
            recordings.c.room == recording.room, recordings.c.deleted_at.is_(None)
        )
    )
    kept, kept_bytes = there.one()
    if kept >= count:
        raise LimitReached("recordings", count)
    if kept_bytes + recording.size_bytes > size_bytes:
        raise LimitReached("bytes of recordings", size_bytes)
    values = msgspec.structs.asdict(recording)
    del values["deleted"]
    values["labs"] = msgspec.json.encode(recording.labs)
    connection.execute(insert(recordings).values(**values, deleted_at=None, file=file))


def change_recording(
    connection: Connection,
    room: str,
    recording_id: str,
    *,
    name: str | None,
    deleted: bool | None,
) -> RecordingInfo:
    """Rename, delete, bring back. Raises UnknownRecording."""
    values: dict[str, object] = {}
    if name is not None:
        values["name"] = name
    if deleted is not None:
        values["deleted_at"] = time.time() if deleted else None
    which = _is(room, recording_id)
    if values:
        connection.execute(update(recordings).where(*which).values(**values))
    row = connection.execute(select(*_INFO).where(*which)).first()
    if row is None:
        raise UnknownRecording(recording_id)
    return _recording(row)


def drafts_of(connection: Connection, room: str, person: str, lab: str) -> tuple[Draft, ...]:
    """Read what a person drafted for a lab."""
    found = connection.execute(
        select(drafts.c.program, drafts.c.text, drafts.c.saved_at)
        .where(*_whose(room, person), drafts.c.lab == lab)
        .order_by(drafts.c.program)
    )
    return tuple(Draft(**row._mapping) for row in found)


def draft_of(connection: Connection, room: str, person: str, lab: str, program: str) -> Draft:
    """Read one draft. Raises UnknownDraft."""
    for draft in drafts_of(connection, room, person, lab):
        if draft.program == program:
            return draft
    raise UnknownDraft(program)


def keep_draft(
    connection: Connection, room: str, person: str, lab: str, draft: Draft, *, count: int
) -> None:
    """Write a draft, if this person has place for it. Raises LimitReached."""
    others = connection.execute(
        select(func.count()).where(
            *_whose(room, person), (drafts.c.lab != lab) | (drafts.c.program != draft.program)
        )
    )
    if others.scalar_one() >= count:
        raise LimitReached("drafts", count)
    key = {"room": room, "person": person, "lab": lab, "program": draft.program}
    values = {"text": draft.text, "saved_at": draft.saved_at}
    connection.execute(
        insert(drafts)
        .values(**key, **values)
        .on_conflict_do_update(index_elements=[drafts.c[name] for name in key], set_=values)
    )


def forget_draft(connection: Connection, room: str, person: str, lab: str, program: str) -> None:
    """Forget a draft."""
    which = (*_whose(room, person), drafts.c.lab == lab, drafts.c.program == program)
    connection.execute(delete(drafts).where(*which))


def _is(room: str, recording_id: str) -> tuple[ColumnElement[bool], ...]:
    return recordings.c.room == room, recordings.c.id == recording_id


def _whose(room: str, person: str) -> tuple[ColumnElement[bool], ...]:
    return drafts.c.room == room, drafts.c.person == person


def _recording(row: Row[Any]) -> RecordingInfo:
    shared = [name for name in RecordingInfo.__struct_fields__ if name in row._fields]
    values = {name: row._mapping[name] for name in shared}
    values["labs"] = _labs(row.labs)
    return RecordingInfo(**values, deleted=row.deleted_at is not None)
