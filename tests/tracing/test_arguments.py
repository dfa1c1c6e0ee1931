"""Wrong and odd arguments: refused in Python's own words, and told as a call that failed."""

from __future__ import annotations

import socket
from pathlib import Path

from backend.tracing.arguments import ARGUMENTS_LIMIT, shown, shown_arguments
from tests.tracing import wrong_arguments
from tests.tracing.runs import traced, untraced
from tests.tracing.told_calls import calls

PROGRAM = Path(wrong_arguments.__file__)


def test_all_that_is_traced_takes_and_refuses_what_it_does_untraced() -> None:
    """Type and words of each error, and what it came from, for all kinds of arguments."""
    (told, _), plain = traced(PROGRAM), untraced(PROGRAM)
    assert plain.out.endswith("done\n"), plain.err
    assert told.out.splitlines() == plain.out.splitlines()
    assert (told.status, told.err) == (plain.status, plain.err)


def test_calls_of_sockets_that_python_refuses_are_told_with_their_arguments(
    tmp_path: Path,
) -> None:
    names = [*wrong_arguments.INSTANT, *wrong_arguments.LINKING, *wrong_arguments.MOVING]
    names.remove("sendfile")  # written in Python: it fails before it calls anything that is traced
    text = f"""
    import socket
    sock = socket.socket()
    sock.setblocking(False)
    for name in {names}:
        try:
            getattr(sock, name)(1, "two", [3], 2.5, object(), 6)
        except TypeError:
            pass
    """
    told = [r for r in calls(tmp_path, text) if r.get("error")]
    assert [(r["call"], r["error"]) for r in told] == [(name, "TypeError") for name in names]
    assert {r["arguments"] for r in told} == {"1, 'two', [3], 2.5, <object>, 6"}


def test_calls_of_locks_and_threads_that_python_refuses_are_told(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "import threading, time\n"
        "def attempt(function, *args):\n"
        "    try:\n"
        "        function(*args)\n"
        "    except Exception:\n"
        "        pass\n"
        "attempt(threading.Lock().release)\n"
        "attempt(threading.RLock().acquire, True, 'x')\n"
        "attempt(threading.Condition().wait, 1)\n"
        "attempt(threading.Event().wait, 'soon')\n"
        "attempt(threading.Semaphore().release, 0)\n"
        "attempt(threading.BoundedSemaphore().release)\n"
        "attempt(threading.Thread().join)\n"
        "attempt(threading.current_thread().start, 1)\n"
        "attempt(time.sleep, -1)\n"
    )
    _, records = traced(program)
    told = [r for r in records if r.get("event") == "failed"]
    assert [(r.get("kind"), r["call"], r["arguments"], r["error"]) for r in told] == [
        ("Lock", "release", "", "RuntimeError"),
        ("RLock", "acquire", "True, 'x'", "TypeError"),
        ("Condition", "wait", "1", "RuntimeError"),
        ("Event", "wait", "'soon'", "TypeError"),
        ("Semaphore", "release", "0", "ValueError"),
        ("BoundedSemaphore", "release", "", "ValueError"),
        (None, "join", "", "RuntimeError"),
        (None, "start", "1", "TypeError"),
        (None, "sleep", "-1", "ValueError"),
    ]


def test_odd_values_are_told_as_the_kernel_has_them(tmp_path: Path) -> None:
    text = """
    import socket
    class Number:
        def __index__(self):
            return 2
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    for value in (float("inf"), float("nan"), 2**70, "2", Number()):
        try:
            sock.settimeout(value)
        except (TypeError, ValueError, OverflowError):
            pass
    sock.setblocking(Number())
    sock.listen(Number())
    """
    records = calls(tmp_path, text)
    told = [(r["call"], r.get("value"), r.get("arguments")) for r in records[2:]]
    assert told == [
        ("settimeout", None, "inf"),
        ("settimeout", None, "nan"),
        ("settimeout", None, "1180591620717411303424"),
        ("settimeout", None, "'2'"),
        ("settimeout", 2.0, None),
        ("setblocking", True, None),
        ("listen", None, None),
    ]
    assert records[-1]["backlog"] == 2


def test_what_is_shown_of_arguments_is_bounded_and_runs_nothing() -> None:
    assert shown(wrong_arguments.Bad()) == "<Bad>"
    assert shown(wrong_arguments.Text("x")) == "<Text>"
    assert shown((("a", [1, (2,)]),)) == "(('a', […]),)"
    assert len(shown(10**5000)) < 30
    assert shown("\udcff") == "'\\udcff'"
    constants = (socket.AF_INET6, socket.SOCK_DGRAM, socket.MSG_PEEK)
    assert shown_arguments(constants, {}) == "AF_INET6, SOCK_DGRAM, MSG_PEEK"
    assert len(shown_arguments(["x" * 1000] * 1000, {})) <= ARGUMENTS_LIMIT
