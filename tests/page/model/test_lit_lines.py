"""Which lines are lit: values in, values out."""

from __future__ import annotations

from typing import Any

from tests.browser.diagram_events import SERVER, Json, Story, recording
from tests.page.conftest import Modules

BLOCKED = """
return lines.blocked(v.run).map(({ tid, line, call, what }) => ({ tid, line, call, what }));
"""


def lit(modules: Modules, events: list[Json], run: str = "s", body: str = "") -> Any:
    body = body or BLOCKED
    script = f"const lines = new m.LitLines(); lines.append(v.events); {body}"
    return modules.run("model/lit-lines", script, events=events, run=run)


def test_a_call_that_waits_lights_its_line_until_it_returns(modules: Modules) -> None:
    story = Story()
    n = story.enter("s", "recvfrom", 1.0, local=SERVER)
    assert lit(modules, story.events) == [{"tid": 1, "line": n, "call": "recvfrom", "what": None}]
    [event] = story.events
    story.events.append({**event, "phase": "return", "t": 2.0, "seq": 9})
    assert lit(modules, story.events) == []


def test_threads_that_wait_on_one_line_are_listed_together(modules: Modules) -> None:
    story = Story()
    for tid in (3, 2):
        story.tell(
            "sync",
            1.0,
            run="s",
            event="waiting",
            object=7,
            kind="Semaphore",
            value=0,
            thread=f"T{tid}",
            tid=tid,
            file="demo.py",
            line=35,
        )
    body = (
        "return [...lines.byLine(v.run)].map(([key, waits]) => [key, waits.map(({ tid }) => tid)]);"
    )
    assert lit(modules, story.events, body=body) == [["demo.py:35", [2, 3]]]


def test_a_condition_is_waited_for_until_the_thread_goes_on(modules: Modules) -> None:
    story = Story()
    who = {
        "run": "s",
        "object": 1,
        "kind": "Condition",
        "thread": "T",
        "tid": 2,
        "file": "d.py",
        "line": 4,
    }
    story.tell("sync", 1.0, event="waiting", until="notify", **who)
    story.tell("sync", 1.0, event="released", waiting=[], **who)
    assert len(lit(modules, story.events)) == 1
    story.tell("sync", 2.0, event="acquired", **who)
    story.tell("sync", 2.0, event="woken", **who)
    assert lit(modules, story.events) == []


def test_lines_that_ran_a_call_pulse(modules: Modules) -> None:
    story = Story()
    story.call("s", "bind", 1.0, local=SERVER)
    story.call("s", "close", 2.0)
    body = "return lines.pulsesSince(1.5).map(({ call, file }) => [call, file]);"
    assert lit(modules, story.events, body=body) == [["close", "s.py"]]


def test_nothing_is_lit_once_a_run_is_over(modules: Modules) -> None:
    for name in ("log2", "semaphore", "condition", "echo3"):
        events = recording(name)
        for run in {event["run"] for event in events if "run" in event}:
            assert lit(modules, events, run) == []


def test_in_the_middle_of_a_real_run_the_right_threads_wait(modules: Modules) -> None:
    events = recording("semaphore")
    start = events[0]["t"]
    then = [event for event in events if event["t"] < start + 1.3]
    waits = lit(modules, then, events[0]["run"])
    kinds = [(wait["what"] or {}).get("kind") for wait in waits]
    assert kinds.count("Semaphore") >= 3
