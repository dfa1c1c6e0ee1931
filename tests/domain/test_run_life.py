"""The life of a run, fact by fact: where it leads, what is told, what is to be done."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from backend.domain.errors import (
    BadArguments,
    PortInUse,
    RunBroken,
    StartFailed,
)
from backend.domain.events import Event
from backend.domain.launch import StartOrder
from backend.domain.run_facts import (
    Broken,
    Called,
    Ended,
    Fact,
    Launched,
    NoProcess,
    Printed,
    StopAsked,
    TimeOver,
)
from backend.domain.run_life import Next, RunLife, take
from backend.domain.run_state import RunState
from backend.domain.traced_events import Call, SocketCall, SocketTransport

SERVER = StartOrder(
    lab="udp/hello", program="server", path=Path("s.py"), host="127.0.0.1", ports=(12345, 0)
)
CLIENT = replace(SERVER, program="client", path=Path("c.py"), ports=(12345,))
DEMO = replace(SERVER, lab="threads/event", program="demo", path=Path("d.py"), ports=())


def call(name: SocketCall, transport: SocketTransport = "tcp", **more: Any) -> Called:
    made = Call(
        t=1.5, run="r1", call=name, n=1, socket=1, transport=transport, thread="Main", tid=1, **more
    )
    return Called(t=1.5, call=made)


LISTEN = call("listen", local="127.0.0.1:12345")
IN_USE = call("bind", local="0.0.0.0:0", error="EADDRINUSE")
LAUNCHED = Launched(t=1.0, pid=7)
PRINTED = Printed(t=1.6)
STOP = StopAsked(t=2.0)
OVER = TimeOver(t=2.5)
NONE = NoProcess(t=3.0, reason="no room")
DEFECT = Broken(t=2.8, what="LookupError: nobody")


def ended(
    status: int, last_words: str = "", excess: str | None = None, *, printed: str = ""
) -> Ended:
    return Ended(t=3.0, exit_status=status, last_words=last_words, printed=printed, excess=excess)


def lived(order: StartOrder, *facts: Fact) -> tuple[RunLife, list[Event], list[Next]]:
    """Return the life after these facts, all that was told of it, and all that was to be done."""
    life = RunLife(run="r1", order=order)
    events: list[Event] = []
    to_do: list[Next] = []
    for fact in facts:
        step = take(life, fact)
        life = step.life
        events += step.events
        to_do += [step.next] if step.next else []
    return life, events, to_do


def kinds(events: list[Event]) -> str:
    """Return the types of events, in short."""
    tags = [str(type(event).__struct_config__.tag) for event in events]
    return " ".join(tag.removeprefix("run.") for tag in tags)


@pytest.mark.parametrize(
    ("order", "facts", "state", "told", "to_do"),
    [
        (SERVER, [LAUNCHED, LISTEN], "listening", "started listening", ["answer"]),
        (SERVER, [LAUNCHED, PRINTED, call("socket")], "starting", "started", []),
        (SERVER, [LAUNCHED, OVER], "starting", "started", ["kill"]),
        (SERVER, [LAUNCHED, OVER, ended(-9)], "failed", "started failed", ["kill", "answer"]),
        (SERVER, [LAUNCHED, ended(0)], "failed", "started failed", ["answer"]),
        (SERVER, [NONE], "failed", "failed", ["answer"]),
        (SERVER, [LAUNCHED, IN_USE, ended(1)], "starting", "started", ["launch"]),
        (
            *(SERVER, [LAUNCHED, IN_USE, ended(1), LAUNCHED, LISTEN], "listening"),
            *("started started listening", ["launch", "answer"]),
        ),
        (
            *(SERVER, [LAUNCHED, IN_USE, ended(1), LAUNCHED, IN_USE, ended(1)], "failed"),
            *("started started failed", ["launch", "answer"]),
        ),
        (
            *(SERVER, [LAUNCHED, IN_USE, ended(1), LAUNCHED, ended(1)], "failed"),
            *("started started failed", ["launch", "answer"]),
        ),
        (CLIENT, [LAUNCHED, PRINTED], "running", "started running", ["answer"]),
        (CLIENT, [LAUNCHED, call("socket")], "running", "started running", ["answer"]),
        (CLIENT, [LAUNCHED, OVER], "running", "started running", ["answer"]),
        (DEMO, [LAUNCHED, ended(0)], "exited", "started running exited", ["answer"]),
        (DEMO, [LAUNCHED, ended(1)], "crashed", "started running crashed", ["answer"]),
        (DEMO, [LAUNCHED, ended(2)], "failed", "started failed", ["answer"]),
        (
            *(DEMO, [LAUNCHED, PRINTED, ended(2)], "crashed"),
            *("started running crashed", ["answer", "answer"]),
        ),
        (
            *(SERVER, [LAUNCHED, LISTEN, ended(0)], "exited"),
            *("started listening exited", ["answer", "answer"]),
        ),
        (
            *(SERVER, [LAUNCHED, LISTEN, STOP, STOP, ended(-2)], "exited"),
            *("started listening stopping exited", ["answer", "end", "answer"]),
        ),
        (
            *(SERVER, [LAUNCHED, STOP, ended(2)], "exited"),
            *("started stopping exited", ["end", "answer"]),
        ),
        (SERVER, [STOP, NONE], "exited", "stopping exited", ["answer"]),
        (SERVER, [STOP, LAUNCHED, ended(-9)], "exited", "stopping exited", ["kill", "answer"]),
        (
            *(SERVER, [LAUNCHED, IN_USE, ended(1), STOP, NONE], "exited"),
            *("started stopping exited", ["launch", "answer"]),
        ),
        (SERVER, [LAUNCHED, DEFECT, ended(-9)], "failed", "started failed", ["kill", "answer"]),
        (SERVER, [DEFECT, NONE], "failed", "failed", ["kill", "answer"]),
        (
            *(DEMO, [LAUNCHED, PRINTED, DEFECT, STOP, DEFECT, NONE], "failed"),
            *("started running failed", ["answer", "kill", "kill", "answer"]),
        ),
        (
            *(SERVER, [LAUNCHED, LISTEN, STOP, DEFECT, ended(0)], "failed"),
            *("started listening stopping failed", ["answer", "end", "kill", "answer"]),
        ),
        (
            *(DEMO, [LAUNCHED, ended(0), STOP, DEFECT], "exited"),
            *("started running exited", ["answer"]),
        ),
    ],
)
def test_a_life_goes_this_way(
    order: StartOrder, facts: list[Fact], state: str, told: str, to_do: list[str]
) -> None:
    life, events, done = lived(order, *facts)
    assert life.state == state
    assert kinds(events) == told
    assert done == to_do


def test_a_server_is_where_its_call_says() -> None:
    life, events, _ = lived(SERVER, LAUNCHED, call("bind", "udp", local="[::1]:99"))
    assert (life.host, life.port, life.transport) == ("::1", 99, "udp")
    assert life.address == ("::1", 99)
    assert (events[-1].t, events[-1].host, events[-1].port) == (1.5, "::1", 99)  # type: ignore[attr-defined]
    assert take(life, STOP).life.address is None


@pytest.mark.parametrize(
    "other",
    [
        call("bind", local="127.0.0.1:1"),
        call("listen", "udp", local="127.0.0.1:1"),
        call("bind", "unix", local="/run/socket:1"),
        call("bind", "udp", local="127.0.0.1:80", error="EACCES"),
        call("bind", "udp"),
        call("bind", "udp", local="nonsense"),
        call("bind", "udp", local="127.0.0.1:99999"),
    ],
)
def test_no_other_call_makes_it_listen(other: Called) -> None:
    assert lived(SERVER, LAUNCHED, other)[0].state is RunState.STARTING


@pytest.mark.parametrize(
    ("order", "facts", "failure", "words"),
    [
        (SERVER, [LAUNCHED, ended(1, "OSError: no")], StartFailed, "status 1. Its last words: OSE"),
        (SERVER, [LAUNCHED, ended(0, printed="usage: it")], StartFailed, "It printed: usage: it"),
        (SERVER, [LAUNCHED, ended(1, "no", printed="yes")], StartFailed, "last words: no"),
        (SERVER, [LAUNCHED, ended(-9)], StartFailed, r"signal 9 \(Killed\).*said nothing"),
        (SERVER, [LAUNCHED, ended(2, "unknown option")], BadArguments, "unknown option"),
        (replace(SERVER, ports=()), [LAUNCHED, IN_USE, ended(1)], StartFailed, "did not come"),
        (replace(SERVER, ports=(80,)), [LAUNCHED, IN_USE, ended(1)], PortInUse, "Port 80 on 127"),
        (SERVER, [LAUNCHED, IN_USE, ended(1), LAUNCHED, ended(1)], StartFailed, "status 1"),
        (SERVER, [NONE], StartFailed, "no room"),
        (SERVER, [LAUNCHED, DEFECT, ended(-9)], RunBroken, "LookupError: nobody"),
    ],
)
def test_a_failure_says_why(
    order: StartOrder, facts: list[Fact], failure: type[Exception], words: str
) -> None:
    life, _, _ = lived(order, *facts)
    assert type(life.failure) is failure
    with pytest.raises(failure, match=words):
        raise life.failure
    assert life.error is not None
    assert (life.error.code, life.error.message) == (life.failure.code, str(life.failure))


def test_a_defect_is_named_in_the_run_and_the_first_one_is() -> None:
    life, _, _ = lived(SERVER, LAUNCHED, DEFECT, Broken(t=2.9, what="more"), ended(-9))
    assert life.error is not None
    assert life.error.code == "defect"
    assert "LookupError: nobody" in life.error.message


def test_each_process_is_told_with_the_arguments_of_its_turn() -> None:
    _, events, _ = lived(SERVER, LAUNCHED, IN_USE, ended(1), Launched(t=4.0, pid=8))
    args = [event.args[-1] for event in events]  # type: ignore[attr-defined]
    assert args == ["12345", "0"]
    life, _, _ = lived(DEMO, LAUNCHED)
    assert life.port_in_turn is None


@pytest.mark.parametrize(
    ("begun", "code"),
    [(LISTEN, "excess"), (call("socket"), "start_failed")],
    ids=["then", "before"],
)
def test_a_run_that_was_ended_for_what_it_wanted_says_so(begun: Fact, code: str) -> None:
    life, _, _ = lived(SERVER, LAUNCHED, begun, ended(-9, excess="It had 7, 5 are allowed."))
    assert life.error is not None
    assert life.error.code == code
    assert "It had 7, 5 are allowed." in life.error.message
