"""A desk in a few words: what waits, what happened last, and no more than fits."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from backend.domain.desk_summary import TEXT_LIMIT, Recent, summary
from backend.domain.events import ClientReceived, Event, Output, Problem, RunCrashed, payload
from backend.domain.people import PersonInfo
from backend.domain.room_info import RunInfo
from backend.domain.timeline import encode_line
from backend.domain.traced_events import Call, Sync

OFFSET_S = 1000.0
ANNA = PersonInfo(id="p2", name="Anna", role="guest", muted=False, online=True, desk="room.p2")


def told(*events: Event) -> Recent:
    recent = Recent()
    for seq, event in enumerate(events, 1):
        recent.take(b'{"seq":%d,' % seq + encode_line(event)[1:], clock_offset_s=OFFSET_S)
    return recent


def call(what: Any, t: float, n: int, *, tid: int = 1, **more: Any) -> Call:
    place = {"file": "server.py", "line": 12, "thread": "MainThread", "transport": "tcp"}
    return Call(run="r1", call=what, t=t, n=n, socket=1, tid=tid, **{**place, **more})


def sync(event: Any, t: float, *, tid: int = 1, **more: Any) -> Sync:
    of = {"object": 3, "kind": "Lock", **more}
    return Sync(run="r1", event=event, t=t, thread="Worker", tid=tid, **of)


def run(number: int, **facts: Any) -> RunInfo:
    usual: dict[str, Any] = {"lab": "udp/echo", "program": "server", "state": "listening"}
    nothing = dict.fromkeys(("host", "port", "pid", "exit_status", "error"))
    return RunInfo(id=f"r{number}", room="room.p2", started_at="", **{**nothing, **usual, **facts})


def test_a_call_that_has_not_returned_waits_at_its_line() -> None:
    (wait,) = told(call("accept", 5.0, 1, phase="enter")).waits(1010.0)
    assert (wait.what, wait.since, wait.file, wait.line) == ("accept", 1005.0, "server.py", 12)


def test_a_lock_is_waited_for_by_the_name_that_the_program_has_for_it() -> None:
    (wait,) = told(sync("waiting", 5.0, name="room.seats")).waits(1010.0)
    assert wait.what == "room.seats"
    (wait,) = told(sync("waiting", 5.0)).waits(1010.0)
    assert wait.what == "Lock #3"


def test_what_has_returned_waits_no_more() -> None:
    back = (call("accept", 5.0, 1, phase="enter"), call("accept", 6.0, 1, phase="return"))
    assert told(*back).waits(1010.0) == ()


def test_a_thread_that_does_something_else_is_on_its_way_again() -> None:
    assert told(sync("waiting", 5.0), sync("acquired", 6.0)).waits(1010.0) == ()
    # The wait was of a condition, whose end another word tells.
    assert told(sync("waiting", 5.0), call("close", 6.0, 2)).waits(1010.0) == ()


def test_what_has_only_just_begun_to_wait_is_not_told_yet() -> None:
    recent = told(call("recvfrom", 5.0, 1, phase="enter"))
    assert recent.waits(1005.5) == ()
    assert len(recent.waits(1006.0)) == 1


def test_a_lock_comes_before_a_call_and_the_longest_before_others() -> None:
    recent = told(
        call("accept", 1.0, 1, phase="enter", tid=1),
        call("recv", 2.0, 2, phase="enter", tid=2),
        sync("waiting", 4.0, tid=3),
        sync("waiting", 3.0, tid=4),
        call("recv", 2.5, 3, phase="enter", tid=5),
    )
    waits = recent.waits(1010.0)
    assert [(wait.what, wait.since) for wait in waits] == [
        ("Lock #3", 1003.0), ("Lock #3", 1004.0), ("accept", 1001.0),
    ]  # fmt: skip


def test_a_run_that_has_ended_waits_for_nothing() -> None:
    error = Problem(code="crashed", message="ValueError: no")
    recent = told(
        call("accept", 5.0, 1, phase="enter"),
        RunCrashed(t=6.0, run="r1", exit_status=1, error=error),
    )
    assert recent.waits(1010.0) == ()
    assert recent.last is not None
    assert (recent.last.type, recent.last.at, recent.last.error) == ("run.crashed", 1006.0, error)


def test_the_last_event_is_in_brief() -> None:
    printed = told(Output(t=1.0, run="r1", stream="stdout", text=f"one\ntwo {'x' * 500}\n")).last
    assert printed is not None
    assert printed.text is not None
    assert printed.text.startswith("two x")
    assert len(printed.text) == TEXT_LIMIT
    data = payload(b"z" * 2000)
    got = told(ClientReceived(t=1.0, client="c1", run="r1", bytes=2000, data=data)).last
    assert got is not None
    assert got.data is not None
    assert (got.bytes, len(got.data)) == (2000, 64)
    assert len(msgspec.json.encode(got)) < 200


@pytest.mark.parametrize(
    ("error", "is_news"),
    [("ECONNREFUSED", True), ("EADDRINUSE", True), ("timeout", False), ("EAGAIN", False)],
)
def test_of_calls_only_those_that_failed_are_news(error: str, is_news: bool) -> None:
    last = told(call("connect", 1.0, 1, phase="return", error=error)).last
    assert (last is not None) == is_news


def test_of_each_program_the_newest_run_is_told_the_living_first() -> None:
    runs = (
        run(1, state="exited"),
        run(2),
        run(3, program="client", state="crashed", error=Problem(code="crashed", message="boom")),
        run(4, lab="tcp/echo", state="exited"),
    )
    told_runs = summary(ANNA, desk="room.p2", runs=runs).runs
    assert [(each.id, each.error) for each in told_runs] == [
        ("r2", None), ("r4", None), ("r3", "boom"),
    ]  # fmt: skip


def test_a_desk_to_which_nobody_has_come_has_its_person_and_nothing_else() -> None:
    empty = summary(ANNA, desk="room.p2")
    assert (empty.name, empty.runs, empty.last, empty.waits) == ("Anna", (), None, ())
