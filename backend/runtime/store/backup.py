"""A copy of the database while somebody uses it (SQLite's online backup)."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path

from backend.domain.errors import DataRefused

WAIT_S = 30.0  # for a lock
PAGES = 4096  # that are copied in one go; between two of them the playground writes


def back_up(database: Path, to: Path) -> int:
    """Copy a database to a new file; return its size. Raises DataRefused.

    The copy has its name only when it is whole and checked; nothing is ever overwritten.
    """
    if not database.is_file():
        raise DataRefused(f"There is nothing to back up: no {database}.")
    if to.exists():
        raise DataRefused(f"{to} is there already: a backup overwrites nothing.")
    part = to.with_name(f".{to.name}.{os.getpid()}.part")
    try:
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        try:
            _copy(database, part)
            _check(part)
            _sync(part)
            os.link(part, to)  # fails where the name is taken meanwhile
            return to.stat().st_size
        finally:
            part.unlink()
    except FileExistsError:
        raise DataRefused(f"{to} is there already: a backup overwrites nothing.") from None
    except (sqlite3.Error, OSError) as error:
        raise DataRefused(f"The backup failed: {error}.") from None


def _copy(database: Path, part: Path) -> None:
    source = sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True, timeout=WAIT_S)
    with contextlib.closing(source), contextlib.closing(sqlite3.connect(part)) as copy:
        source.execute("BEGIN")  # one moment for all of it: else each write begins the copy anew
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        source.backup(copy, pages=PAGES)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, without others beside it


def _check(part: Path) -> None:
    with contextlib.closing(sqlite3.connect(part)) as copy:
        (said,) = copy.execute("PRAGMA integrity_check").fetchone()
    if said != "ok":
        raise sqlite3.DatabaseError(f"the copy is damaged: {said}")


def _sync(part: Path) -> None:
    descriptor = os.open(part, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
