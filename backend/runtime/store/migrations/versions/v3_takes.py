"""The takes of each room's labs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "3"
down_revision = "2"


def upgrade() -> None:
    """Add the column."""
    column = sa.Column("takes", sa.LargeBinary, nullable=False, server_default="{}")
    op.add_column("rooms", column)
