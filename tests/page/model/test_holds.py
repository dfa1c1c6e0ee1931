"""Who holds what: locks and permits, also those that another thread gives back."""

from __future__ import annotations

from typing import Any

from tests.browser.diagram_events import Json, Story, recording
from tests.page.conftest import Modules

HOLDS = """
const { LaneModel } = await load('model/lane-model');
const model = new LaneModel();
for (const event of v.events) model.append([event]);
return model.lanes.flatMap(({ thread, holds }) => holds.map(({ t, end, object }) =>
  [thread, object, t, end === Infinity ? null : end]));
"""


def held(modules: Modules, events: list[Json]) -> list[list[Any]]:
    """Return who held which object, from when to when, by thread."""
    found: list[list[Any]] = modules.run("model/holds", HOLDS, events=events)
    return found


def story(*deeds: tuple[int, str], kind: str = "Lock", **values: Any) -> list[Json]:
    """Tell what threads, by number, do to one object, a second apart."""
    told = Story()
    for k, (tid, event) in enumerate(deeds):
        told.tell("sync", float(k), run="r", event=event, object=1, kind=kind, tid=tid,
                  thread=f"T{tid}", **{name: each[k] for name, each in values.items()})  # fmt: skip
    return told.events


def test_a_lock_that_another_thread_releases_is_free(modules: Modules) -> None:
    assert held(modules, story((1, "acquired"), (2, "released"))) == [["T1", 1, 0, 1]]


def test_a_lock_has_one_holder_also_when_its_release_was_not_told(modules: Modules) -> None:
    assert held(modules, story((1, "acquired"), (2, "acquired"))) == [
        ["T1", 1, 0, 1],
        ["T2", 1, 1, None],
    ]


def test_a_release_that_is_told_after_the_next_acquisition_is_that_of_the_one_before(
    modules: Modules,
) -> None:
    first, released, second = story((1, "acquired"), (1, "released"), (2, "acquired"))
    assert held(modules, [first, second, released]) == [["T1", 1, 0, 1], ["T2", 1, 2, None]]


def test_a_lock_that_is_held_twice_is_free_after_the_second_release(modules: Modules) -> None:
    deeds = [(1, "acquired"), (1, "acquired"), (1, "released")]
    assert held(modules, story(*deeds, kind="RLock")) == [["T1", 1, 0, None]]
    assert held(modules, story(*deeds, (1, "released"), kind="RLock")) == [["T1", 1, 0, 3]]


def test_a_wait_at_a_condition_gives_back_all_of_its_lock_and_takes_all_again(
    modules: Modules,
) -> None:
    deeds = [(1, "acquired"), (1, "acquired"), (1, "waiting"), (1, "released")]
    deeds += [(1, "acquired"), (1, "woken"), (1, "released"), (1, "released")]
    events = story(*deeds, kind="Condition", until=[None, None, "notify", *[None] * 5])
    assert held(modules, events) == [["T1", 1, 0, 3], ["T1", 1, 4, 7]]


def test_what_an_ended_thread_did_not_release_stays_held(modules: Modules) -> None:
    [acquired] = story((1, "acquired"))
    ended: Json = {**acquired, "type": "thread", "event": "ended", "seq": 2, "t": 1.0}
    assert held(modules, [acquired, ended]) == [["T1", 1, 0, None]]
    lost: Json = {"seq": 3, "t": 0.5, "type": "dropped", "run": "r", "what": "calls", "count": 1}
    assert held(modules, [acquired, lost, ended]) == [["T1", 1, 0, 1]]
    over: Json = {"seq": 4, "t": 2.0, "type": "run.exited", "run": "r"}
    assert held(modules, [acquired, ended, over]) == [["T1", 1, 0, 2]]


def test_a_permit_that_another_thread_gives_back_is_that_which_was_taken_first(
    modules: Modules,
) -> None:
    deeds = [(9, "made"), (1, "acquired"), (2, "acquired"), (3, "released"), (2, "released")]
    events = story(*deeds, kind="Semaphore", value=[2, 1, 0, 1, 2])
    assert held(modules, events) == [["T1", 1, 1, 3], ["T2", 1, 2, 4]]


def test_a_semaphore_that_is_a_signal_is_held_by_nobody(modules: Modules) -> None:
    deeds = [(9, "made"), (1, "released"), (2, "acquired"), (1, "released"), (2, "acquired")]
    assert held(modules, story(*deeds, kind="Semaphore", value=[0, 1, 0, 1, 0])) == []


def test_of_a_semaphore_whose_making_was_not_told_no_more_is_held_than_was_taken(
    modules: Modules,
) -> None:
    events = story((1, "acquired"), (2, "released"), kind="Semaphore", value=[1, 2])
    assert held(modules, events) == [["T1", 1, 0, 1]]


def test_in_the_lab_lowlevel_each_lock_is_held_until_its_thread_releases_it(
    modules: Modules,
) -> None:
    events = recording("lowlevel")
    releases = [e for e in events if e.get("event") == "released" and e["object"] in (3, 4, 5, 6)]
    assert len({event["tid"] for event in releases}) == 4  # each in a thread of its own
    holds = held(modules, events)
    for event in releases:
        [first] = [h for h in holds if h[1] == event["object"] and h[3] == event["t"]]
        assert first[0] == "MainThread"
    assert all(end is not None for *_, end in holds)


def test_in_a_real_run_the_truth_is_told_at_every_moment(modules: Modules) -> None:
    """Compare with what handed_over.py does: never more than one has a lock, nobody a free one."""
    events = recording("handed_over")
    holds = held(modules, events)
    made = {e["object"]: e.get("value", 1) for e in events if e.get("event") == "made"}
    for event in events:
        now = event["t"]
        out = [h for h in holds if h[2] <= now < (h[3] or float("inf"))]
        for number, permits in made.items():
            assert len([h for h in out if h[1] == number]) <= permits
    door, seats, parcels, table, plain = (
        [(name, round(t - events[0]["t"], 9), end) for name, n, t, end in holds if n == number]
        for number in (1, 2, 3, 4, 5)
    )
    assert sorted(name for name, *_ in door) == ["MainThread", "forgetter", "visitor"]
    assert [name for name, *_ in seats] == ["guest"] * 3
    assert parcels == []
    assert sorted(name for name, *_ in table) == ["sleeper", "sleeper", "sleeper", "waker"]
    assert sorted(name for name, *_ in plain) == ["reader", "reader", "writer"]
    released = [e["t"] for e in events if e.get("event") == "released" and e["object"] == 1]
    assert {end for _, _, end in door} == set(released)
    given_back = [e["t"] for e in events if e.get("event") == "released" and e["object"] == 2]
    assert sorted(end for _, _, end in seats) == given_back
