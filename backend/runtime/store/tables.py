"""The tables, as the newest version has them; `migrations` is how a database comes to have them.

A history is kept in chunks: what one flush of the writer brought for one room is one row, its lines
joined. So it costs a row for many events, and is forgotten by rows.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)

metadata = MetaData()

# One row for each time that a playground began with this database. `clock_offset_s` + t of its
# events = Unix time; `boot` is the machine's, since the clock of events counts from there.
starts = Table(
    "starts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Float, nullable=False),
    Column("boot", Text, nullable=False),
    Column("clock_offset_s", Float, nullable=False),
    Column("ended_well", Boolean, nullable=False),
)

rooms = Table(
    "rooms",
    metadata,
    Column("id", Text, primary_key=True),
    Column("code", Text),
    Column("name", Text, nullable=False),
    Column("policy", Text, nullable=False),
    Column("locked", Boolean, nullable=False),
    Column("parent", Text),
    Column("owner", Text),
    Column("shown", LargeBinary, nullable=False),  # JSON
    Column("peers", LargeBinary, nullable=False),  # JSON
    Column("made_at", Float, nullable=False),
    Column("epoch", Text, nullable=False),
    Column("last_seq", Integer, nullable=False),  # of what was forgotten, at least
    Column("last_run", Integer, nullable=False),
    Column("last_client", Integer, nullable=False),
    Column("last_person", Integer, nullable=False),
    Column("takes", LargeBinary, nullable=False, server_default="{}"),  # JSON
)

people = Table(
    "people",
    metadata,
    Column("room", Text, ForeignKey("rooms.id", ondelete="CASCADE"), primary_key=True),
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("muted", Boolean, nullable=False),
    Column("token_hash", LargeBinary, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("room", Text, ForeignKey("rooms.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("record", LargeBinary, nullable=False),  # RunRecord as JSON
)

chunks = Table(
    "chunks",
    metadata,
    Column("room", Text, ForeignKey("rooms.id", ondelete="CASCADE"), primary_key=True),
    Column("first", Integer, primary_key=True),
    Column("last", Integer, nullable=False),
    Column("start", Integer, ForeignKey("starts.id"), nullable=False),
    Column("at", Float, nullable=False),
    Column("lines", LargeBinary, nullable=False),
)
Index("chunks_by_age", chunks.c.at)

recordings = Table(
    "recordings",
    metadata,
    Column("id", Text, primary_key=True),
    Column("room", Text, ForeignKey("rooms.id", ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False),
    Column("by", Text),
    Column("made_at", Float, nullable=False),
    Column("events", Integer, nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("labs", LargeBinary, nullable=False),  # JSON
    Column("deleted_at", Float),
    Column("file", LargeBinary, nullable=False),  # compressed by zlib
)
Index("recordings_by_room", recordings.c.room, recordings.c.made_at)

drafts = Table(
    "drafts",
    metadata,
    Column("room", Text, ForeignKey("rooms.id", ondelete="CASCADE"), primary_key=True),
    Column("person", Text, primary_key=True),
    Column("lab", Text, primary_key=True),
    Column("program", Text, primary_key=True),
    Column("text", Text, nullable=False),
    Column("saved_at", Float, nullable=False),
)
