"""Nothing that a program can pass ends the telling: every record fits, or is counted alone."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from textwrap import dedent
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.traced_events import Call, Thread, TraceEvent
from backend.domain.visit import is_sound
from backend.tracing.arguments import shown_arguments
from backend.tracing.notes import compact
from backend.tracing.records import error_name
from backend.tracing.sites import NAME_LIMIT, Sites, told_name
from backend.tracing.sites import Thread as OwnThread
from backend.tracing.traces import format_address
from tests.tracing.runs import traced

ODD_TEXT = st.text(st.characters(codec=None)) | st.text(st.sampled_from('a\udcff\ud800\0 "\\/é'))
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.binary(),
    ODD_TEXT,
    st.binary().map(bytearray),
    st.lists(st.integers()),
    st.sets(st.integers()),
    st.builds(object),
)


def decoded(**fields: Any) -> TraceEvent:
    """Return a record as the reader takes it."""
    event: TraceEvent = msgspec.json.decode(compact(fields).encode(), type=TraceEvent)
    assert is_sound(event)
    return event


def call(**more: Any) -> TraceEvent:
    head = {"type": "call", "t": 1.0, "run": "r1", "call": "bind", "n": 1, "socket": 1}
    return decoded(**head, transport="tcp", thread="MainThread", tid=1, **more)


@given(ODD | st.tuples(ODD, ODD) | st.tuples(ODD, ODD, ODD, ODD))
def test_any_address_can_be_told(address: object) -> None:
    event = call(address=format_address(address))
    assert isinstance(event, Call)


@given(st.lists(ODD | st.tuples(ODD, ODD)), st.dictionaries(ODD_TEXT, ODD))
def test_any_arguments_can_be_told(args: list[object], kwargs: dict[str, object]) -> None:
    event = call(arguments=shown_arguments(args, kwargs))
    assert isinstance(event, Call)


@given(ODD, ODD_TEXT)
def test_any_error_has_a_name(number: object, text: str) -> None:
    kind = type(text.replace("\0", "") or "X", (Exception,), {}) if text.isascii() else OSError
    for error in (OSError(number, text), kind(), TimeoutError(text), KeyError(number)):
        event = call(error=error_name(error))
        assert isinstance(event, Call)


@given(ODD)
def test_any_thread_can_be_named(name: object) -> None:
    thread = OwnThread(1)
    thread.call(name)
    line = f'{{"type":"thread","t":1.0,"run":"r1","event":"began"{thread.json}}}'
    event = msgspec.json.decode(line.encode(), type=TraceEvent)
    assert isinstance(event, Thread)
    assert event.thread == thread.shown
    assert len(event.thread) <= NAME_LIMIT


@given(ODD_TEXT.filter(lambda name: "\0" not in name))
def test_any_file_can_be_told(name: str) -> None:
    try:
        os.fsencode(name)
    except UnicodeEncodeError:
        return  # none that there can be
    sites = Sites()
    sites.open("/program.py")
    found = sites.own_name(f"/folder/{name}")
    assert found is not None
    assert isinstance(call(file=found, line=1), Call)
    assert told_name(found) == found


# Each value goes to each call, in the program's own process; the last call must be told.
PROGRAM = """
import os, socket, sys, threading
odd = ["5", b"5", 2.5, None, float("inf"), float("nan"), 1e300, [], {}, 1 << 40, 1 << 200, -1,
       "\\udcff\\udcfe", b"\\xff\\xfe", "x" * 5000, "\\0", ("\\udcff", 1), ("h", -1), True, object]
def attempt(call, *args):
    try:
        call(*args)
    except BaseException:
        pass
for value in odd:
    for name in ("listen", "settimeout", "setblocking", "bind", "connect", "connect_ex", "recv",
                 "send", "sendall", "shutdown", "recv_into", "sendmsg", "recvmsg"):
        with socket.socket() as sock:
            sock.settimeout(0.01)
            attempt(getattr(sock, name), value)
    with socket.socket(socket.AF_UNIX) as sock:
        attempt(sock.connect, value)
        attempt(sock.bind, value)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setblocking(False)
        attempt(sock.sendto, b"x", value)
        attempt(sock.sendto, value, ("127.0.0.1", 9))
        attempt(sock.setsockopt, socket.SOL_SOCKET, socket.SO_RCVBUF, value)
    attempt(socket.socket, value)
    attempt(socket.socket, socket.AF_INET, socket.SOCK_STREAM, 0, value)
    def body():
        threading.current_thread().name = value
        attempt(socket.socket().listen)
    thread = threading.Thread(target=body)
    thread._name = value
    thread.start()
    thread.join()
def raising(error):
    class Odd:
        def __index__(self):
            raise error
    return Odd()
for error in (OSError([], "x"), OSError(1 << 80, "x"), OSError(None, "\\udcff"), TimeoutError({})):
    attempt(socket.socket().listen, raising(error))
last = socket.socket()
last.bind(("127.0.0.1", 0))
last.listen(77)
print("done")
"""


@pytest.mark.parametrize("name", ["program.py", os.fsdecode("прог".encode("cp1251")) + ".py"])
def test_a_program_that_passes_odd_values_is_told_to_its_last_call(
    tmp_path: Path, name: str
) -> None:
    if sys.platform == "darwin" and not name.isascii():
        pytest.skip("the file system takes UTF-8 names only")
    program = tmp_path / name
    program.write_text(dedent(PROGRAM), "utf-8")
    outcome, records = traced(program)
    assert (outcome.status, outcome.err, outcome.out) == (0, "", "done\n")
    assert [record["type"] for record in records].count("dropped") == 0
    for record in records:
        event = msgspec.json.decode(json.dumps(record).encode(), type=TraceEvent)
        assert is_sound(event)
    assert [r.get("backlog") for r in records if r.get("call") == "listen"][-1:] == [77]
