"""What is kept is there after a restart, with its numbers, in the epoch that is right."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest
from msgspec.structs import replace

from backend.domain.remembered import Numbers
from backend.domain.room_info import Shown
from backend.domain.run_state import RunState
from backend.domain.takes import LabTake
from backend.runtime.store import sqlite
from backend.runtime.store.loading import Clock, shift_between, shifted
from tests.runtime.store.stage import (
    database,
    line_of,
    lines,
    opened,
    person,
    room,
    rows_become,
    run,
)


async def test_rooms_and_people_are_durable_when_the_answer_is_given(tmp_path: Path) -> None:
    async with opened(tmp_path, store_interval_s=60) as stage:
        began = time.monotonic()
        await stage.store.keep_room(room("a", code="123456", name="Класс"), "e1")
        await stage.store.keep_person(person("a", 1))
        assert time.monotonic() - began < 30  # it did not wait for events to come together
        with database(tmp_path) as looked_at:
            assert looked_at.execute("SELECT id, code, name FROM rooms").fetchall() == [
                ("a", "123456", "Класс")
            ]
            assert looked_at.execute("SELECT id FROM people").fetchall() == [("p1",)]


async def test_everything_of_a_room_comes_back_as_it_was(tmp_path: Path) -> None:
    desk = room("a.p1", parent="a", owner="p1", made_at=2.0)
    made = room(
        "a",
        code="000001",
        name="Ω",
        policy="own_desks",
        locked=True,
        shown=Shown(room="a.p1", lab="udp/hello"),
        peers={"127.0.0.1:5": "nc"},
        made_at=1.0,
    )
    async with opened(tmp_path) as stage:
        await stage.store.keep_room(room("a"), "e1")
        await stage.store.keep_room(made, "another, that does not count")
        await stage.store.keep_room(desk, "e2")
        await stage.store.keep_person(person("a", 1))
        await stage.store.keep_person(person("a", 2))
        await stage.store.keep_person(replace(person("a", 2), muted=True, name="B"))
        stage.store.note_run("a", run("a", 12))
        stage.store.note_run("a", run("a", 12, RunState.EXITED))
        stage.store.note_run("a", run("a", 9))
        stage.store.note_run("a", run("a", 8))
        stage.store.forget_run("a", "r8")
        stage.store.note_numbers(
            "a", Numbers(run=12, client=34, takes={"udp/hello": LabTake(number=3)})
        )
        stage.tell("a", 1, 1000)
    async with opened(tmp_path) as stage:
        memory = stage.rooms["a"]
        assert memory.record == made
        assert memory.epoch == "e1"
        assert memory.last_seq == 1000
        assert lines(memory) == [line_of(seq) for seq in range(1, 1001)]
        assert memory.people == (
            person("a", 1),
            replace(person("a", 2), muted=True, name="B"),
        )
        assert memory.runs == (run("a", 9), run("a", 12, RunState.EXITED))
        takes = {"udp/hello": LabTake(number=3)}
        assert memory.numbers == Numbers(run=12, client=34, person=2, takes=takes)
        assert stage.rooms["a.p1"].record == desk


async def test_events_are_durable_within_a_second(tmp_path: Path) -> None:
    async with opened(tmp_path) as stage:
        await stage.store.keep_room(room("a"), "e1")
        began = time.monotonic()
        stage.tell("a", 1, 500)
        await rows_become(tmp_path, "SELECT max(last) FROM chunks", lambda last: last == 500)
        assert time.monotonic() - began < 1


async def test_many_events_cost_few_commits(tmp_path: Path) -> None:
    async with opened(tmp_path) as stage:
        for name in "abc":
            await stage.store.keep_room(room(name), "e1")
        for seq in range(1, 1001):  # in turns, as they come
            for name in "abc":
                stage.tell(name, seq, seq)
    with database(tmp_path) as looked_at:
        assert looked_at.execute("SELECT count(*) FROM chunks").fetchone()[0] <= 6


async def test_what_a_history_has_let_go_is_forgotten(tmp_path: Path) -> None:
    async with opened(tmp_path) as stage:
        await stage.store.keep_room(room("a"), "e1")
        for first in range(1, 1001, 100):
            stage.tell("a", first, first + 99, oldest=max(1, first - 200))
            await stage.store.keep_room(room("a"), "e1")  # so that they are written
    async with opened(tmp_path) as stage:
        memory = stage.rooms["a"]
        assert [memory.history[0].first, memory.last_seq] == [701, 1000]


async def test_a_cleared_history_begins_anew_in_another_epoch(tmp_path: Path) -> None:
    async with opened(tmp_path) as stage:
        await stage.store.keep_room(room("a"), "e1")
        stage.tell("a", 1, 10)
        stage.store.begin_history("a", "e2")
        stage.tell("a", 1, 3)
    async with opened(tmp_path) as stage:
        memory = stage.rooms["a"]
        assert (memory.epoch, memory.last_seq, len(lines(memory))) == ("e2", 3, 3)


async def test_a_room_is_forgotten_with_its_desks_and_all_that_is_in_them(tmp_path: Path) -> None:
    async with opened(tmp_path) as stage:
        for name, parent in (("a", None), ("a.p1", "a"), ("b", None)):
            await stage.store.keep_room(room(name, parent=parent), "e1")
            await stage.store.keep_person(person(name, 1))
            stage.tell(name, 1, 5)
        await stage.store.forget_room("a")
        stage.tell("a", 6, 9)  # these were on their way
        stage.store.note_run("a", run("a", 1))
        await stage.store.keep_person(person("b", 2))
        await stage.store.forget_person("b", "p1")
        await stage.store.keep_person(person("b", 7))
        await stage.store.forget_person("b", "p7")
    async with opened(tmp_path) as stage:
        assert stage.rooms.keys() == {"b"}
        assert [each.id for each in stage.rooms["b"].people] == ["p2"]
        assert stage.rooms["b"].numbers.person == 7  # whose id nobody gets again
    with database(tmp_path) as looked_at:
        for table in ("people", "chunks"):
            rows = looked_at.execute(f"SELECT DISTINCT room FROM {table}").fetchall()
            assert rows == [("b",)], table


async def test_what_cannot_be_kept_for_a_reason_of_its_own_takes_nothing_along(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path) as stage:
        await stage.store.keep_room(room("a"), "e1")
        good, bad = await asyncio.gather(
            stage.store.keep_person(person("a", 1)),
            stage.store.keep_person(person("nowhere", 1)),
            return_exceptions=True,
        )
        assert (good, type(bad).__name__) == (None, "IntegrityError")
        assert stage.store.info().state == "kept"
    async with opened(tmp_path) as stage:
        assert [each.id for each in stage.rooms["a"].people] == ["p1"]


class TestEpoch:
    async def test_stays_when_all_was_kept(self, tmp_path: Path) -> None:
        async with opened(tmp_path) as stage:
            await stage.store.keep_room(room("a"), "e1")
            stage.tell("a", 1, 5)
        for _ in range(2):
            async with opened(tmp_path) as stage:
                assert (stage.rooms["a"].epoch, stage.rooms["a"].last_seq) == ("e1", 5)

    async def test_is_another_one_when_the_playground_did_not_end_well(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def vanish(_connection: object) -> None:
            """As if the process had been killed after its last events."""

        async with opened(tmp_path) as stage:
            await stage.store.keep_room(room("a"), "e1")
            stage.tell("a", 1, 5)
            monkeypatch.setattr(stage.store, "_end", vanish)
        async with opened(tmp_path) as stage:
            second = stage.rooms["a"].epoch
            assert second != "e1"
            assert stage.rooms["a"].last_seq == 5
        async with opened(tmp_path) as stage:
            assert stage.rooms["a"].epoch == second


class TestAge:
    async def test_old_events_go_but_not_their_numbers(self, tmp_path: Path) -> None:
        async with opened(tmp_path) as stage:
            await stage.store.keep_room(room("a"), "e1")
            stage.tell("a", 1, 5)
        with database(tmp_path) as looked_at:
            looked_at.execute("UPDATE chunks SET at = at - 100 * 86400")
            looked_at.commit()
        async with opened(tmp_path, history_kept_days=101) as stage:
            assert len(lines(stage.rooms["a"])) == 5
        async with opened(tmp_path, history_kept_days=99):
            pass
        async with opened(tmp_path) as stage:
            memory = stage.rooms["a"]
            assert (memory.epoch, memory.last_seq, lines(memory)) == ("e1", 5, [])
            stage.tell("a", 6, 6)
        async with opened(tmp_path) as stage:
            assert lines(stage.rooms["a"]) == [line_of(6)]


class TestClock:
    def test_of_the_same_boot_is_the_same_whatever_was_set(self) -> None:
        then, now = Clock(boot="b", offset_s=100.0), Clock(boot="b", offset_s=5000.0)
        assert shift_between(then, now) == 0.0

    def test_of_another_boot_keeps_unix_time(self) -> None:
        then, now = Clock(boot="b", offset_s=1000.0), Clock(boot="c", offset_s=5000.0)
        # t = 50 was at 1050, which is 3950 before today's boot
        assert shifted(b'{"seq":1,"type":"x","t":50.25,"run":"r1"}', shift_between(then, now)) == (
            b'{"seq":1,"type":"x","t":-3949.750000,"run":"r1"}'
        )

    def test_where_boots_have_no_name_small_differences_are_none(self) -> None:
        then = Clock(boot="", offset_s=1000.0)
        assert shift_between(then, Clock(boot="", offset_s=1000.4)) == 0.0
        assert shift_between(then, Clock(boot="", offset_s=900.0)) == 100.0

    async def test_events_of_two_boots_stand_in_order(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sqlite, "boot_id", lambda: "first")
        monkeypatch.setattr(sqlite, "clock_offset_s", lambda: 1_000_000.0)
        async with opened(tmp_path) as stage:
            await stage.store.keep_room(room("a"), "e1")
            stage.tell("a", 1, 2)
        monkeypatch.setattr(sqlite, "boot_id", lambda: "second")
        monkeypatch.setattr(sqlite, "clock_offset_s", lambda: 1_000_100.0)
        for _ in range(2):  # what was moved once is not moved again
            async with opened(tmp_path) as stage:
                told = lines(stage.rooms["a"])
        assert [line.partition(b'"t":')[2].partition(b",")[0] for line in told] == [
            b"-98.500000",
            b"-97.500000",
        ]
