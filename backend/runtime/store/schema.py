"""The version of a database: an old one is migrated, a newer one is refused.

Alembic takes most of a second to import, so that it comes only where something is to be done.
"""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from backend.domain.errors import DataRefused, NewerDatabase

NEWEST = "3"
WAIT_S = 5.0  # for somebody who has the file locked, a backup as a rule

_SCRIPTS = Path(__file__).parent / "migrations"


def prepare(path: Path) -> None:
    """See that the database is there and of the newest version. Raises DataRefused."""
    try:
        found = version_of(path)
        if found == NEWEST:
            return
        if found is not None and int(found) > int(NEWEST):
            raise NewerDatabase(
                f"{path} was written by a newer Socket Lab: its version is {found}, this one knows "
                f"{NEWEST}. Use the newer Socket Lab, or name another folder with --data."
            )
        migrate(path)
    except (sqlite3.Error, OSError, ValueError) as error:
        raise DataRefused(f"{path} cannot be used as a database: {error}.") from None


def version_of(path: Path) -> str | None:
    """Return the version of a database, None for an empty or missing one. Raises sqlite3.Error."""
    if not path.exists():
        return None
    with contextlib.closing(sqlite3.connect(path, timeout=WAIT_S)) as database:
        names = {row[0] for row in database.execute("SELECT name FROM sqlite_master")}
        if not names:
            return None
        if "alembic_version" not in names:
            raise ValueError("it is a database of something else")
        row = database.execute("SELECT version_num FROM alembic_version").fetchone()
    return row[0] if row else None


def migrate(path: Path, to: str = NEWEST) -> None:
    """Bring a database to a version; it stays as it was if that fails. Raises sqlite3.Error."""
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine, event
    from sqlalchemy.exc import DBAPIError
    from sqlalchemy.pool import NullPool

    engine = create_engine(
        f"sqlite:///{path}", poolclass=NullPool, connect_args={"timeout": WAIT_S}
    )

    # Else Python's module commits before each statement that is no INSERT, UPDATE or DELETE.
    @event.listens_for(engine, "connect")
    def _begin_nothing_by_itself(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")  # heard only by an empty database
        connection.execute("PRAGMA journal_mode = WAL")

    @event.listens_for(engine, "begin")
    def _begin(connection: object) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # type: ignore[attr-defined]

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, to)
    except DBAPIError as error:
        raise sqlite3.DatabaseError(str(error.orig)) from error
    path.chmod(0o600)
