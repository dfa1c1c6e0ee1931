"""Databases of other versions: an old one is migrated, a newer one refused."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from backend.domain.errors import DataRefused
from backend.runtime.store.opening import store_for
from backend.runtime.store.schema import _SCRIPTS, NEWEST, migrate, prepare, version_of
from backend.runtime.store.tables import metadata
from backend.settings import Settings
from tests.runtime.store.stage import integrity_of, lines, opened

ROOM_OF_VERSION_1 = """
INSERT INTO starts VALUES (1, 1.0, 'boot', 0.0, 1);
INSERT INTO rooms VALUES ('a', '123456', 'Old', 'together', 0, NULL, NULL, 'null', '{}', 1.0,
    'e1', 0, 3, 4, 5);
INSERT INTO people VALUES ('a', 'p1', 'Ann', 'host', 0, x'00');
INSERT INTO chunks VALUES ('a', 1, 2, 1, 9e9, cast('{"seq":1}' || char(10) || '{"seq":2}' AS BLOB));
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "socketlab.sqlite"


def test_the_newest_version_is_what_the_tables_say(path: Path) -> None:
    prepare(path)
    assert version_of(path) == NEWEST == ScriptDirectory(str(_SCRIPTS)).get_current_head()
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


async def test_an_old_database_is_migrated_with_what_is_in_it(path: Path) -> None:
    migrate(path, "1")
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.executescript(ROOM_OF_VERSION_1)
    assert version_of(path) == "1"
    async with opened(path.parent) as stage:
        memory = stage.rooms["a"]
        assert (memory.record.code, memory.epoch, memory.last_seq) == ("123456", "e1", 2)
        assert len(lines(memory)) == 2
        assert [each.name for each in memory.people] == ["Ann"]
        assert await stage.store.recordings("a") == ()
    assert version_of(path) == NEWEST
    assert integrity_of(path.parent) == "ok"


def test_a_newer_database_is_refused_with_a_clear_line_and_stays_as_it_is(path: Path) -> None:
    prepare(path)
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("UPDATE alembic_version SET version_num = '99'")
        database.commit()
    content = path.read_bytes()
    with pytest.raises(DataRefused) as refused:
        store_for(Settings(data=str(path.parent)))
    assert refused.value.message == (
        f"{path} was written by a newer Socket Lab: its version is 99, this one knows {NEWEST}. "
        "Use the newer Socket Lab, or name another folder with --data."
    )
    assert path.read_bytes() == content


def test_a_newer_database_is_refused_in_the_users_own_folder_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    folder = tmp_path / "socketlab"
    folder.mkdir()
    prepare(folder / "socketlab.sqlite")
    with contextlib.closing(sqlite3.connect(folder / "socketlab.sqlite")) as database:
        database.execute("UPDATE alembic_version SET version_num = '99'")
        database.commit()
    for _ in range(2):  # and whoever was refused does not have the folder
        with pytest.raises(DataRefused, match="newer Socket Lab"):
            store_for(Settings(data=""))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"this is no database at all, " * 100, "file is not a database"),
        (None, "it is a database of something else"),
    ],
)
def test_what_is_no_database_of_ours_is_refused_and_not_touched(
    path: Path, content: bytes | None, words: str
) -> None:
    if content is None:
        with contextlib.closing(sqlite3.connect(path)) as database:
            database.execute("CREATE TABLE other (x)")
    else:
        path.write_bytes(content)
    before = path.read_bytes()
    with pytest.raises(DataRefused, match=words):
        store_for(Settings(data=str(path.parent)))
    assert path.read_bytes() == before


def test_a_migration_that_fails_leaves_the_database_as_it_was(path: Path) -> None:
    migrate(path, "1")
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE drafts (in_the_way)")  # the second table of version 2
    with pytest.raises(DataRefused, match="already exists"):
        prepare(path)
    assert version_of(path) == "1"
    with contextlib.closing(sqlite3.connect(path)) as database:
        names = {row[0] for row in database.execute("SELECT name FROM sqlite_master")}
    assert "recordings" not in names
