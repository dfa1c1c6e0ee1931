"""Who waits for what, since when; the lit lines, the lanes and the diagram always agree on it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.browser.diagram_events import RECORDINGS, SERVER, Json, Story, recording
from tests.page.conftest import Modules

NAMES = sorted(path.stem for path in RECORDINGS.glob("*.jsonl"))

# What each view shows of who waits, after each batch: run/thread, since when, for what.
THREE_VIEWS = """
const { LitLines } = await load('model/lit-lines');
const { LaneModel } = await load('model/lane-model');
const { DiagramModel } = await load('model/diagram-model');
const views = [new LitLines(), new LaneModel(), new DiagramModel()];
const [lit, lanes, diagram] = views;
const runs = [...new Set(v.batches.flat().map(({ run }) => run).filter(Boolean))];
const of = (what) => what.call ?? what.other ?? `${what.kind} ${what.object}`;
const innermost = (waits) => {
  const last = new Map();
  for (const [who, t, what] of waits) if (!(last.get(who)?.[0] > t)) last.set(who, [t, what]);
  return [...last].map(([who, [t, what]]) => `${who} ${t} ${what}`).sort();
};
const shown = () => [
  innermost(runs.flatMap((run) => lit.blocked(run).map(({ tid, since, call, what }) =>
    [`${run}/${tid}`, since, call ?? of(what)]))),
  innermost(lanes.lanes.flatMap(({ key, waits }) =>
    waits.filter(({ end }) => end === Infinity).map(({ t, what }) => [key, t, of(what)]))),
  innermost(diagram.items.filter(({ kind, end }) => kind === 'bar' && end === Infinity).map(
    ({ party, tid, t, call, waitsFor }) =>
      [`${party.run}/${tid}`, t, waitsFor ? of(waitsFor) : call])),
];
const differ = [];
const after = v.batches.map((batch) => {
  for (const view of views) view.append(batch);
  const said = shown();
  if (new Set(said.map(String)).size > 1) differ.push(said);
  return said[0];
});
return { after, differ };
"""


def three_views(modules: Modules, batches: list[list[Json]]) -> list[list[str]]:
    """Return who waits after each batch, as all three views show it."""
    said = modules.run("model/waits", THREE_VIEWS, batches=batches)
    assert said["differ"] == []
    after: list[list[str]] = said["after"]
    return after


def thread(tid: int) -> Json:
    return {"run": "r", "thread": f"T{tid}", "tid": tid}


def after(modules: Modules, *events: tuple[str, Json]) -> list[str]:
    """Return who waits after these events, told one by one a second apart."""
    story = Story()
    for k, (kind, fields) in enumerate(events):
        story.tell(kind, float(k), **fields)
    return three_views(modules, [[event] for event in story.events])[-1]


WAITING: Json = {**thread(1), "event": "waiting", "object": 1, "kind": "Lock"}
AT_CONDITION: Json = {**WAITING, "kind": "Condition", "until": "notify"}
LOST: Json = {"run": "r", "what": "calls", "count": 5, "bytes": 0}


@pytest.mark.parametrize("name", NAMES)
def test_in_a_real_run_the_three_views_agree_after_each_event(modules: Modules, name: str) -> None:
    events = recording(name)
    said = three_views(modules, [[event] for event in events])
    assert any(said)
    assert said[-1] == []


@pytest.mark.parametrize("how", ["acquired", "timeout", "interrupted"])
def test_whoever_waits_for_a_lock_waits_until_the_outcome(modules: Modules, how: str) -> None:
    assert after(modules, ("sync", WAITING)) == ["r/1 0 Lock 1"]
    assert after(modules, ("sync", WAITING), ("sync", {**WAITING, "event": how})) == []


def test_another_threads_outcome_or_another_object_ends_no_wait(modules: Modules) -> None:
    others = [{**WAITING, "event": "acquired", "tid": 2}, {**WAITING, "event": "acquired"}]
    others[1]["object"] = 2
    for other in others:
        assert after(modules, ("sync", WAITING), ("sync", other)) == ["r/1 0 Lock 1"]


def test_at_a_condition_to_have_the_lock_again_is_not_yet_the_end(modules: Modules) -> None:
    waits = [("sync", AT_CONDITION), ("sync", {**AT_CONDITION, "event": "released"})]
    again = ("sync", {**AT_CONDITION, "event": "acquired"})
    assert after(modules, *waits, again) == ["r/1 0 Condition 1"]
    assert after(modules, *waits, again, ("sync", {**AT_CONDITION, "event": "timeout"})) == []


def test_a_wait_at_a_condition_that_times_out_was_in_vain(modules: Modules) -> None:
    story = Story()
    for event in ("waiting", "released", "acquired", "timeout"):
        story.tell("sync", float(story.events[-1]["seq"]) if story.events else 0.0,
                   **{**AT_CONDITION, "event": event})  # fmt: skip
    body = """
        const waits = new m.Waits();
        return v.events.flatMap((event) => waits.take(event).ended.map(({ how }) => how));
    """
    assert modules.run("model/waits", body, events=story.events) == ["timeout"]


def test_a_wait_for_the_lock_within_a_wait_at_the_condition_is_the_one_that_counts(
    modules: Modules,
) -> None:
    inner: Json = {**WAITING, "object": 2}
    assert after(modules, ("sync", AT_CONDITION), ("sync", inner)) == ["r/1 1 Lock 2"]
    assert after(
        modules, ("sync", AT_CONDITION), ("sync", inner), ("sync", {**inner, "event": "acquired"})
    ) == ["r/1 0 Condition 1"]


def test_with_its_thread_or_its_run_a_wait_is_over(modules: Modules) -> None:
    joins = ("thread", {**thread(1), "event": "joins", "other": "T2"})
    assert after(modules, joins) == ["r/1 0 T2"]
    assert after(modules, joins, ("thread", {**thread(1), "event": "ended"})) == []
    for end in ("run.exited", "run.crashed", "run.failed"):
        assert after(modules, joins, (end, {"run": "r"})) == []


def test_nobody_waits_in_a_run_that_is_over_although_it_is_told_late(modules: Modules) -> None:
    assert after(modules, ("run.exited", {"run": "r"}), ("sync", WAITING)) == []


def test_a_call_whose_return_is_told_first_does_not_wait(modules: Modules) -> None:
    story = Story()
    story.call("r", "recvfrom", 2.0, enter=1.0, local=SERVER)
    enter, back = story.events
    assert three_views(modules, [[back], [enter]])[-1] == []
    assert three_views(modules, [[enter], [back]]) == [["r/1 1 recvfrom"], []]


def test_after_a_loss_whoever_does_something_else_is_taken_to_have_gone_on(
    modules: Modules,
) -> None:
    elsewhere = ("sync", {**thread(1), "event": "acquired", "object": 9, "kind": "Lock"})
    assert after(modules, ("sync", WAITING), elsewhere) == ["r/1 0 Lock 1"]  # a signal's handler
    assert after(modules, ("sync", WAITING), ("dropped", LOST)) == ["r/1 0 Lock 1"]
    assert after(modules, ("sync", WAITING), ("dropped", LOST), elsewhere) == []
    silent = {**LOST, "what": "output"}
    assert after(modules, ("sync", WAITING), ("dropped", silent), elsewhere) == ["r/1 0 Lock 1"]


def deeds() -> st.SearchStrategy[tuple[str, Json]]:
    """Make anything that may be told of two runs with three threads each, in any order."""
    run, tid = st.sampled_from(["a", "b"]), st.sampled_from([1, 2, 3])

    def of(kind: str, /, **more: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[str, Json]]:
        return st.tuples(st.just(kind), st.fixed_dictionaries({"run": run, "tid": tid, **more}))

    sync = [
        "waiting",
        "acquired",
        "released",
        "woken",
        "timeout",
        "interrupted",
        "missed",
        "set",
        "notified",
    ]
    return st.one_of(
        of(
            "sync",
            event=st.sampled_from(sync),
            object=st.sampled_from([1, 2]),
            kind=st.just("Condition"),
            until=st.sampled_from([None, "notify"]),
        ),
        of("thread", event=st.sampled_from(["began", "joins", "joined", "ended"]),
           other=st.just("T2")),
        of("call", call=st.just("recv"), n=st.integers(1, 4), socket=st.just(1),
           transport=st.just("tcp"), phase=st.sampled_from(["enter", "return"])),
        of("dropped", what=st.just("calls"),
           count=st.just(1), bytes=st.just(0)),
        of("run.exited"),
    )  # fmt: skip


@given(told=st.lists(st.tuples(deeds(), st.integers(0, 3)), max_size=40), size=st.integers(1, 9))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_is_told_in_whatever_order_the_three_views_agree(
    modules: Modules, told: list[tuple[tuple[str, Json], int]], size: int
) -> None:
    story = Story()
    for k, ((kind, fields), early) in enumerate(told):
        story.tell(kind, float(max(0, k - early)), thread=f"T{fields['tid']}", **fields)
    batches = [story.events[k : k + size] for k in range(0, len(story.events), size)]
    end = [
        {"seq": 1000 + k, "t": 1e3, "type": "run.exited", "run": run} for k, run in enumerate("ab")
    ]
    assert three_views(modules, [*batches, end])[-1] == []
