"""Threads and their locks: who starts, waits, holds, and is silent."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tracing.syncs import line_of, steps, syncs, tids, told


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


def test_a_sleep_of_the_program_is_told_as_a_wait_on_its_line(tmp_path: Path) -> None:
    text = """
    import time
    from time import sleep
    sleep(0.03)
    time.sleep(0.001)
    class Naps:
        nap = time.sleep
    Naps().nap(0.02)
    for wrong in ((), (-1,), ("1",), (1, 2)):
        try:
            time.sleep(*wrong)
        except (TypeError, ValueError) as error:
            print(error)
    threading.Thread(target=time.sleep, args=(0.03,)).start()
    """
    naps = [r for r in told(tmp_path, text) if r.get("event") in ("sleeps", "slept")]
    assert [r["event"] for r in naps] == ["sleeps", "slept"] * 2
    assert naps[0]["line"] == line_of(text, "sleep(0.03)")
    assert naps[1]["t"] - naps[0]["t"] >= 0.03
    assert [naps[1]["ended"], naps[2]["line"]] == [True, line_of(text, "Naps().nap(0.02)")]


def test_a_sleep_of_the_library_on_the_program_s_behalf_is_told(tmp_path: Path) -> None:
    text = """
    import sched, subprocess, sys, time
    from concurrent.futures import ThreadPoolExecutor
    plan = sched.scheduler()
    plan.enter(0.12, 1, print)
    plan.run()
    asleep = threading.Thread(target=time.sleep, args=(0.12,), name="asleep")
    asleep.start()
    asleep.join()
    with ThreadPoolExecutor(1, "pool") as pool:
        pool.submit(time.sleep, 0.12)
    subprocess.Popen([sys.executable, "-c", "pass"]).wait(30)
    """
    records = told(tmp_path, text)
    naps = [r for r in records if r.get("event") == "sleeps"]
    assert [r["thread"] for r in naps] == ["MainThread", "asleep", "pool_0"]
    assert [r.get("line") for r in naps] == [line_of(text, "plan.run()"), None, None]
    assert len([r for r in records if r.get("event") == "slept" and r["ended"]]) == len(naps)


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


def test_a_join_that_an_exception_ends_is_told_as_that(tmp_path: Path) -> None:
    text = """
    import os, signal
    def stop(number, frame):
        while frame is not None:
            if (frame.f_code.co_filename, frame.f_code.co_name) == (threading.__file__, "join"):
                raise KeyboardInterrupt
            frame = frame.f_back
    signal.signal(signal.SIGINT, stop)
    go = threading.Event()
    def interrupt():
        while not go.wait(0.01):
            os.kill(os.getpid(), signal.SIGINT)
    thread = threading.Thread(target=interrupt)
    thread.start()
    try:
        thread.join()
    except KeyboardInterrupt:
        go.set()
    """
    joined = [r for r in told(tmp_path, text) if r.get("event") == "joined"]
    assert [(r["ended"], r["error"]) for r in joined] == [(False, "KeyboardInterrupt")]


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
