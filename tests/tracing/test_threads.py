"""Threads and what they wait for: told as it is, and the same program as untraced."""

from __future__ import annotations

import itertools
from pathlib import Path
from textwrap import dedent

import pytest

from tests.tracing.runs import Record, traced, untraced

WAIT_UNTIL = """
import threading, time
def until(condition):
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > 20:
            raise TimeoutError
        time.sleep(0.001)
"""


def told(tmp_path: Path, text: str) -> list[Record]:
    """Run a program under the tracer; return what it told, after seeing that it ended well."""
    program = tmp_path / "program.py"
    program.write_text(WAIT_UNTIL + dedent(text))
    outcome, records = traced(program)
    assert (outcome.status, outcome.err) == (0, "")
    return sorted(records, key=lambda record: record["t"])


def syncs(records: list[Record], kind: str) -> list[Record]:
    return [r for r in records if r["type"] == "sync" and r["kind"] == kind]


def steps(records: list[Record]) -> list[tuple[str, str]]:
    return [(r["thread"], r["event"]) for r in records]


def tids(records: list[Record]) -> dict[str, int]:
    return {r["thread"]: r["tid"] for r in records}


def line_of(text: str, snippet: str) -> int:
    lines = (WAIT_UNTIL + dedent(text)).splitlines()
    return 1 + next(n for n, line in enumerate(lines) if snippet in line)


# Threads


def test_a_thread_is_told_from_its_start_to_its_end(tmp_path: Path) -> None:
    text = """
    go = threading.Event()
    thread = threading.Thread(target=go.wait, name="worker")
    thread.start()
    threading.Timer(0.05, go.set).start()
    thread.join()
    """
    records = [r for r in told(tmp_path, text) if r["type"] == "thread"]
    mine = [r for r in records if r["thread"] == "worker" or r.get("other") == "worker"]
    assert [(r["thread"], r["event"], r.get("other")) for r in mine] == [
        ("MainThread", "starts", "worker"),
        ("worker", "began", None),
        ("MainThread", "joins", "worker"),
        ("worker", "ended", None),
        ("MainThread", "joined", "worker"),
    ]
    assert mine[-1]["ended"] is True
    assert (mine[0]["file"], mine[0]["line"]) == ("program.py", line_of(text, "thread.start()"))
    assert mine[2]["line"] == line_of(text, "thread.join()")


def test_a_join_that_is_over_before_its_thread_is_told_as_that(tmp_path: Path) -> None:
    text = """
    go = threading.Event()
    thread = threading.Thread(target=go.wait)
    thread.start()
    thread.join(0.01)
    go.set()
    """
    joined = [r for r in told(tmp_path, text) if r.get("event") == "joined"]
    assert [r["ended"] for r in joined] == [False]


def test_a_join_of_a_thread_that_has_ended_waits_for_nothing(tmp_path: Path) -> None:
    text = """
    thread = threading.Thread(target=int)
    thread.start()
    until(lambda: not thread.is_alive())
    thread.join()
    """
    assert not [r for r in told(tmp_path, text) if r.get("event") in ("joins", "joined")]


def test_low_level_threads_and_their_locks_are_told(tmp_path: Path) -> None:
    text = """
    import _thread
    done = _thread.allocate_lock()
    done.acquire()
    def work():
        done.release()
    _thread.start_new_thread(work, ())
    done.acquire()
    """
    records = told(tmp_path, text)
    threads = [r for r in records if r["type"] == "thread"]
    assert [(r["event"], r.get("other")) for r in threads][:2] == [
        ("starts", "work"),
        ("began", None),
    ]
    worker = threads[1]
    assert worker["tid"] != threads[0]["tid"]
    locks = syncs(records, "Lock")
    assert [r["event"] for r in locks if r["event"] != "waiting"] == [
        "made",
        "acquired",
        "released",
        "acquired",
    ]
    (released,) = [r for r in locks if r["event"] == "released"]
    assert (released["tid"], released["thread"]) == (worker["tid"], f"thread {worker['tid']}")


def test_threads_of_the_library_are_told_and_its_locks_are_silent(tmp_path: Path) -> None:
    """Queue, barrier, pool and log all take locks and wait; only the program's own lock is told."""
    text = """
    import concurrent.futures, io, logging, queue
    log = io.StringIO()
    logging.basicConfig(stream=log)
    messages = queue.Queue(1)
    barrier = threading.Barrier(2)
    lock = threading.Lock()
    def work(number):
        barrier.wait()
        messages.put(number)  # the second waits for the first to be taken
        with lock:
            logging.warning("put %s", number)
    with concurrent.futures.ThreadPoolExecutor(2, thread_name_prefix="pool") as pool:
        futures = [pool.submit(work, number) for number in range(2)]
        until(lambda: messages.full() and len(messages.not_full._waiters) == 1)
        assert {messages.get(), messages.get()} == {0, 1}
        [future.result() for future in futures]
    assert log.getvalue().count("put") == 2
    """
    records = told(tmp_path, text)
    synced = [r for r in records if r["type"] == "sync"]
    assert {(r["kind"], r["object"]) for r in synced} == {("Lock", synced[0]["object"])}
    assert [r["event"] for r in synced if r["event"] in ("made", "acquired")] == [
        "made",
        "acquired",
        "acquired",
    ]
    began = [r["thread"] for r in records if r.get("event") == "began"]
    assert began == ["pool_0", "pool_1"]
    starts = [r for r in records if r.get("event") == "starts"]
    assert {r["file"] for r in starts} == {"program.py"}


def test_a_thread_that_an_exception_ends_is_told_to_its_end(tmp_path: Path) -> None:
    text = """
    threading.excepthook = lambda args: None
    thread = threading.Thread(target=lambda: 1 / 0, name="worker")
    thread.start()
    thread.join()
    """
    events = steps([r for r in told(tmp_path, text) if r["thread"] == "worker"])
    assert events == [("worker", "began"), ("worker", "ended")]


# Locks


def test_who_holds_a_lock_who_waits_and_who_gets_it(tmp_path: Path) -> None:
    text = """
    lock = threading.Lock()
    def work():
        with lock:
            pass
    threads = [threading.Thread(target=work, name=f"worker {n}") for n in range(2)]
    with lock:
        for thread in threads:
            thread.start()
        until(lambda: len(lock._waiting) == 2)
    for thread in threads:
        thread.join()
    """
    records = syncs(told(tmp_path, text), "Lock")
    assert records[0]["event"] == "made"
    assert records[0]["line"] == line_of(text, "threading.Lock()")
    assert {r["object"] for r in records} == {records[0]["object"]}
    tid = tids(records)
    assert steps(records[1:2]) == [("MainThread", "acquired")]
    waiting = records[2:4]
    assert {(r["thread"], r["event"]) for r in waiting} == {
        ("worker 0", "waiting"),
        ("worker 1", "waiting"),
    }
    assert {r["line"] for r in waiting} == {line_of(text, "with lock:")}
    released = records[4]
    assert (released["thread"], released["event"]) == ("MainThread", "released")
    assert set(released["waiting"]) == {tid["worker 0"], tid["worker 1"]}
    holder = ""
    for record in records[5:]:
        if record["event"] == "acquired":
            assert holder == ""
            holder = record["thread"]
        elif record["event"] == "released":
            assert holder == record["thread"]
            holder = ""
    assert holder == ""


@pytest.mark.parametrize("made", ["threading.Lock", "threading.RLock", "_thread.allocate_lock"])
def test_a_lock_that_is_not_got_is_told_as_missed_or_as_a_timeout(
    tmp_path: Path, made: str
) -> None:
    text = f"""
    import _thread
    lock = {made}()
    def work():
        assert not lock.acquire(False)
        assert not lock.acquire(blocking=False)
        assert not lock.acquire(timeout=0.01)
        assert not lock.acquire(True, 0)
    with lock:
        thread = threading.Thread(target=work, name="worker")
        thread.start()
        thread.join()
    """
    records = [r for r in told(tmp_path, text) if r["type"] == "sync"]
    events = [r["event"] for r in records if r["thread"] == "worker"]
    assert events == ["missed", "missed", "waiting", "timeout", "waiting", "timeout"]


def test_a_wait_that_ctrl_c_ends_is_told_as_over(tmp_path: Path) -> None:
    text = """
    import signal
    signal.signal(signal.SIGALRM, signal.default_int_handler)
    lock = threading.Lock()
    lock.acquire()
    semaphore = threading.Semaphore(0)
    condition = threading.Condition()
    event = threading.Event()
    def in_condition():
        with condition:
            condition.wait()
    for wait in (lock.acquire, semaphore.acquire, in_condition, event.wait):
        signal.setitimer(signal.ITIMER_REAL, 0.02)
        try:
            wait()
        except KeyboardInterrupt:
            pass
    """
    records = [r for r in told(tmp_path, text) if r["type"] == "sync"]
    for kind in ("Lock", "Semaphore", "Condition", "Event"):
        events = [r["event"] for r in records if r["kind"] == kind]
        assert "waiting" in events
        assert "interrupted" in events[events.index("waiting") :]
        assert "timeout" not in events
    condition = [r["event"] for r in records if r["kind"] == "Condition"]
    assert condition[-1] == "released"


def test_a_reentrant_lock_tells_each_acquire_and_release(tmp_path: Path) -> None:
    text = """
    lock = threading.RLock()
    with lock:
        with lock:
            pass
    """
    events = [r["event"] for r in syncs(told(tmp_path, text), "RLock")]
    assert events == ["made", "acquired", "acquired", "released", "released"]


# Semaphores


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


# Events


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


# Conditions


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
    until(lambda: filled._sleepers)
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


# What only raises is not told


def test_a_call_that_only_raises_is_silent(tmp_path: Path) -> None:
    text = """
    import _thread, contextlib
    def fails(work, *args, **kwargs):
        with contextlib.suppress(RuntimeError, ValueError, TypeError, OverflowError):
            work(*args, **kwargs)
            raise AssertionError(work)
    lock, reentrant = threading.Lock(), threading.RLock()
    bounded, condition = threading.BoundedSemaphore(1), threading.Condition()
    fails(lock.release)
    fails(reentrant.release)
    fails(lock.acquire, False, 1)
    fails(lock.acquire, timeout=-5)
    fails(lock.acquire, timeout=1e300)
    fails(bounded.release)
    fails(bounded.release, 0)
    fails(bounded.acquire, False, 1)
    fails(condition.release)
    fails(condition.wait)
    fails(condition.notify)
    fails(threading.Semaphore, -1)
    fails(_thread.start_new_thread, 5, ())
    fails(_thread.start_new_thread, print, 5)
    thread = threading.Thread(target=int)
    fails(thread.join)
    fails(threading.current_thread().join)
    """
    records = told(tmp_path, text)
    assert {r["event"] for r in records} == {"made"}


SAME = {
    "locks": """
        import _thread, copy, pickle, threading
        for make in (threading.Lock, threading.RLock, _thread.allocate_lock):
            lock = make()
            print(lock.acquire(), type(lock).__name__, type(lock).__module__, repr(lock)[:20])
            print(lock.release())
            with lock as got:
                print(got)
            for wrong in (
                lambda: lock.release(),
                lambda: lock.acquire(False, 1),
                lambda: lock.acquire(timeout=-5),
                lambda: lock.acquire(timeout=1e300),
                lambda: lock.acquire(1, 2, 3),
                lambda: lock.acquire(timeout=None),
                lambda: make(1, 2) if make is not threading.RLock else None,
                lambda: pickle.dumps(lock),
                lambda: copy.copy(lock),
                lambda: lock.unknown,
            ):
                try:
                    print(wrong())
                except Exception as error:
                    print(type(error), "" if isinstance(error, TypeError) else error)
            print(lock.acquire(blocking=0), lock.acquire(False) == (make is threading.RLock))
        lock = threading.Lock()
        print(lock.locked(), lock.acquire(), lock.locked(), lock.acquire(timeout=0.01))
        print(isinstance(lock, type(threading.Lock())), hasattr(lock, "release_lock"))
    """,
    "makers of locks in a class": """
        import _thread, threading
        class Store:
            make, allocate = threading.Lock, _thread.allocate_lock
            start = _thread.start_new_thread
        store = Store()
        with store.make(), store.allocate() as got:
            print(got, store.make.__name__, store.allocate.__name__)
        done = store.allocate()
        done.acquire()
        store.start(done.release, ())
        print(done.acquire(timeout=20))
    """,
    "semaphores": """
        import threading
        for make in (threading.Semaphore, threading.BoundedSemaphore):
            permits = make(1)
            print(make.__name__, permits.acquire(), permits.acquire(timeout=0.01), permits._value)
            print(permits.acquire(False), permits.release(), permits._value)
            for wrong in (
                lambda: permits.release() if make is threading.BoundedSemaphore else None,
                lambda: permits.release(0),
                lambda: permits.acquire(False, 1),
                lambda: make(-1),
                lambda: make("x"),
            ):
                try:
                    print(wrong())
                except Exception as error:
                    print(type(error), error)
            with permits as got:
                print(got, isinstance(permits, threading.Semaphore))
    """,
    "events": """
        import threading
        event = threading.Event()
        print(event.is_set(), event.wait(0.01), event.set(), event.wait(), event.is_set())
        print(event.clear(), event.is_set(), type(event).__name__, type(event).__module__)
        threading.Timer(0.02, event.set).start()
        print(event.wait(20))
    """,
    "conditions": """
        import threading
        for condition in (
            threading.Condition(),
            threading.Condition(threading.Lock()),
            threading.Condition(lock=threading.RLock()),
        ):
            calls = (condition.wait, condition.notify, condition.notify_all, condition.release)
            for wrong in calls:
                try:
                    print(wrong())
                except Exception as error:
                    print(type(error), error)
            with condition as got:
                print(got, condition.wait(0.01), condition.wait_for(lambda: 0, 0.01))
                print(condition.wait_for(lambda: 5), condition.notify(2))
            print(condition.acquire(), condition.release())
    """,
    "a condition hands over in order": """
        import threading
        condition, turn = threading.Condition(), 0
        def work(number):
            global turn
            with condition:
                condition.wait_for(lambda: turn == number)
                print(number)
                turn += 1
                condition.notify_all()
        threads = [threading.Thread(target=work, args=(n,)) for n in reversed(range(5))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    """,
    "threads": """
        import threading
        class Mine(threading.Thread):
            def __init__(self):
                pass
        thread = threading.Thread(target=int)
        for wrong in (
            thread.join,
            threading.current_thread().join,
            Mine().start,
            Mine().join,
            lambda: (thread.start(), thread.start()),
        ):
            try:
                print(wrong())
            except Exception as error:
                print(type(error), error)
        thread.join()
        print(thread.join(), thread.is_alive(), thread.join(timeout=1))
        print(threading.Thread.start.__qualname__, bool(threading.Thread.join.__doc__))
    """,
    "low-level threads": """
        import _thread
        done = _thread.allocate_lock()
        done.acquire()
        def work(*args, **kwargs):
            print(args, kwargs)
            done.release()
        ident = _thread.start_new_thread(work, (1, 2), {"a": 3})
        done.acquire()
        print(type(ident))
        for wrong in (
            lambda: _thread.start_new_thread(work),
            lambda: _thread.start_new_thread(5, ()),
            lambda: _thread.start_new_thread(work, [1]),
            lambda: _thread.start_new_thread(work, (), 5),
        ):
            try:
                print(wrong())
            except Exception as error:
                print(type(error), error)
        def leave():
            try:
                _thread.exit()
            finally:
                done.release()
        _thread.start_new_thread(leave, ())
        print(done.acquire(timeout=20), isinstance(done, _thread.LockType))
    """,
}


@pytest.mark.parametrize("name", SAME)
def test_they_behave_as_untraced(name: str, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(dedent(SAME[name]))
    outcome = traced(program)[0]
    assert outcome == untraced(program)
    assert (outcome.status, outcome.err) == (0, "")
