"""The model of the diagram: bars of calls that wait, every moment of the past, its bounds."""

from __future__ import annotations

import pytest

from tests.browser.diagram_events import PICTURE, SERVER, Json, Story, recording
from tests.page.conftest import Modules
from tests.page.model.drawn import A, B, arrows, picture, udp_client, udp_server


def test_calls_that_wait_are_bars_that_are_open_until_they_return(modules: Modules) -> None:
    story = Story()
    story.run("s")
    story.enter("s", "accept", 1.0, transport="tcp", tid=1, thread="MainThread", local=SERVER)
    story.enter(
        "s", "recv", 1.1, transport="tcp", tid=2, thread="T-1", local=SERVER, peer=A, socket=2
    )
    story.enter(
        "s", "recv", 1.2, transport="tcp", tid=3, thread="T-2", local=SERVER, peer=B, socket=3
    )
    bars = picture(modules, story.events)["bars"]
    assert [(bar["tid"], bar["lane"], bar["end"]) for bar in bars] == [
        (1, 0, None),
        (2, 1, None),
        (3, 2, None),
    ]


def labels_of_bars(modules: Modules, events: list[Json]) -> list[str]:
    body = """
      const { barLabel } = await load('words/diagram-words');
      const model = new m.DiagramModel();
      model.append(v.events);
      const bars = model.items.filter(({ kind }) => kind === 'bar');
      return bars.map((bar) => barLabel(bar, model.now));
    """
    labels: list[str] = modules.run("model/diagram-model", body, events=events)
    return labels


@pytest.mark.parametrize(
    ("error", "end"),
    [
        (None, ""),
        ("timeout", ": timeout"),
        ("KeyboardInterrupt", ": interrupted"),
        ("SystemExit", ": interrupted"),
        ("ECONNRESET", ""),  # which a mark on the lifeline says
    ],
)
def test_a_bar_says_what_ended_a_call(modules: Modules, error: str | None, end: str) -> None:
    story = udp_server()
    more: Json = {"error": error} if error else {"payload": b"x", "offset": 0, "peer": A}
    story.call("s", "recvfrom", 3.0, enter=1.0, local=SERVER, **more)
    assert labels_of_bars(modules, story.events) == [f"recvfrom() waited 2.0 s{end}"]


@pytest.mark.parametrize("kind", ["Lock", "Condition", "Semaphore", "Event"])
@pytest.mark.parametrize(
    ("event", "end"),
    [
        ("acquired", ""),
        ("woken", ""),
        ("timeout", ": timeout"),
        ("interrupted", ": interrupted"),
    ],
)
def test_a_bar_says_what_ended_a_wait_for_another_thread(
    modules: Modules, kind: str, event: str, end: str
) -> None:
    story = Story()
    story.run("s")
    wait: Json = {"run": "s", "kind": kind, "object": 3, "thread": "MainThread", "tid": 1}
    story.tell("sync", 1.0, event="waiting", **wait)
    story.tell("sync", 3.0, event=event, **wait)
    assert labels_of_bars(modules, story.events) == [f"{kind} #3 waited 2.0 s{end}"]


def test_the_end_of_a_run_ends_what_it_waited_for(modules: Modules) -> None:
    story = udp_server()
    story.enter("s", "recvfrom", 1.0, local=SERVER)
    story.tell("run.exited", 2.0, run="s", exit_status=-9)
    assert [bar["end"] for bar in picture(modules, story.events)["bars"]] == [2.0]


def test_what_the_tracer_left_out_makes_a_break_and_nothing_lost(modules: Modules) -> None:
    story = udp_server()
    udp_client(story)
    story.client("c1", "sent", 1.0, b"told")
    story.tell("dropped", 1.5, run="s", what="calls", count=250)
    drawn = picture(modules, story.events, advance=30.0)
    assert drawn["breaks"] == [250]
    assert arrows(drawn)[0][3] == "unknown"


def test_every_moment_of_the_past_is_drawn_as_it_was(modules: Modules) -> None:
    events = sorted(recording("echo3"), key=lambda event: event["t"])
    for cut in range(20, len(events), 17):
        until = events[cut]["t"]
        # What a browser tells is told a little late, so only transfers long past are compared.
        then = picture(modules, events[: cut + 1])["transfers"]
        now = picture(modules, events, until=until)["transfers"]
        old = until - 0.02
        states = [
            [(t["what"], t["data"], t["state"]) for t in each if (t["sent"] or old) < old]
            for each in (then, now)
        ]
        assert states[0] == states[1]


def test_the_model_is_bounded_and_keeps_what_is_open(modules: Modules) -> None:
    body = (
        PICTURE
        + """
      const { LIMITS } = m;
      const model = new DiagramModel();
      const call = (n, t, more) => ({ seq: n, t, type: 'call', run: 's', call: 'setsockopt', n,
        socket: 1, transport: 'udp', thread: 'MainThread', tid: 1, ...more });
      model.append([call(1, 0, { call: 'recvfrom', phase: 'enter', local: '127.0.0.1:5000' })]);
      for (let n = 2; n < LIMITS.items + 5000; n++) model.append([call(n, n / 1000, {})]);
      return [model.items.length <= LIMITS.items, model.items.some((item) => item.kind === 'bar')];
    """
    )
    assert modules.run("model/diagram-model", body) == [True, True]


def test_unknown_events_are_counted(modules: Modules) -> None:
    body = (
        PICTURE
        + """
      const model = new DiagramModel();
      model.append([{ seq: 1, t: 1, type: 'weather' }, { seq: 2, t: 1, type: 'output' }]);
      return [...model.unknown];
    """
    )
    assert modules.run("model/diagram-model", body) == [["weather", 1]]
