"""How a database comes from each version to the next (Alembic)."""
