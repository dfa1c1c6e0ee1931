"""A disk that is full, a file that is locked or read-only: nothing stops, it is told, it passes."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.domain.errors import NotKept
from tests.labs.programs import WAIT_S
from tests.runtime.store.stage import (
    database,
    integrity_of,
    line_of,
    lines,
    opened,
    person,
    room,
)

QUICK = {"store_patience_s": 0.5, "store_interval_s": 0.02}
CAP_DAC_OVERRIDE, CAP_VERSION_3 = 1, 0x20080522


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte, which only root may mount."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ("mount", "-t", "tmpfs", "-o", "size=1m", "none", folder)
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        pytest.skip(f"a small disk cannot be made here: {error}")
    if done.returncode:
        pytest.skip(f"a small disk cannot be made here: {done.stderr}")
    try:
        yield folder
    finally:
        subprocess.run(("umount", folder), check=True)


def fill(folder: Path) -> Path:
    """Leave no byte free."""
    filler = folder / "filler"
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)
    return filler


async def test_a_full_disk_loses_nothing_and_is_told_until_there_is_room(
    small_disk: Path,
) -> None:
    async with opened(small_disk, **QUICK) as stage:
        await stage.store.keep_room(room("a"), "e1")
        stage.tell("a", 1, 10)
        filler = fill(small_disk)
        stage.tell("a", 11, 2000, fill="x" * 50)
        told = await stage.becomes("failing")
        assert told.reason == "database or disk is full"
        began = time.monotonic()
        with pytest.raises(NotKept, match="database or disk is full"):
            await stage.store.keep_person(person("a", 1))
        assert time.monotonic() - began < WAIT_S / 2
        filler.unlink()
        assert (await stage.becomes("kept")).lost == 0
        await stage.store.keep_person(person("a", 2))
    assert integrity_of(small_disk) == "ok"
    async with opened(small_disk) as stage:
        memory = stage.rooms["a"]
        assert memory.epoch == "e1"
        assert [stretch.first for stretch in memory.history] == [1]
        assert memory.last_seq == 2000
        assert [each.id for each in memory.people] == ["p2"]  # p1 was told that it is not kept


async def test_a_file_that_somebody_else_has_locked_is_waited_for(tmp_path: Path) -> None:
    async with opened(tmp_path, **QUICK) as stage:
        await stage.store.keep_room(room("a"), "e1")
        with database(tmp_path) as other:
            other.isolation_level = None
            other.execute("BEGIN IMMEDIATE")
            stage.tell("a", 1, 10)
            assert (await stage.becomes("failing")).reason == "database is locked"
            stage.tell("a", 11, 20)
            other.execute("COMMIT")
        assert (await stage.becomes("kept")).lost == 0
    async with opened(tmp_path) as stage:
        assert lines(stage.rooms["a"]) == [line_of(seq) for seq in range(1, 21)]


async def test_who_waits_for_a_short_lock_is_told_of_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path, store_patience_s=30) as stage:
        with database(tmp_path) as other:
            other.isolation_level = None
            other.execute("BEGIN IMMEDIATE")
            waiting = asyncio.create_task(stage.store.keep_room(room("a"), "e1"))
            await stage.becomes("failing")
            assert not waiting.done()
            other.execute("COMMIT")
        await waiting
    async with opened(tmp_path) as stage:
        assert stage.rooms.keys() == {"a"}


async def test_what_has_no_room_while_it_fails_is_a_counted_gap(tmp_path: Path) -> None:
    async with opened(tmp_path, store_queue_events=1024, **QUICK) as stage:
        await stage.store.keep_room(room("a"), "e1")
        stage.tell("a", 1, 10)
        await stage.store.keep_person(person("a", 1))
        with database(tmp_path) as other:
            other.isolation_level = None
            other.execute("BEGIN IMMEDIATE")
            stage.tell("a", 11, 20)
            await stage.becomes("failing")
            stage.tell("a", 21, 5000)
            other.execute("COMMIT")
        lost = (await stage.becomes("kept")).lost
        stage.tell("a", 5001, 5010)
    async with opened(tmp_path) as stage:
        memory = stage.rooms["a"]
        before, after = memory.history
        assert (before.first, after.last, memory.last_seq) == (1, 5010, 5010)
        assert after.first - before.last - 1 == lost > 3000
        assert memory.epoch == "e1"
        assert len(after.lines) >= 512


@contextlib.contextmanager
def bound_by_permissions() -> Iterator[None]:
    """Let the modes of files hold for root, too: take CAP_DAC_OVERRIDE away (capset(2)).

    It holds for this thread and those that it starts meanwhile.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(CAP_VERSION_3, 0)
    held = (ctypes.c_uint32 * 6)()
    if os.geteuid() != 0:
        yield
        return
    if libc.capget(header, held) != 0:
        pytest.skip("nobody but root can write here, and root cannot be held from it")
    fewer = (ctypes.c_uint32 * 6)(*held)
    fewer[0] &= ~(1 << CAP_DAC_OVERRIDE)  # of the effective ones
    assert libc.capset(header, fewer) == 0
    try:
        yield
    finally:
        assert libc.capset(header, held) == 0


async def test_a_file_that_is_read_only_is_read_and_written_when_that_is_over(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path) as stage:
        await stage.store.keep_room(room("a"), "e1")
        stage.tell("a", 1, 10)
    path = tmp_path / "socketlab.sqlite"
    path.chmod(0o400)
    with bound_by_permissions():
        async with opened(tmp_path, **QUICK) as stage:
            assert len(lines(stage.rooms["a"])) == 10
            epoch = stage.rooms["a"].epoch
            assert epoch != "e1"  # whatever happens, these numbers are never taken for others
            told = stage.store.info()
            assert (told.state, told.reason) == (
                "failing",
                "attempt to write a readonly database",
            )
            stage.tell("a", 11, 20)
            with pytest.raises(NotKept, match="readonly"):
                await stage.store.keep_room(room("b"), "e1")
            path.chmod(0o600)
            assert (await stage.becomes("kept")).lost == 0
    async with opened(tmp_path) as stage:
        memory = stage.rooms["a"]
        assert (memory.epoch, len(lines(memory)), memory.last_seq) == (epoch, 20, 20)


async def test_a_store_that_still_fails_ends_in_bounded_time_and_gives_its_folder_back(
    tmp_path: Path,
) -> None:
    with database(tmp_path) as other:
        async with opened(tmp_path, **QUICK) as stage:
            await stage.store.keep_room(room("a"), "e1")
            other.isolation_level = None
            other.execute("BEGIN IMMEDIATE")
            stage.tell("a", 1, 10)
            await stage.becomes("failing")
            began = time.monotonic()
        assert time.monotonic() - began < 5
        other.execute("COMMIT")
    async with opened(tmp_path) as stage:
        assert stage.rooms["a"].epoch != "e1"


async def test_the_log_says_when_it_fails_and_when_that_is_over(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(tmp_path, **QUICK) as stage:
        await stage.store.keep_room(room("a"), "e1")
        with database(tmp_path) as other:
            other.isolation_level = None
            other.execute("BEGIN IMMEDIATE")
            stage.tell("a", 1, 10)
            await stage.becomes("failing")
            other.execute("COMMIT")
        await stage.becomes("kept")
    assert [record.getMessage() for record in caplog.records] == [
        "Socket Lab does not remember what happens now: database is locked",
        "Socket Lab remembers again; 0 events were not kept",
    ]
