"""Calls that move bytes: each form of them is told, and does what it does untraced."""

from __future__ import annotations

from base64 import b64decode
from pathlib import Path
from textwrap import dedent
from unittest.mock import Mock

import pytest

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
def test_what_a_send_did_not_take_is_not_told(data: bytes | bytearray) -> None:
    real, teller = Mock(send=lambda _sock, _data: 3), Mock()
    trace = Mock(is_named=True, sent=10)
    assert sending(real, teller)["send"](Mock(_trace=trace), data) == 3
    teller.leave.assert_called_once_with(teller.enter.return_value, "", 3, b"hel", 10)
    assert trace.sent == 13


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
