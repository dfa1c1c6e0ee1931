"""A program from elsewhere: what it tells is checked, bounded, and told as a run without a lab."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.errors import InvalidRequest
from backend.domain.events import Dropped, Event, RunExited, RunPlaced, RunStarted
from backend.domain.traced_events import Call, Sync
from backend.runtime.outside import OutsideRun
from backend.settings import Settings

LEAVES = st.none() | st.floats(allow_nan=False, allow_infinity=False) | st.integers() | st.text()


def children(each: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(each) | st.dictionaries(st.sampled_from(["type", "t", "call", "x"]), each)


HELLO = {"program": "mine.py", "args": ["--fast"], "pid": 42}


def call(n: int = 1, **more: Any) -> dict[str, Any]:
    fields = {"type": "call", "t": time.monotonic(), "run": "trace", "call": "listen", "n": n}
    return {**fields, "socket": 1, "transport": "tcp", "thread": "MainThread", "tid": 1, **more}


class EchoAlone:
    """One lab, whose port is 50007."""

    def is_lab(self, lab_id: str) -> bool:
        return lab_id == "tcp/echo"

    def lab_at(self, address: tuple[str, int], transport: str) -> str | None:
        return "tcp/echo" if (address[1], transport) == (50007, "tcp") else None


PLAIN = Settings()  # to make them takes longer than what most examples do


class Told:
    """An outside run, and the events that were published for it."""

    def __init__(self, *, t: float | None = None, lab: str = "", **settings: Any) -> None:
        self.events: list[Event] = []
        hello = {**HELLO, "lab": lab, "t": time.monotonic() if t is None else t}
        self.run = OutsideRun(
            "r7",
            json.dumps(hello),
            settings=Settings(**settings) if settings else PLAIN,
            publish=lambda *events: self.events.extend(events),
            places=EchoAlone(),
        )

    def take(self, message: object) -> None:
        self.run.take(json.dumps(message))


def test_it_is_told_as_a_run_without_a_lab() -> None:
    told = Told()
    told.take([call(address="127.0.0.1:5000")])
    told.take({"exit_status": 3})
    started, listen, exited = told.events
    assert isinstance(started, RunStarted)
    assert (started.run, started.lab, started.program) == ("r7", "", "mine.py")
    assert (started.pid, started.args) == (42, ("--fast",))
    assert isinstance(listen, Call)
    assert (listen.run, listen.call, listen.address) == ("r7", "listen", "127.0.0.1:5000")
    assert isinstance(exited, RunExited)
    assert (exited.run, exited.exit_status) == ("r7", 3)


def places(events: list[Event]) -> list[str]:
    return [event.lab for event in events if isinstance(event, RunPlaced)]


def test_it_belongs_where_its_owner_says_at_once() -> None:
    told = Told(lab="tcp/echo")
    assert [type(event) for event in told.events] == [RunStarted, RunPlaced]
    told.take([call(call="bind", address="127.0.0.1:50007")])
    assert places(told.events) == ["tcp/echo"]


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ({"call": "bind", "address": "0.0.0.0:50007"}, ["tcp/echo"]),
        ({"call": "listen", "local": "127.0.0.1:50007"}, ["tcp/echo"]),
        ({"call": "connect", "peer": "127.0.0.1:50007"}, ["tcp/echo"]),
        ({"call": "connect", "peer": "127.0.0.1:50007", "error": "ECONNREFUSED"}, []),
        ({"call": "connect", "peer": "127.0.0.1:7"}, []),
        ({"call": "recv", "local": "127.0.0.1:50007"}, []),
        ({"call": "connect", "peer": "/tmp/socket"}, []),
    ],
)
def test_it_belongs_to_the_lab_on_whose_port_it_talks(
    what: dict[str, Any], expected: list[str]
) -> None:
    told = Told()
    told.take([call(1), call(2, **what), call(3, **what)])
    assert places(told.events) == expected


def test_where_it_belongs_is_told_before_its_first_calls() -> None:
    """So no picture of another lab ever has it."""
    told = Told(lab="no/such")
    assert told.events == []
    told.take([call(1, call="socket"), call(2, call="bind", address="127.0.0.1:50007")])
    assert [type(event) for event in told.events] == [RunStarted, RunPlaced, Call, Call]


def test_it_cannot_speak_for_another_run() -> None:
    told = Told()
    sync = {"type": "sync", "t": 1.0, "run": "r1", "event": "set", "thread": "x", "tid": 1}
    told.take([call(run="r1"), {**sync, "object": 1, "kind": "Event"}])
    assert [type(event) for event in told.events[1:]] == [Call, Sync]
    assert all(getattr(event, "run", None) == "r7" for event in told.events)


@pytest.mark.parametrize(
    "hello",
    [
        "",
        "{",
        "[]",
        "{}",
        json.dumps({**HELLO, "t": "now"}),
        json.dumps({**HELLO, "t": 1.0, "lab": 7}),
        json.dumps({**HELLO, "t": 1.0, "pid": "x"}),
        json.dumps({**HELLO, "t": 1.0, "args": "x"}),
        json.dumps([call()]),
    ],
)
def test_a_first_message_that_names_no_program_is_refused(hello: str) -> None:
    events: list[Event] = []
    with pytest.raises(InvalidRequest, match="first message"):
        OutsideRun("r7", hello, settings=Settings(), publish=lambda *told: events.extend(told))
    assert events == []


@pytest.mark.parametrize(
    "message",
    [
        "",
        "[",
        "5",
        "{}",
        '{"exit_status": "none"}',
        '{"exit_status": 0, "more": 1}',
        "[[]",
        '[{"type": "call"]',
    ],
)
def test_anything_but_events_of_a_tracer_is_refused(message: str) -> None:
    told = Told()
    with pytest.raises(InvalidRequest, match="Expected a list of events"):
        told.run.take(message)
    assert len(told.events) == 0


@pytest.mark.parametrize(
    "odd",
    [
        {"type": "run.started", "lab": "", "program": "x", "pid": 1, "args": []},
        {"type": "output", "stream": "stdin", "text": "x"},
        {"type": "output", "stream": "stdout", "text": "x" * 4097},
        {"t": None},
        {"t": "now"},
        {"backlog": "5"},
        {"line": -1},
        {"bytes": 2**63},
        {"bytes": 2**70},
        {"data": "?"},
        {"data": "A" * 4096},
        {"value": "soon"},
        {"type": "dropped", "what": "calls", "count": -5, "bytes": 0},
        {"type": "dropped", "what": "calls", "count": 5, "bytes": -1},
        {"call": "fork"},
        {"phase": "middle"},
        {"transport": "sctp"},
        {"type": "thread", "event": "dies"},
        {"type": "sync", "event": "made", "object": 1, "kind": "Barrier"},
        {"type": "sync", "event": "stolen", "object": 1, "kind": "Lock"},
        {"type": "sync", "event": "waiting", "object": 1, "kind": "Event", "until": "noon"},
        {"type": "dropped", "what": "pennies", "count": 1, "bytes": 1},
    ],
    ids=str,
)
def test_an_event_that_is_none_costs_itself_only(odd: dict[str, Any]) -> None:
    told = Told()
    told.take([call(1), call(**odd), call(2)])
    told.take([[], 5, None, call(3)])
    told.take({"exit_status": 0})
    assert [event.n for event in told.events if isinstance(event, Call)] == [1, 2, 3]
    lost = [event for event in told.events if isinstance(event, Dropped)]
    assert [(event.count, event.bytes, event.what) for event in lost] == [
        (1, 0, "calls"),
        (3, 0, "calls"),
    ]


@given(st.lists(st.recursive(LEAVES, children)))
def test_whatever_a_list_holds_is_told_or_counted(things: list[object]) -> None:
    told = Told()
    told.take([*things, call(1)])
    told.run.end()
    lost = sum(event.count for event in told.events if isinstance(event, Dropped))
    assert lost == len(things)
    assert [event.n for event in told.events if isinstance(event, Call)] == [1]


def test_a_report_of_what_was_lost_counts_as_so_many() -> None:
    told = Told(trace_events_rate=1)
    report = {"type": "dropped", "t": 1.0, "run": "x", "what": "calls", "count": 70, "bytes": 7}
    for n in range(10):
        told.take([report, call(n, call="send", bytes=3), report])
    told.run.end()
    calls = [event for event in told.events if isinstance(event, Call)]
    lost = [event for event in told.events if isinstance(event, Dropped)]
    assert len(lost) < 10
    assert len(calls) + sum(event.count for event in lost) == 10 + 20 * 70
    assert (
        sum(event.bytes or 0 for event in calls) + sum(event.bytes for event in lost)
        == 10 * 3 + 20 * 7
    )


def test_more_than_the_rate_is_counted_and_not_told() -> None:
    told = Told(trace_events_rate=10)
    told.take([call(n, call="send", bytes=3) for n in range(100)])
    told.run.end()
    calls = [event for event in told.events if isinstance(event, Call)]
    dropped = [event for event in told.events if isinstance(event, Dropped)]
    assert 40 <= len(calls) <= 45  # four seconds' worth at once
    assert len(calls) + sum(event.count for event in dropped) == 100
    assert {(event.run, event.what) for event in dropped} == {("r7", "calls")}
    size = sum(event.bytes for event in dropped)
    assert size + sum(event.bytes or 0 for event in calls) == 300
    assert isinstance(told.events[-1], RunExited)


def test_its_end_is_told_once_and_nothing_after_it() -> None:
    told = Told()
    told.take({"exit_status": 1})
    told.run.end()
    with pytest.raises(InvalidRequest, match="already ended"):
        told.take([call()])
    with pytest.raises(InvalidRequest, match="already ended"):
        told.take({"exit_status": 0})
    assert [type(event) for event in told.events] == [RunStarted, RunExited]


def test_the_clock_of_another_machine_is_put_right() -> None:
    there = 5_000_000.0
    told = Told(t=there)
    told.take([call(t=there + 0.5)])
    # A moment passes between the two; clocks of these sizes are told apart to 1 ns or so.
    assert -1e-6 < told.events[1].t - told.events[0].t - 0.5 < 0.1


def test_the_clock_of_this_machine_is_left_alone() -> None:
    told = Told(t=time.monotonic() - 0.2)
    then = time.monotonic() - 0.1
    told.take([call(t=then)])
    assert told.events[1].t == then


@pytest.mark.parametrize("t", [-1e300, 0.0, 1e300])
def test_what_a_program_tells_happened_while_it_was_there(t: float) -> None:
    told = Told(t=time.monotonic())
    told.take([call(t=t)])
    assert abs(told.events[1].t - time.monotonic()) < 100
