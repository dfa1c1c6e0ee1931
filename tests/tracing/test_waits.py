"""Waits in calls of the library: who waits, in what call, on which line, until what."""

from __future__ import annotations

import select
from pathlib import Path

import pytest

from tests.tracing.runs import Record, Traced, traced, untraced
from tests.tracing.syncs import line_of, told

# Each waits until another thread lets it go on, which looks whether it does: a thread that waits
# for the interpreter only is awake every 5 ms (sys.getswitchinterval).
HEAD = """
import pathlib
def sleeps():
    status = pathlib.Path(f"/proc/self/task/{threading.main_thread().native_id}/status")
    if not status.exists():
        time.sleep(0.3)
        return True
    before = status.read_text()
    time.sleep(0.02)
    return "State:\\tS" in before and before == status.read_text()
import concurrent.futures, queue, select, selectors, socket, sys
messages, full = queue.Queue(), queue.Queue(1)
full.put(1)
full.get_nowait()
full.put(2)
barrier, pool = threading.Barrier(2), concurrent.futures.ThreadPoolExecutor(1)
ours, theirs = socket.socketpair()
look = selectors.DefaultSelector()
look.register(ours, selectors.EVENT_READ)
future, go = concurrent.futures.Future(), threading.Event()
def later(work, *args):
    def run():
        until(sleeps)
        work(*args)
    threading.Thread(target=run, name="other").start()
"""
WAITS = {
    "queue.get": ("later(messages.put, 1)", "messages.get()", "messages.get", "others"),
    "queue.put": ("later(full.get)", "full.put(3)", "full.put", "others"),
    "queue.join": ("later(full.task_done); full.task_done()", "full.join()", "full.join", "others"),
    "simple": (
        "simple = queue.SimpleQueue(); later(simple.put, None)",
        "assert simple.get() is None",
        "simple.get",
        "others",
    ),
    "barrier": ("later(barrier.wait)", "barrier.wait()", "barrier.wait", "others"),
    "result": ("later(future.set_result, 1)", "future.result()", "future.result", "others"),
    "wait": (
        "later(future.set_result, 1)",
        "concurrent.futures.wait([future])",
        "concurrent.futures.wait",
        "others",
    ),
    "completed": (
        "from concurrent.futures import as_completed; later(future.set_result, 1)",
        "for each in as_completed([future]): pass",
        "as_completed",
        "others",
    ),
    "select": ("later(theirs.send, b'x')", "select.select([ours], [], [])", None, "ready"),
    "poll": (
        "poll = select.poll(); poll.register(ours, select.POLLIN); later(theirs.send, b'x')",
        "assert poll.poll() == [(ours.fileno(), select.POLLIN)]",
        "poll.poll",
        "ready",
    ),
    "epoll": (
        "epoll = select.epoll(); epoll.register(ours, select.EPOLLIN); later(theirs.send, b'x')",
        "assert epoll.poll(maxevents=2) == [(ours.fileno(), select.EPOLLIN)]",
        "epoll.poll",
        "ready",
    ),
    "selectors": ("later(theirs.send, b'x')", "look.select()", "look.select", "ready"),
}

if not hasattr(select, "epoll"):
    del WAITS["epoll"]


def waits(records: list[Record]) -> list[Record]:
    return [r for r in records if r.get("event") in ("waits", "waited")]


@pytest.mark.parametrize("kind", WAITS)
def test_a_wait_in_the_library_is_told_on_the_program_s_line(kind: str, tmp_path: Path) -> None:
    before, line, call, until = WAITS[kind]
    text = HEAD + f"{before}\n{line}\n"
    began, ended = waits(told(tmp_path, text))
    assert [began["event"], ended["event"]] == ["waits", "waited"]
    for each in (began, ended):
        assert (each["thread"], each["line"]) == ("MainThread", line_of(text, line))
        assert (each["call"], each["until"]) == (call or "select.select", until)
    assert "error" not in ended
    assert ended["t"] - began["t"] > 0.01


def test_a_wait_for_a_line_is_told_until_it_is_typed(tmp_path: Path) -> None:
    text = HEAD + "import os\nread, write = os.pipe()\nsys.stdin = os.fdopen(read)\n"
    text += "later(os.write, write, b'word\\n')\nassert input() == 'word'\n"
    began, ended = waits(told(tmp_path, text))
    assert (began["call"], began["until"], ended["event"]) == ("input", "line", "waited")
    assert began["line"] == line_of(text, "assert input()")


TYPED = {
    "input": ("print(input())", "input"),
    "readline": ("print(sys.stdin.readline())", "sys.stdin.readline"),
    "read": ("print(sys.stdin.buffer.read1())", "sys.stdin.buffer.read1"),
    "loop": ("for line in sys.stdin: print(line); break", "sys.stdin"),
    "library": ("for line in fileinput.input(): print(line); break", "__next__"),
}


@pytest.mark.parametrize("kind", TYPED)
def test_a_wait_for_standard_input_is_told_once_on_the_line_that_reads(
    kind: str, tmp_path: Path
) -> None:
    line, call = TYPED[kind]
    program = tmp_path / "program.py"
    program.write_text(f"import fileinput, sys\n{line}\n")
    with Traced(program) as run:
        began = run.records(until=lambda record: record.get("event") == "waits")
        assert run.process.stdin is not None
        run.process.stdin.write(b"word\n")
        run.process.stdin.flush()
        assert run.line() == ("b'word\\n'" if kind == "read" else "word")
        told = waits(began + run.records())
        assert run.outcome().status == 0
    assert [(r["event"], r["call"], r["until"], r["line"]) for r in told] == [
        (event, call, "line", 2) for event in ("waits", "waited")
    ]


def test_that_an_item_did_not_come_in_time_is_told(tmp_path: Path) -> None:
    text = """
    import queue
    for value in (0, None, ()):
        late = queue.SimpleQueue()
        threading.Timer(0.05, late.put, [value]).start()
        assert late.get(timeout=5) == value
    try:
        queue.SimpleQueue().get(timeout=0.01)
    except queue.Empty:
        pass
    """
    ends = [r.get("error") for r in waits(told(tmp_path, text)) if r["event"] == "waited"]
    assert ends == [None, None, None, "timeout"]


def test_what_is_there_at_once_is_not_waited_for(tmp_path: Path) -> None:
    text = HEAD + "messages.put(1)\nmessages.get()\nlook.select(0)\n"
    text += "simple = queue.SimpleQueue()\nsimple.put(0)\nsimple.get()\n"
    assert waits(told(tmp_path, text)) == []


def test_the_library_s_own_threads_wait_in_silence(tmp_path: Path) -> None:
    text = HEAD + "pool.submit(barrier.wait)\nuntil(lambda: barrier.n_waiting)\nbarrier.abort()\n"
    assert [r for r in waits(told(tmp_path, text)) if r["thread"] != "MainThread"] == []


def test_waits_for_events_and_semaphores_of_the_program_are_told_once(tmp_path: Path) -> None:
    text = HEAD + "later(go.set)\ngo.wait()\npermits = threading.Semaphore(0)\n"
    text += "later(permits.release)\npermits.acquire()\n"
    records = told(tmp_path, text)
    assert waits(records) == []
    assert len([r for r in records if r.get("event") == "waiting"]) == 2


def test_a_loop_of_waits_that_time_out_is_told_as_one(tmp_path: Path) -> None:
    text = """
    import queue
    def poll():
        for _ in range(30):
            try:
                queue.Queue().get(timeout=0.01)
            except queue.Empty:
                pass
    poll()
    time.sleep(0.2)
    """
    records = told(tmp_path, text)
    began, ended = waits(records)[0], waits(records)[-1]
    assert ended["error"] == "timeout"
    (nap,) = [r for r in records if r.get("event") == "sleeps"]
    assert began["t"] < ended["t"] <= nap["t"]
    assert len(waits(records)) < 60


CALLS = [
    "input(1, 2)", "input(prompt=1)", "input()", "select.select(1)",
    "select.select([], [], [-1])", "select.select([], [], [], 'x')",
    "selectors.DefaultSelector().select(1, 2)",
    "selectors.SelectSelector().select('x')", "queue.Queue().get(timeout=-1)",
    "queue.SimpleQueue().get(timeout=-1)", "queue.SimpleQueue().get(1, 2, 3)",
    "queue.SimpleQueue().get(timeout='x')", "queue.SimpleQueue().get(False, 'x')",
    "queue.SimpleQueue().get(True, timeout=0.001)", "queue.SimpleQueue().get(block=0)",
    "queue.SimpleQueue().get('x', block=1)", "queue.SimpleQueue().get(more=1)",
    "queue.SimpleQueue.get(1)", "queue.SimpleQueue.get()", "queue.SimpleQueue(10)",
    "pickle.dumps(queue.SimpleQueue())", "copy.copy(queue.SimpleQueue())",
    "show(queue.SimpleQueue, queue.SimpleQueue(), queue.SimpleQueue[int], queue.SimpleQueue())",
    "show(queue.SimpleQueue.__doc__, inspect.signature(queue.SimpleQueue.get))",
    "show(type('Mine', (queue.SimpleQueue,), {})().empty())", "type('Mine', (input,), {})",
    "show(sys.stdin, sys.stdin.buffer, sys.stdin.buffer.raw, type(sys.stdin.buffer.raw))",
    "type('Mine', (threading.Lock,), {})", "type('Mine', (threading.RLock,), {})",
    "show(sys.stdin.readline(), list(sys.stdin), sys.stdin.read(), sys.stdin.close())",
    "sys.stdin.readline()", "input()",
    "threading.Condition.wait(1)", "threading.Barrier(2).wait(0)",
    "show(repr(input), repr(select.select), input.__name__, select.select.__doc__)",
    "show(selectors.DefaultSelector.select, selectors.PollSelector.select.__qualname__)",
    "select.poll(1)", "select.poll().poll('x')", "select.poll().unregister(0)",
    "select.epoll(-2)", "select.epoll().poll('x')", "select.epoll.fromfd('x')",
    "with select.epoll() as it: show(it, type(it.fileno()), it.closed, it.poll(0), it.modify)",
    "show(select.poll, select.epoll, select.epoll.__doc__, select.poll(), select.epoll.poll)",
    "show(isinstance(select.epoll(), select.epoll), isinstance(1, select.epoll))",
    "type('Mine', (select.epoll,), {})", "copy.copy(select.epoll())",
    "show(select.poll().poll(0), select.epoll().__class__, select.epoll().poll.__doc__)",
    "show(copy.copy(input) is input, pickle.dumps(input), pickle.dumps(select.select))",
]  # fmt: skip
SHOW = """
import copy, inspect, pickle, queue, re, select, selectors, sys, threading, traceback
def show(*them):
    print(*[re.sub('0x[0-9a-f]+', '0x', str(each)) for each in them])
"""
TRY = """
try:
    CALL
except Exception:
    show(traceback.format_exc())
"""


def test_what_waits_has_the_face_of_what_it_stands_for(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(SHOW + "".join(TRY.replace("CALL", call) for call in CALLS))
    outcome, _ = traced(program)
    expected = untraced(program)
    assert outcome.out.splitlines() == expected.out.splitlines()
    assert outcome == expected
    assert expected.out.count("Traceback") > 10
