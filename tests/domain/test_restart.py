"""What a restart has ended is told, and nothing else."""

from __future__ import annotations

from backend.domain.class_events import PersonLeft, PersonOnline
from backend.domain.events import (
    ClientClosed,
    ClientOpened,
    Event,
    Output,
    Problem,
    RunCrashed,
    RunExited,
    RunFailed,
    RunStarted,
)
from backend.domain.restart import RESTARTED, ends_of
from backend.domain.timeline import Cursor, Timeline

MANY = 10**6


def history(*events: Event) -> list[bytes]:
    timeline = Timeline(epoch="e", limit_events=MANY, limit_bytes=MANY)
    for event in events:
        timeline.append(event)
    return timeline.read(Cursor(0), limit_events=MANY, limit_bytes=MANY).events


def started(run: str) -> RunStarted:
    return RunStarted(t=1.0, run=run, lab="udp/hello", program="server", pid=1, args=())


def opened(client: str) -> ClientOpened:
    return ClientOpened(
        t=1.0, client=client, run="r1", transport="udp", local="127.0.0.1:1", peer="127.0.0.1:2"
    )


def test_what_ended_before_is_not_ended_again() -> None:
    crash = Problem(code="crashed", message="")
    told = history(
        *(started("r1"), RunExited(t=2.0, run="r1", exit_status=0)),
        *(started("r2"), RunCrashed(t=2.0, run="r2", exit_status=1, error=crash)),
        *(started("r3"), RunFailed(t=2.0, run="r3", error=crash)),
        *(opened("c1"), ClientClosed(t=2.0, client="c1", run="r1")),
        *(
            PersonOnline(t=1.0, person="p1", online=True),
            PersonLeft(t=2.0, person="p1", removed=True),
        ),
        *(
            PersonOnline(t=1.0, person="p2", online=True),
            PersonOnline(t=2.0, person="p2", online=False),
        ),
    )
    assert ends_of(told, (), t=9.0) == ()


def test_what_was_left_open_ends_clients_first() -> None:
    told = history(
        started("r1"),
        opened("c1"),
        Output(t=1.0, run="r1", stream="stdout", text='"type":"run.exited"'),
        PersonOnline(t=1.0, person="p1", online=True),
    )
    assert ends_of(told, (), t=9.0) == (
        ClientClosed(t=9.0, client="c1", run="r1"),
        RunExited(t=9.0, run="r1", error=RESTARTED),
        PersonOnline(t=9.0, person="p1", online=False),
    )


def test_a_run_that_lived_ends_also_where_the_history_has_forgotten_its_start() -> None:
    assert ends_of([], ["r7"], t=9.0) == (RunExited(t=9.0, run="r7", error=RESTARTED),)
    told = history(RunExited(t=2.0, run="r7", exit_status=0))  # which was noted a moment later
    assert ends_of(told, ["r7"], t=9.0) == ()
