"""A backup is whole, checked, and overwrites nothing, while the playground goes on writing."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import stat
import sys
from pathlib import Path

import pytest

from backend.domain.errors import DataRefused
from backend.runtime.store.backup import back_up
from tests.commands import run
from tests.labs.programs import WAIT_S
from tests.runtime.store.stage import lines, opened, person, room


async def test_a_backup_of_a_playground_that_writes_is_whole(tmp_path: Path) -> None:
    data, copies = tmp_path / "data", tmp_path / "copies"
    copies.mkdir()
    acknowledged = 0
    begun, done = asyncio.Event(), asyncio.Event()

    async def write() -> None:
        nonlocal acknowledged
        while not done.is_set():
            number = acknowledged + 1
            stage.tell("a", number * 10, number * 10 + 9, fill="x" * 200)
            await stage.store.keep_person(person("a", number))
            acknowledged = number
            begun.set()

    async with opened(data) as stage:
        await stage.store.keep_room(room("a"), "e1")
        writing = asyncio.create_task(write())
        await asyncio.wait_for(begun.wait(), WAIT_S)
        for name in ("1", "2", "3"):
            before, target = acknowledged, copies / name
            await asyncio.to_thread(back_up, data / "socketlab.sqlite", target)
            assert stat.S_IMODE(target.stat().st_mode) == 0o600
            with contextlib.closing(sqlite3.connect(target)) as copy:
                assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
                (people,) = copy.execute("SELECT count(*) FROM people").fetchone()
            assert people >= before
        done.set()
        await writing
        assert stage.told == []  # nobody was in the way
    assert sorted(path.name for path in copies.iterdir()) == ["1", "2", "3"]
    restored = tmp_path / "restored"
    restored.mkdir()
    (copies / "3").rename(restored / "socketlab.sqlite")
    async with opened(restored) as stage:
        memory = stage.rooms["a"]
        assert len(memory.history) == 1
        assert len(lines(memory)) == 10 * len(memory.people)


def test_nothing_is_overwritten_and_nothing_is_left_of_a_backup_that_fails(tmp_path: Path) -> None:
    database = tmp_path / "socketlab.sqlite"
    with pytest.raises(DataRefused, match="nothing to back up"):
        back_up(database, tmp_path / "copy")
    database.write_bytes(b"no database " * 1000)
    with pytest.raises(DataRefused, match="The backup failed: file is not a database"):
        back_up(database, tmp_path / "copy")
    database.unlink()
    sqlite3.connect(database).close()
    (tmp_path / "copy").write_text("precious")
    with pytest.raises(DataRefused, match="overwrites nothing"):
        back_up(database, tmp_path / "copy")
    with pytest.raises(DataRefused, match="No such file or directory"):
        back_up(database, tmp_path / "nowhere" / "copy")
    assert (tmp_path / "copy").read_text() == "precious"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy", "socketlab.sqlite"]


async def test_the_command_backs_up_while_a_playground_has_the_folder(tmp_path: Path) -> None:
    command = (sys.executable, "-m", "backend.cli", "backup")
    async with opened(tmp_path) as stage:
        await stage.store.keep_room(room("a"), "e1")
        copy = tmp_path / "copy"
        done = await asyncio.to_thread(run, *command, copy, "--data", tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout == f"{copy}: {copy.stat().st_size} bytes, whole\n"
        again = await asyncio.to_thread(run, *command, copy, "--data", tmp_path)
    assert (again.returncode, again.stdout) == (2, "")
    assert again.stderr == f"{copy} is there already: a backup overwrites nothing.\n"
    with contextlib.closing(sqlite3.connect(copy)) as backup:
        assert backup.execute("SELECT id FROM rooms").fetchall() == [("a",)]


def test_the_command_says_when_there_is_nothing_to_back_up(tmp_path: Path) -> None:
    done = run(sys.executable, "-m", "backend.cli", "backup", tmp_path / "copy")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "There is nothing to back up: the playground remembers nothing.\n"
