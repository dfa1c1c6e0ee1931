"""Threads and locks behave as untraced; what only raises is not told."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from tests.tracing.runs import traced, untraced
from tests.tracing.syncs import told


def test_a_call_that_only_raises_is_told_as_failed_and_as_nothing_else(tmp_path: Path) -> None:
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
    assert {r["event"] for r in records} == {"made", "failed"}


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
