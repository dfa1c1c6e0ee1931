"""Locks, permits and conditions that one thread takes and another gives back.

Recorded as handed_over.jsonl (README.md): who holds what afterwards is known for every line of it.
"""

import threading
import time
from collections.abc import Callable

STEP_S = 0.03

door = threading.Lock()  # taken by main, opened by the porter
seats = threading.Semaphore(2)  # taken by guests, given back by the waiter
parcels = threading.Semaphore(0)  # a signal: whoever takes one never gives it back
table = threading.Condition()  # on an RLock of its own, held twice
plain = threading.Lock()
shelf = threading.Condition(plain)  # on a lock that others may use, too


def porter() -> None:
    time.sleep(3 * STEP_S)
    door.release()  # main took it


def visitor() -> None:
    with door:
        time.sleep(STEP_S)


def guest() -> None:
    seats.acquire()
    time.sleep(STEP_S)  # and leaves: the waiter gives the seat back


def waiter() -> None:
    for _ in range(3):
        time.sleep(2 * STEP_S)
        seats.release()


def courier() -> None:
    for _ in range(3):
        time.sleep(STEP_S)
        parcels.release()


def receiver() -> None:
    for _ in range(3):
        parcels.acquire()


def sleeper() -> None:
    with table, table:  # wait() gives back both, and takes both again
        table.wait(timeout=STEP_S)  # in vain
        table.wait()
        time.sleep(STEP_S)


def waker() -> None:
    time.sleep(3 * STEP_S)
    with table:
        table.notify()
        time.sleep(STEP_S)  # who was notified waits for the lock meanwhile


def reader() -> None:
    with shelf:
        shelf.wait()


def writer() -> None:
    time.sleep(2 * STEP_S)
    with plain:
        shelf.notify_all()
        time.sleep(STEP_S)


def forgetter() -> None:
    door.acquire()  # and ends with it


def run_together(*functions: Callable[[], None]) -> None:
    threads = [threading.Thread(target=each, name=each.__name__) for each in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


door.acquire()
run_together(porter, visitor)
run_together(guest, guest, guest, waiter)
run_together(courier, receiver)
run_together(sleeper, waker)
run_together(reader, writer)
run_together(forgetter)
time.sleep(STEP_S)
door.release()  # the thread that took it has ended
print("done")
