"""Calls that move bytes: each form of them is told, and does what it does untraced."""

from __future__ import annotations

import threading
from base64 import b64decode
from collections import defaultdict, deque
from pathlib import Path
from textwrap import dedent
from unittest.mock import Mock

import pytest

from backend.tracing.sites import NO_ORIGIN, Thread
from backend.tracing.traces import TRACE
from backend.tracing.transfers import sending
from tests.tracing.runs import Record, traced, untraced

STREAM = """
import socket
left, right = socket.socketpair()
"""
DATAGRAMS = """
import socket
left, right = socket.socket(type=socket.SOCK_DGRAM), socket.socket(type=socket.SOCK_DGRAM)
right.bind(("127.0.0.1", 0))
address = right.getsockname()
"""


def transfers(tmp_path: Path, text: str) -> list[Record]:
    """Run a program traced, which ends as it does untraced; return the returns that tell bytes."""
    program = tmp_path / "program.py"
    program.write_text(dedent(text))
    outcome, records = traced(program)
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome == untraced(program)
    return [record for record in records if "bytes" in record]


@pytest.mark.parametrize(
    ("begin", "send", "receive"),
    [
        (STREAM, "left.send(b'hello')", "right.recv(9)"),
        (STREAM, "left.send(b'hello', 0)", "right.recv(9, 0)"),
        (STREAM, "left.send(memoryview(b'hello'))", "right.recv(5, socket.MSG_WAITALL)"),
        (STREAM, "left.sendall(b'hello')", "right.recvfrom(9)"),
        (STREAM, "left.sendall(b'hello', 0)", "right.recvfrom(9, 0)"),
        (STREAM, "left.sendall(bytearray(b'hello'))", "right.recv_into(bytearray(9), 5)"),
        (DATAGRAMS, "left.sendto(b'hello', address)", "right.recvfrom(9)"),
        (DATAGRAMS, "left.sendto(b'hello', 0, address)", "right.recvfrom(9, 0)"),
        (DATAGRAMS, "left.sendto(bytearray(b'hello'), address)", "right.recv(9)"),
    ],
)
def test_each_form_of_a_call_is_told_with_its_bytes(
    tmp_path: Path, begin: str, send: str, receive: str
) -> None:
    # Each twice: what has been made for the first is used again for the second.
    text = f"{begin}\nfor _ in range(2):\n    print({send})\n    got = {receive}\n"
    told = transfers(tmp_path, text)
    calls = [text.partition("(")[0].partition(".")[2] for text in (send, receive)]
    assert [record["call"] for record in told] == calls * 2
    assert [b64decode(record["data"]) for record in told] == [b"hello"] * 4
    assert [record["offset"] for record in told] == [0, 0, 5, 5]
    assert {record["line"] for record in told[::2]} == {
        text.split("\n").index(f"    print({send})") + 1
    }


def test_a_datagram_names_its_other_end_in_each_form(tmp_path: Path) -> None:
    text = """
    left.bind(("127.0.0.1", 0))
    left.sendto(b"quick", address)
    left.sendto(b"flags", 0, address)
    right.recvfrom(9)
    right.recvfrom(9, 0)
    """
    first, second, third, fourth = transfers(tmp_path, DATAGRAMS + dedent(text))
    assert first["peer"] == second["peer"] == third["local"]
    assert third["peer"] == fourth["peer"] == first["local"]


@pytest.mark.parametrize("data", [b"hello", bytearray(b"hello")])
def test_what_a_send_did_not_take_is_not_told(
    data: bytes | bytearray, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, teller = Mock(send=lambda _sock, _data: 3), Mock()
    trace = Mock(is_named=True, sent=10, encrypted=None)
    monkeypatch.setattr(TRACE, "get", lambda _sock: trace, raising=False)  # of any socket
    assert sending(real, teller)["send"](Mock(_socketlab_quick=None), data) == 3
    teller.leave.assert_called_once_with(teller.enter.return_value, "", 3, b"hel", 10)
    assert trace.sent == 13


def test_what_a_quick_send_did_not_take_is_not_told() -> None:
    real, teller = Mock(send=lambda _sock, _data: 3), Mock()
    teller.channel.notes, teller.channel.capacity = deque(), 1
    teller.sites.threads = {threading.get_ident(): Thread(1)}
    teller.sites.places = defaultdict(lambda: defaultdict(str))
    trace = Mock(sent=10, sender=None, sent_from=NO_ORIGIN)
    assert sending(real, teller)["send"](Mock(_socketlab_quick=trace), b"hello") == 3
    (note,) = teller.channel.notes
    assert note[2:] == (3, b"hel", 10, "")
    assert trace.sent == 13


WHO_AND_WHERE = """
import os, socket, threading, warnings
warnings.simplefilter("ignore")  # Python 3.12 may still see a thread at the fork that has ended
left, right = socket.socketpair()
def one():
    for _ in range(3):
        left.send(b"one")
        left.send(b"one again")
def two():
    for _ in range(3):
        left.send(b"two")
def as_thread(name):
    thread = threading.Thread(target=one, name=name)
    thread.start()
    thread.join()
one()
two()
as_thread("first")
as_thread("second")  # has the ident that the first one had
threading.current_thread().name = "renamed"
one()
if not os.fork():
    one()
    os._exit(0)
os.wait()
one()
"""


def test_each_send_tells_the_thread_and_the_line_that_it_is_made_by(tmp_path: Path) -> None:
    # Parent and child tell in one channel, each in its own time.
    told = sorted(transfers(tmp_path, WHO_AND_WHERE), key=lambda record: float(record["t"]))
    lines = [line.strip() for line in WHO_AND_WHERE.splitlines()]
    ones, twos = ['left.send(b"one")', 'left.send(b"one again")'] * 3, ['left.send(b"two")'] * 3
    assert [(record["thread"], lines[record["line"] - 1]) for record in told] == [
        *[("MainThread", line) for line in ones + twos],
        *[(name, line) for name in ("first", "second", "renamed") for line in ones],
        *[(f"renamed ({told[-7]['child']})", line) for line in ones],
        *[("renamed", line) for line in ones],
    ]
    threads = {record["thread"]: record["tid"] for record in told}
    assert len({*threads.values()}) == 4  # the first one has two names
    assert threads["MainThread"] == threads["renamed"]


ERRORS = """
import socket
def fails(call, *args, **kwargs):
    for _ in range(3):  # the first time its place is not known yet
        try:
            call(*args, **kwargs)
        except Exception as error:
            print(type(error).__name__, error, error.__context__, error.__cause__)
left, right = socket.socketpair()
right.send(b"hello")
left.recv(5)
"""


@pytest.mark.parametrize(
    "call",
    [
        "left.recv",
        "left.recv, -1",
        "left.recv, 1, 2, 3",
        "left.recv, 'much'",
        "left.send",
        "left.send, 'text'",
        "left.send, b'', 0, 0",
        "left.sendall, None",
    ],
)
def test_a_wrong_call_is_told_what_is_wrong_as_ever(tmp_path: Path, call: str) -> None:
    program = tmp_path / "program.py"
    program.write_text(f"{ERRORS}fails({call})\n")
    outcome, _ = traced(program)
    assert outcome == untraced(program)
    assert outcome.out.count("None None") == 3


def test_a_failing_call_fails_as_ever_in_each_way(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        f"{ERRORS}left.settimeout(0.01)\nfails(left.recv, 1)\nright.close()\n"
        "fails(left.send, b'late')\nfails(left.sendall, b'late')\n"
    )
    outcome, records = traced(program)
    assert outcome == untraced(program)
    assert outcome.out.count("None None") == 9
    errors = [record["error"] for record in records if "error" in record]
    assert errors == ["timeout"] * 3 + ["EPIPE"] * 6


def test_a_call_of_a_signal_handler_inside_of_a_call_is_told_as_such(tmp_path: Path) -> None:
    """The call that waits is told as entered, and returns; so is that of the handler."""
    program = tmp_path / "program.py"
    program.write_text(
        dedent("""
        import signal, socket
        left, right = socket.socketpair()
        count = 0
        def ring(*_):
            global count
            count += 1
            left.send(b"ring")
        signal.signal(signal.SIGALRM, ring)
        signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
        other, end = socket.socketpair()
        while count < 5:
            print(right.recv(4))
        signal.setitimer(signal.ITIMER_REAL, 0)
        """)
    )
    outcome, records = traced(program)
    assert (outcome.status, outcome.err) == (0, "")
    phases: dict[int, list[str]] = {}
    for record in records:
        if record.get("call") in ("recv", "send"):
            phases.setdefault(record["n"], []).append(record["phase"])
    assert all(each == ["enter", "return"] for each in phases.values())
    # The timer may ring before `recv` waits, or after it: then its call stands beside, not inside.
    order = " ".join(
        f"{r['call']}-{r['phase']}" for r in records if r.get("call") in ("recv", "send")
    )
    assert order.count("send-enter send-return") == 5
    assert "recv-enter send-enter send-return recv-return" in order


def test_a_call_that_the_interpreter_itself_makes_is_told_without_a_line(tmp_path: Path) -> None:
    text = """
    import atexit
    atexit.register(left.send, b"hello")
    """
    (sent,) = transfers(tmp_path, STREAM + dedent(text))
    assert "line" not in sent


def test_an_address_that_the_kernel_takes_and_a_dict_does_not_is_told(tmp_path: Path) -> None:
    path = str(tmp_path / "socket")
    text = f"""
    import os, socket
    right = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    right.bind({path!r})
    left = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    left.sendto(b"hello", bytearray({path.encode()!r}))
    os.unlink({path!r})
    """
    (sent,) = transfers(tmp_path, text)
    assert sent["peer"] == path


@pytest.mark.parametrize(
    "call",
    [
        "recv()",
        "recv('1')",
        "recv(-1)",
        "recv(1, 2, 3)",
        "recv(bufsize=1)",
        "recv(1, flags=0)",
        "recvfrom()",
        "recvfrom(bufsize=1)",
        "recv_into()",
        "send()",
        "send('text')",
        "send(b'', 0, 0)",
        "send(data=b'')",
        "send(b'', flags=0)",
        "sendall()",
        "sendall(None)",
        "sendall(data=b'')",
        "sendto(b'')",
        "sendto(b'', 1)",
        "sendto(b'', 0, None, None)",
        "sendto(b'', address=None)",
        "sendmsg(1)",
    ],
)
def test_a_call_with_wrong_arguments_fails_in_the_same_words(tmp_path: Path, call: str) -> None:
    text = f"""
    try:
        left.{call}
    except Exception as error:
        print(type(error), error)
    """
    for begin in (STREAM, DATAGRAMS):
        assert transfers(tmp_path, begin + dedent(text)) == []
