"""Recordings and drafts: kept, found, changed, bounded; by each form of the store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from backend.domain.errors import LimitReached, UnknownDraft, UnknownRecording
from backend.domain.remembered import Draft, RecordingInfo
from backend.runtime.store.forgetful import ForgetfulStore
from backend.runtime.store.store import Store
from backend.settings import Settings
from tests.runtime.store.stage import database, opened, person, room

LIMITS: dict[str, Any] = {
    "recordings_per_room": 3,
    "recordings_bytes": 1000,
    "drafts_per_person": 2,
}


@pytest.fixture(params=["sqlite", "forgetful"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    if request.param == "forgetful":
        yield ForgetfulStore(Settings(**LIMITS))
        return
    async with opened(tmp_path, **LIMITS) as stage:
        for name in "ab":
            await stage.store.keep_room(room(name), "e1")
            await stage.store.keep_person(person(name, 1))
        yield stage.store


def recording(number: int, *, in_room: str = "a", size_bytes: int = 10) -> RecordingInfo:
    return RecordingInfo(
        id=f"k{number}",
        room=in_room,
        name=f"Урок {number}",
        by="p1",
        made_at=float(number),
        events=5,
        size_bytes=size_bytes,
        labs=("udp/hello", "tcp/echo"),
    )


def draft(program: str, text: str = "print()") -> Draft:
    return Draft(program=program, text=text, saved_at=1.0)


async def test_recordings_are_kept_the_newest_first(store: Store) -> None:
    await store.keep_recording(recording(1), b"one")
    await store.keep_recording(recording(2), b"two")
    await store.keep_recording(recording(3, in_room="b"), b"three")
    assert await store.recordings("a") == (recording(2), recording(1))
    assert await store.recording("a", "k1") == (recording(1), b"one")
    with pytest.raises(UnknownRecording):
        await store.recording("b", "k1")


async def test_a_recording_can_be_renamed_deleted_and_brought_back(store: Store) -> None:
    await store.keep_recording(recording(1), b"one")
    renamed = replace(recording(1), name="B")
    assert await store.change_recording("a", "k1", name="B") == renamed
    assert (await store.change_recording("a", "k1", deleted=True)).deleted
    assert await store.recordings("a") == ()
    with pytest.raises(UnknownRecording):
        await store.recording("a", "k1")
    assert await store.change_recording("a", "k1", deleted=False) == renamed
    assert await store.recordings("a") == (renamed,)
    for where in (("b", "k1"), ("a", "k2")):
        with pytest.raises(UnknownRecording):
            await store.change_recording(*where, deleted=True)


async def test_recordings_have_bounds_and_deleted_ones_do_not_count(store: Store) -> None:
    for number in (1, 2, 3):
        await store.keep_recording(recording(number), b"")
    await store.keep_recording(recording(1 + 3, in_room="b"), b"")
    with pytest.raises(LimitReached) as reached:
        await store.keep_recording(recording(5), b"")
    assert reached.value.limit == 3
    await store.change_recording("a", "k1", deleted=True)
    with pytest.raises(LimitReached) as reached:
        await store.keep_recording(recording(5, size_bytes=981), b"")
    assert reached.value.limit == 1000
    await store.keep_recording(recording(5, size_bytes=980), b"")


async def test_drafts_are_of_a_person_a_lab_and_a_program(store: Store) -> None:
    await store.keep_draft("a", "p1", "udp/hello", draft("b.py", "1"))
    await store.keep_draft("a", "p1", "udp/hello", draft("b.py", "2"))
    await store.keep_draft("a", "p1", "tcp/echo", draft("a.py"))
    await store.keep_draft("a", "", "udp/hello", draft("a.py", "of nobody"))
    assert await store.drafts("a", "p1", "udp/hello") == (draft("b.py", "2"),)
    assert await store.draft("a", "p1", "tcp/echo", "a.py") == draft("a.py")
    for whose in (("a", "p2"), ("b", "p1")):
        with pytest.raises(UnknownDraft):
            await store.draft(*whose, "udp/hello", "b.py")
    await store.forget_draft("a", "p1", "udp/hello", "b.py")
    await store.forget_draft("a", "p1", "udp/hello", "b.py")
    assert await store.drafts("a", "p1", "udp/hello") == ()


async def test_drafts_have_a_bound_for_each_person(store: Store) -> None:
    for program in ("a", "b"):
        await store.keep_draft("a", "p1", "udp/hello", draft(program))
    with pytest.raises(LimitReached) as reached:
        await store.keep_draft("a", "p1", "tcp/echo", draft("a"))
    assert reached.value.limit == 2
    await store.keep_draft("a", "p1", "udp/hello", draft("b", "again"))
    await store.keep_draft("a", "p2", "udp/hello", draft("a"))


async def test_who_is_forgotten_leaves_no_drafts_and_a_room_no_recordings(store: Store) -> None:
    await store.keep_recording(recording(1), b"one")
    await store.keep_draft("a", "p1", "udp/hello", draft("a"))
    await store.keep_draft("a", "p2", "udp/hello", draft("a"))
    await store.forget_person("a", "p1")
    assert await store.drafts("a", "p1", "udp/hello") == ()
    await store.forget_room("a")
    assert await store.recordings("a") == ()
    assert await store.drafts("a", "p2", "udp/hello") == ()


async def test_what_was_deleted_long_ago_and_what_is_too_old_goes_for_good(tmp_path: Path) -> None:
    async with opened(tmp_path) as stage:
        await stage.store.keep_room(room("a"), "e1")
        for number in (1, 2, 3):
            await stage.store.keep_recording(recording(number), b"x")
    with database(tmp_path) as looked_at:
        looked_at.execute("UPDATE recordings SET made_at = unixepoch()")
        looked_at.execute("UPDATE recordings SET deleted_at = unixepoch() - 7200 WHERE id = 'k1'")
        looked_at.execute("UPDATE recordings SET made_at = made_at - 11 * 86400 WHERE id = 'k2'")
        looked_at.commit()
    async with opened(tmp_path, recordings_kept_days=10) as stage:
        assert [each.id for each in await stage.store.recordings("a")] == ["k3"]
        with pytest.raises(UnknownRecording):
            await stage.store.change_recording("a", "k1", deleted=False)
