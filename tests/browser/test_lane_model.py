"""The threads over time as a function of the events: values in, values out, in a real browser."""

from __future__ import annotations

from typing import Any

from tests.browser.conftest import Modules
from tests.browser.diagram_events import Json, Story, recording

LANES = """
const model = new m.LaneModel();
for (const events of v.batches ?? [v.events]) model.append(events);
const plain = {
  lanes: model.lanes.map(({ thread, bornT, endT, waits, holds }) => ({
    thread, bornT, endT: endT === Infinity ? null : endT,
    waits: waits.map(({ t, end, what }) => [t, end === Infinity ? null : end, what.kind]),
    holds: holds.map(({ t, end, object }) => [t, end === Infinity ? null : end, object]),
  })),
  wakes: model.wakes.map(({ from, to, t, toT, why }) => [from.thread, to.thread, t, toT, why]),
  objects: model.objects.map(({ kind, steps }) => ({
    kind, steps: steps.map(({ value }) => value),
  })),
  breaks: model.breaks.map(({ t, count }) => [t, count]),
};
"""


def lanes(modules: Modules, events: list[Json], **values: Any) -> Json:
    drawn: Json = modules.run("model/lane-model", LANES + "return plain;", events=events, **values)
    return drawn


def who(tid: int) -> Json:
    return {"run": "d", "thread": f"T{tid}", "tid": tid, "file": "demo.py", "line": 10 + tid}


def test_a_lock_is_waited_for_held_and_handed_on(modules: Modules) -> None:
    story = Story()
    lock: Json = {"object": 1, "kind": "Lock"}
    story.tell("sync", 1.0, event="acquired", **lock, **who(1))
    story.tell("sync", 1.5, event="waiting", **lock, **who(2))
    story.tell("sync", 2.0, event="released", waiting=[2], **lock, **who(1))
    story.tell("sync", 2.1, event="acquired", **lock, **who(2))
    drawn = lanes(modules, story.events)
    first, second = drawn["lanes"]
    assert first["holds"] == [[1.0, 2.0, 1]]
    assert second["waits"] == [[1.5, 2.1, "Lock"]]
    assert second["holds"] == [[2.1, None, 1]]
    assert drawn["wakes"] == [["T1", "T2", 2.0, 2.1, "Lock"]]


def test_a_condition_is_waited_for_until_its_notification(modules: Modules) -> None:
    story = Story()
    box: Json = {"object": 1, "kind": "Condition"}
    story.tell("sync", 1.0, event="acquired", **box, **who(1))
    story.tell("sync", 1.1, event="waiting", until="notify", **box, **who(1))
    story.tell("sync", 1.1, event="released", waiting=[], **box, **who(1))
    story.tell("sync", 2.0, event="acquired", **box, **who(2))
    story.tell("sync", 2.1, event="notified", woke=[1], **box, **who(2))
    story.tell("sync", 2.2, event="released", waiting=[1], **box, **who(2))
    story.tell("sync", 2.3, event="acquired", **box, **who(1))
    story.tell("sync", 2.3, event="woken", **box, **who(1))
    drawn = lanes(modules, story.events)
    assert drawn["lanes"][0]["waits"] == [[1.1, 2.3, "Condition"]]
    assert drawn["lanes"][0]["holds"] == [[1.0, 1.1, 1], [2.3, None, 1]]
    assert drawn["wakes"] == [["T2", "T1", 2.1, 2.3, "Condition"]]


def test_a_semaphore_never_shows_more_permits_than_it_has(modules: Modules) -> None:
    drawn = lanes(modules, recording("semaphore"))
    [permits] = drawn["objects"]
    assert permits["kind"] == "Semaphore"
    assert permits["steps"][0] == 3
    assert set(permits["steps"]) <= {0, 1, 2, 3}
    assert permits["steps"][-1] == 3
    students = [lane for lane in drawn["lanes"] if lane["thread"].startswith("Студент")]
    assert len(students) == 8
    waited = [lane for lane in students if any(w[2] == "Semaphore" for w in lane["waits"])]
    assert len(waited) == 5
    woken = [wake for wake in drawn["wakes"] if wake[4] == "Semaphore"]
    assert len(woken) == 5
    assert all(told <= went_on for _, _, told, went_on, _ in woken)


def test_an_event_is_a_strip_of_set_and_cleared(modules: Modules) -> None:
    drawn = lanes(modules, recording("event"))
    assert [each["kind"] for each in drawn["objects"]] == ["Event", "Event"]
    for each in drawn["objects"]:
        assert all(a != b for a, b in zip(each["steps"], each["steps"][1:], strict=False))


def test_threads_begin_with_who_started_them_and_all_end(modules: Modules) -> None:
    drawn = lanes(modules, recording("condition"))
    assert all(lane["endT"] is not None for lane in drawn["lanes"])
    starts = [(a, b) for a, b, _, _, why in drawn["wakes"] if why == "start"]
    assert ("Главный поток", "Получатель 1") in starts
    joins = [(a, b) for a, b, _, _, why in drawn["wakes"] if why == "join"]
    assert ("Отправитель 1", "Главный поток") in joins
    assert all(
        end is not None for lane in drawn["lanes"] for _, end, _ in lane["waits"] + lane["holds"]
    )


def test_events_told_twice_or_in_pieces_change_nothing(modules: Modules) -> None:
    events = recording("condition")
    whole = lanes(modules, events)
    pieces = [events[k : k + 7] for k in range(0, len(events), 7)]
    assert lanes(modules, [], batches=[*pieces, events]) == whole


def test_a_socket_call_that_lasts_is_a_wait_and_a_short_one_is_not(modules: Modules) -> None:
    drawn = lanes(modules, recording("echo3"))
    main = next(lane for lane in drawn["lanes"] if lane["thread"] == "MainThread")
    assert main["waits"]
    assert all(end - t >= 0.005 for t, end, _ in main["waits"])


def test_what_was_not_told_is_a_break(modules: Modules) -> None:
    story = Story()
    story.tell("thread", 1.0, event="began", **who(1))
    story.tell("dropped", 2.0, run="d", what="calls", count=250, bytes=0)
    story.tell("dropped", 2.5, run="d", what="output", count=9, bytes=900)  # not of the threads
    assert lanes(modules, story.events)["breaks"] == [[2.0, 250]]
