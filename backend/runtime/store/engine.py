"""Connections to the database, set up as the store needs them."""

from __future__ import annotations

import contextlib
import stat
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import NullPool

BUSY_S = 1.0  # that a connection waits for another one's lock

_BEGIN = "socketlab_begin"  # an option of a connection: how it begins a transaction


def engine_of(path: Path) -> Engine:
    """Return what makes connections to a database, each for the thread that asks for it.

    A connection is closed when it is given back.
    """
    engine = create_engine(
        f"sqlite:///{path}", poolclass=NullPool, connect_args={"timeout": BUSY_S}
    )

    @event.listens_for(engine, "do_connect")
    def _free_siblings(*_args: object) -> None:
        free_siblings(path)

    # We begin transactions ourselves: Python's module would begin one only before it writes, and
    # then too late to wait for another one's lock.
    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("foreign_keys = ON", "synchronous = FULL"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN, "BEGIN"))

    return engine


def for_writing(engine: Engine) -> Engine:
    """Return the same with transactions that have the right to write from their beginning."""
    return engine.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})


def free_siblings(path: Path) -> None:
    """Let the files beside a database be written as it is itself.

    SQLite makes them with its mode, and they stay as they are when a read-only database is freed.
    """
    with contextlib.suppress(OSError):
        mode = stat.S_IMODE(path.stat().st_mode)
        for suffix in ("-wal", "-shm"):
            sibling = path.with_name(path.name + suffix)
            if stat.S_IMODE(sibling.stat().st_mode) != mode:
                sibling.chmod(mode)
