"""What Alembic runs for a migration: on the connection that it is given, all in one transaction."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from backend.runtime.store.tables import metadata


def _migrate(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata)
    with context.begin_transaction():
        context.run_migrations()


_migrate(context.config.attributes["connection"])
