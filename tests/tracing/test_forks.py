"""A program forks as without us: what it is warned of, and how its children end."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from tests.tracing.runs import Record, traced, untraced

FORK = """
import os
def fork():
    pid = os.fork()
    if not pid:
        os._exit(0)
    os.waitpid(pid, 0)
"""
# Each forks in one thread or beside others, with filters of its own or without.
WARNED = {
    "one thread": "fork()",
    "one thread, all warnings shown": "import warnings; warnings.simplefilter('always'); fork()",
    "one thread, warnings are errors": "import warnings; warnings.simplefilter('error'); fork()",
    "one thread, filters put aside": """
        import warnings
        with warnings.catch_warnings(record=True) as caught:
            warnings.resetwarnings()
            fork()
        fork()
        print(len(caught), warnings.filters)
    """,
    "after a thread has ended": """
        import threading
        thread = threading.Thread(target=print)
        thread.start()
        thread.join()
        while len(os.listdir("/proc/self/task")) > int(os.environ["THREADS"]):
            pass
        fork()
    """,
    "beside a thread": """
        import threading
        ended = threading.Event()
        threading.Thread(target=ended.wait).start()
        fork()
        ended.set()
    """,
    "beside a thread that threading does not know": """
        import _thread
        begun, ended = _thread.allocate_lock(), _thread.allocate_lock()
        begun.acquire(), ended.acquire()
        _thread.start_new_thread(lambda: (begun.release(), ended.acquire()), ())
        begun.acquire()
        fork()
        ended.release()
    """,
    "beside a thread, with a terminal": """
        import threading
        ended = threading.Event()
        threading.Thread(target=ended.wait).start()
        pid, terminal = os.forkpty()
        if not pid:
            os._exit(0)
        os.waitpid(pid, 0)
        ended.set()
    """,
    "in a child, beside a thread of the child": """
        import threading, time
        pid = os.fork()
        if not pid:
            fork()
            time.sleep(0)
            ended = threading.Event()
            threading.Thread(target=ended.wait).start()
            fork()
            ended.set()
            raise SystemExit
        os.waitpid(pid, 0)
    """,
}
AT_THE_END = """
    import atexit, os, socket
    sock = socket.socket()
    pid = os.fork()
    if not pid:
        atexit.register(sock.close)
        raise SystemExit(5)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"""


def run(tmp_path: Path, text: str) -> list[Record]:
    program = tmp_path / "program.py"
    program.write_text(text)
    expected = untraced(program)
    outcome, records = traced(program)
    assert (outcome.status, outcome.out) == (expected.status, expected.out)
    assert without_numbers(outcome.err) == without_numbers(expected.err)
    return records


def without_numbers(text: str) -> str:
    """Leave out the ids of processes."""
    return "".join(each for each in text if not each.isdigit())


@pytest.mark.parametrize("kind", WARNED)
def test_it_is_warned_of_its_own_threads_only(kind: str, tmp_path: Path) -> None:
    text = "import os\nos.environ['THREADS'] = str(len(os.listdir('/proc/self/task')))\n"
    run(tmp_path, text + FORK + dedent(WARNED[kind]))


def test_what_a_child_does_first_at_its_end_is_told(tmp_path: Path) -> None:
    records = run(tmp_path, dedent(AT_THE_END))
    assert [r["call"] for r in records if "child" in r] == ["close"]
