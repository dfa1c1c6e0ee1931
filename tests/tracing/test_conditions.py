"""Semaphores, events and conditions: who waits, who is woken."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from tests.tracing.syncs import line_of, steps, syncs, tids, told


@pytest.mark.parametrize("kind", ["Semaphore", "BoundedSemaphore"])
def test_a_semaphore_tells_its_permits_who_waits_and_who_is_woken(
    tmp_path: Path, kind: str
) -> None:
    text = f"""
    permits = threading.{kind}(2)
    def work():
        with permits:
            pass
    permits.acquire()
    permits.acquire()
    thread = threading.Thread(target=work, name="worker")
    thread.start()
    until(lambda: permits._queue)
    permits.release()
    thread.join()
    permits.release()
    assert permits.acquire(timeout=0.01)
    """
    records = syncs(told(tmp_path, text), kind)
    worker = tids(records)["worker"]
    assert [(r["thread"], r["event"], r["value"]) for r in records] == [
        ("MainThread", "made", 2),
        ("MainThread", "acquired", 1),
        ("MainThread", "acquired", 0),
        ("worker", "waiting", 0),
        ("MainThread", "released", 1),
        ("worker", "acquired", 0),
        ("worker", "released", 1),
        ("MainThread", "released", 2),
        ("MainThread", "acquired", 1),
    ]
    assert [r["woke"] for r in records if r["event"] == "released"] == [[worker], [], []]


def test_a_semaphore_that_gives_nothing_is_told_as_missed_or_as_a_timeout(tmp_path: Path) -> None:
    text = """
    permits = threading.Semaphore(0)
    permits.acquire(blocking=False)
    permits.acquire(timeout=0.01)
    """
    records = syncs(told(tmp_path, text), "Semaphore")
    assert [(r["event"], r["value"]) for r in records] == [
        ("made", 0),
        ("missed", 0),
        ("waiting", 0),
        ("timeout", 0),
    ]


def test_a_semaphore_of_true_has_one_permit(tmp_path: Path) -> None:
    records = told(tmp_path, "permits = threading.Semaphore(True)\npermits.acquire()")
    found = [(r["event"], repr(r["value"])) for r in syncs(records, "Semaphore")]
    assert found == [("made", "1"), ("acquired", "0")]


def test_the_permits_that_are_told_can_be_in_that_order(tmp_path: Path) -> None:
    """Under load: never negative, never more than there are, and each step changes them by one."""
    text = """
    permits = threading.BoundedSemaphore(3)
    def work():
        for _ in range(50):
            with permits:
                pass
    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    """
    records = syncs(told(tmp_path, text), "BoundedSemaphore")
    values = [r["value"] for r in records]
    assert set(values) <= {0, 1, 2, 3}
    for before, record in itertools.pairwise(records):
        change = {"acquired": -1, "released": 1}.get(record["event"], 0)
        assert record["value"] == before["value"] + change
    assert values[-1] == 3
    assert sum(r["event"] == "acquired" for r in records) == 400


def test_an_event_tells_who_waits_who_sets_it_and_who_is_woken(tmp_path: Path) -> None:
    text = """
    ready = threading.Event()
    thread = threading.Thread(target=ready.wait, name="worker")
    thread.start()
    until(lambda: ready._sleepers)
    ready.set()
    thread.join()
    ready.wait()
    ready.clear()
    ready.wait(0.01)
    """
    records = syncs(told(tmp_path, text), "Event")
    assert steps(records) == [
        ("MainThread", "made"),
        ("worker", "waiting"),
        ("MainThread", "set"),
        ("worker", "woken"),
        ("MainThread", "cleared"),
        ("MainThread", "waiting"),
        ("MainThread", "timeout"),
    ]
    assert records[1]["until"] == "set"
    assert records[2]["woke"] == [tids(records)["worker"]]
    assert [r["value"] for r in records if "value" in r] == [0, 1, 0]


def test_a_condition_tells_its_lock_who_waits_and_who_is_notified(tmp_path: Path) -> None:
    text = """
    box = []
    filled = threading.Condition()
    def take():
        with filled:
            while not box:
                filled.wait()
            box.pop()
    thread = threading.Thread(target=take, name="taker")
    thread.start()
    until(lambda: filled._sleepers and "unlocked" in repr(filled._lock))
    with filled:
        box.append(1)
        filled.notify()
    thread.join()
    """
    records = syncs(told(tmp_path, text), "Condition")
    # How soon the taker asks for the lock again depends on the scheduler: it is no step of its own.
    assert steps(records) == [
        ("MainThread", "made"),
        ("taker", "acquired"),
        ("taker", "waiting"),
        ("taker", "released"),
        ("MainThread", "acquired"),
        ("MainThread", "notified"),
        ("MainThread", "released"),
        ("taker", "acquired"),
        ("taker", "woken"),
        ("taker", "released"),
    ]
    assert {r["object"] for r in records} == {records[0]["object"]}
    assert records[2]["until"] == "notify"
    assert records[2]["line"] == line_of(text, "filled.wait()")
    assert records[5]["woke"] == [tids(records)["taker"]]


def test_notify_all_tells_all_who_wait_and_a_timeout_is_told(tmp_path: Path) -> None:
    text = """
    condition = threading.Condition()
    def work():
        with condition:
            condition.wait_for(lambda: go, timeout=20)
    go = False
    threads = [threading.Thread(target=work, name=f"worker {n}") for n in range(3)]
    for thread in threads:
        thread.start()
    until(lambda: len(condition._sleepers) == 3)
    with condition:
        go = True
        condition.notify_all()
    for thread in threads:
        thread.join()
    with condition:
        condition.wait(0.01)
        condition.notify()
    """
    records = syncs(told(tmp_path, text), "Condition")
    tid = tids(records)
    first, second = [r for r in records if r["event"] == "notified"]
    assert set(first["woke"]) == {tid[f"worker {n}"] for n in range(3)}
    assert second["woke"] == []
    assert sum(r["event"] == "woken" for r in records) == 3
    assert steps(records)[-6:] == [
        ("MainThread", "waiting"),
        ("MainThread", "released"),
        ("MainThread", "acquired"),
        ("MainThread", "timeout"),
        ("MainThread", "notified"),
        ("MainThread", "released"),
    ]


def test_a_condition_on_a_lock_of_the_program_tells_that_lock_and_invents_nothing(
    tmp_path: Path,
) -> None:
    text = """
    lock = threading.Lock()
    full, empty = threading.Condition(lock), threading.Condition(lock)
    with full:
        full.wait(0.01)
        empty.notify_all()
    """
    records = [r for r in told(tmp_path, text) if r["type"] == "sync"]
    assert [(r["kind"], r["event"]) for r in records] == [
        ("Lock", "made"),
        ("Condition", "made"),
        ("Condition", "made"),
        ("Lock", "acquired"),
        ("Condition", "waiting"),
        ("Lock", "released"),
        ("Lock", "acquired"),
        ("Condition", "timeout"),
        ("Condition", "notified"),
        ("Lock", "released"),
    ]
