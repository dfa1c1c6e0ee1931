"""What is too old is forgotten: when a playground begins, and once an hour."""

from __future__ import annotations

import time

from sqlalchemy import Connection, delete, or_, select

from backend.runtime.store.tables import chunks, recordings, starts

DAY_S = 86400.0
UNDO_S = 3600.0  # within which a deleted recording can come back
PAGES = 4096  # that go back to the file system in one go

# The number of the newest event outlives the event.
_REMEMBER_NUMBERS = (
    "UPDATE rooms SET last_seq = max(last_seq, coalesce("
    "(SELECT max(last) FROM chunks WHERE room = rooms.id), 0))"
)


def tidy(
    connection: Connection, *, start: int, history_days: float, recordings_days: float
) -> None:
    """Forget what is too old; `start` is the row of the playground that is here."""
    now = time.time()
    connection.exec_driver_sql(_REMEMBER_NUMBERS)
    connection.execute(delete(chunks).where(chunks.c.at < now - history_days * DAY_S))
    connection.execute(
        delete(recordings).where(
            or_(
                recordings.c.made_at < now - recordings_days * DAY_S,
                recordings.c.deleted_at < now - UNDO_S,
            )
        )
    )
    of_events = select(chunks.c.start)
    connection.execute(delete(starts).where(starts.c.id < start, starts.c.id.not_in(of_events)))
    connection.exec_driver_sql(f"PRAGMA incremental_vacuum({PAGES})")
