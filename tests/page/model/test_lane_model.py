"""The threads over time as a function of the events: values in, values out."""

from __future__ import annotations

from typing import Any

from tests.browser.diagram_events import Json, Story, recording
from tests.page.conftest import Modules

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


# Events by the thousand are made in the page: tell(type, t, tid, fields).
BOUNDS = """
const events = [];
const tell = (type, t, tid, fields) => events.push(
  { seq: events.length + 1, type, t, run: 'd', thread: `T${tid}`, tid, ...fields });
STORY
const model = new m.LaneModel();
for (let k = 0; k < events.length; k += 500) model.append(events.slice(k, k + 500));
const { lanes, wakes, objects, breaks, forgotten, keptFrom, start } = model;
const pieces = lanes.flatMap(({ waits, holds }) => [...waits, ...holds]);
return {
  limits: m.LIMITS, threads: lanes.map(({ thread }) => thread), forgotten, objects: objects.length,
  pieces: pieces.length + wakes.length + breaks.length
    + objects.reduce((sum, { steps }) => sum + steps.length, 0),
  open: pieces.filter(({ end }) => end === Infinity).length,
  cut: keptFrom === -Infinity ? null : keptFrom - start,
  early: pieces.filter(({ end }) => end < keptFrom).length,
  values: objects.map(({ steps }) => steps.at(-1).value),
};
"""


def bounds(modules: Modules, story: str) -> Json:
    found: Json = modules.run("model/lane-model", BOUNDS.replace("STORY", story))
    return found


def test_of_five_thousand_threads_the_living_and_the_newest_are_there(modules: Modules) -> None:
    living = [1, 2, 2000, 4000, 5000]
    found = bounds(modules, f"""
        for (let tid = 1; tid <= 5000; tid++) {{
          tell('thread', tid * 0.01, tid, {{ event: 'began' }});
          if ({living}.includes(tid)) continue;
          tell('thread', tid * 0.01 + 0.005, tid, {{ event: 'ended' }});
        }}
    """)  # fmt: skip
    kept = len(found["threads"])
    assert {f"T{tid}" for tid in living} <= set(found["threads"])
    newest = [f"T{tid}" for tid in range(4801, 5001)]
    assert set(newest) <= set(found["threads"])
    assert kept <= len(living) + found["limits"]["ended"] + found["limits"]["slack"]
    assert found["forgotten"]["threads"] == 5000 - kept
    assert found["threads"][0] == "T1"


def test_of_five_thousand_threads_that_live_none_is_missing(modules: Modules) -> None:
    found = bounds(modules, """
        for (let tid = 1; tid <= 5000; tid++) tell('thread', tid * 0.01, tid, { event: 'began' });
    """)  # fmt: skip
    assert found["threads"] == [f"T{tid}" for tid in range(1, 5001)]
    assert found["forgotten"]["threads"] == 0


def test_what_is_kept_is_bounded_and_the_bound_is_one_moment_for_all(modules: Modules) -> None:
    found = bounds(modules, """
        const [lock, seats] = [{ object: 1, kind: 'Lock' }, { object: 2, kind: 'Semaphore' }];
        tell('sync', 0, 1, { ...seats, event: 'made', value: 2 });
        tell('sync', 0.1, 1, { ...seats, event: 'acquired', value: 1 }); // and never given back
        for (let k = 1; k <= 30_000; k++) {
          const tid = 2 + (k % 3);
          tell('sync', k * 0.01, tid, { ...lock, event: 'acquired' });
          tell('sync', k * 0.01 + 0.002, tid, { ...lock, event: 'released', waiting: [] });
          tell('sync', k * 0.01 + 0.004, tid, { ...seats, event: 'missed', value: k % 2 });
        }
    """)  # fmt: skip
    assert found["pieces"] <= found["limits"]["pieces"]
    assert found["cut"] > 0
    assert found["early"] == 0
    assert found["open"] == 1  # what lasts is kept, however old it is
    assert found["values"] == [0]


def test_of_many_semaphores_and_events_those_last_told_of_are_there(modules: Modules) -> None:
    found = bounds(modules, """
        for (let object = 1; object <= 300; object++) {
          tell('sync', object, 1, { event: 'made', value: 0, object, kind: 'Event' });
          tell('sync', object + 0.5, 1, { event: 'set', value: 1, object: 1, kind: 'Event' });
        }
    """)  # fmt: skip
    assert found["objects"] == 50
    assert found["forgotten"]["objects"] == 250
    assert found["values"].count(1) == 1  # the first one, which is set again and again


def test_holds_that_are_too_many_to_follow_are_counted(modules: Modules) -> None:
    found = bounds(modules, """
        for (let object = 1; object <= 6000; object++)
          tell('sync', object * 0.01, 1, { event: 'acquired', object, kind: 'Lock' });
    """)  # fmt: skip
    assert found["forgotten"]["holds"] > 0
    assert found["open"] + found["forgotten"]["holds"] == 6000
    assert found["open"] <= 5000


def test_a_thread_without_a_name_begins_with_who_started_it(modules: Modules) -> None:
    drawn = lanes(modules, recording("lowlevel"))
    starts = [(a, b) for a, b, _, _, why in drawn["wakes"] if why == "start"]
    assert starts == [("MainThread", f"thread {tid}") for tid in range(2, 6)]


def test_a_wait_in_vain_was_ended_by_nobody(modules: Modules) -> None:
    """The first wait at `table` in handed_over.py times out: only the second one was woken."""
    drawn = lanes(modules, recording("handed_over"))
    woken = [(a, b) for a, b, _, _, why in drawn["wakes"] if why == "Condition"]
    assert woken == [("waker", "sleeper"), ("writer", "reader")]


def test_of_threads_with_one_name_the_one_that_ended_has_let_the_joiner_go_on(
    modules: Modules,
) -> None:
    events = recording("handed_over")
    told = [e["t"] for e in events if e.get("event") == "joined" and e["other"] == "guest"]
    ends = [e["t"] for e in events if e.get("event") == "ended" and e["thread"] == "guest"]
    drawn = lanes(modules, events)
    joined = [(t, to) for a, _, t, to, why in drawn["wakes"] if (a, why) == ("guest", "join")]
    assert joined == [(max(end for end in ends if end <= t), t) for t in told]
    assert len(joined) >= 2
