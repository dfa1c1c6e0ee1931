"""TLS: what goes over the wire, encrypted, and what the program gave or got."""

from __future__ import annotations

import sys
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest

from tests.certificate import make_certificate
from tests.tracing.drawn import drawn
from tests.tracing.runs import Record, traced, untraced

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells of its streams")

HEAD = """
import socket, ssl, sys, threading
def context_of_server():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1], sys.argv[2])
    return context
trusting = ssl.create_default_context(cafile=sys.argv[1])
listener = socket.create_server(("127.0.0.1", 0))
def serve():
    conn, _ = listener.accept()
    with context_of_server().wrap_socket(conn, server_side=True) as safe:
        answer(safe)
thread = threading.Thread(target=serve)
def connect():
    thread.start()
    sock = socket.create_connection(listener.getsockname())
    return trusting.wrap_socket(sock, server_hostname="localhost")
"""
TALK = """
def answer(safe):
    first = safe.recv(3)
    rest = safe.read(100)
    safe.sendall(first + rest)
    buffer = bytearray(10)
    print(safe.recv_into(buffer), buffer)
    safe.unwrap().close()
with connect() as safe:
    safe.sendall(b"question")
    print(safe.recv(100))
    safe.write(b"end")
    try:
        print(safe.recv(1))
        safe.unwrap().close()
    except OSError as error:
        print(error)
thread.join()
"""


def run(tmp_path: Path, text: str) -> list[Record]:
    made = make_certificate(tmp_path)
    program = tmp_path / "program.py"
    program.write_text(HEAD + text)
    args = (str(made.cert), str(made.key))
    outcome, records = traced(program, *args)
    assert outcome == untraced(program, *args)
    assert (outcome.status, outcome.err) == (0, "")
    return records


def segments(records: list[Record]) -> list[dict[str, Any]]:
    return [each for each in drawn(records) if each["what"] == "segment"]


def test_both_are_told_the_encrypted_bytes_and_the_plain_ones(tmp_path: Path) -> None:
    records = run(tmp_path, TALK)
    told = [r for r in records if r.get("plain")]
    told.sort(key=lambda record: record["thread"])
    assert [
        (r["call"], r["plain"], b64decode(r["data"]), r.get("bytes", 0) > r["plain"]) for r in told
    ] == [
        ("send", 8, b"question", True),
        ("recv", 8, b"question", True),
        ("send", 3, b"end", True),
        ("recv", 3, b"que", True),
        ("recv", 5, b"stion", False),
        ("send", 8, b"question", True),
        ("recv", 3, b"end", True),
    ]
    # Each byte of the one stream that was sent is read at the same place in the other.
    shown = segments(records)
    assert {each["state"] for each in shown} <= {"arrived", "partly", "lost"}
    assert [each["data"] for each in shown if each["data"]] == ["question", "question", "end"]
    ends = [r for r in records if r.get("call") == "close" and "unseen" in r]
    for each in {r["local"] for r in told}:
        sent = [r for r in told + ends if r["local"] == each and r["call"] in ("send", "close")]
        assert sent == sorted(sent, key=lambda record: record["offset"])


def test_a_handshake_is_bytes_on_the_wire(tmp_path: Path) -> None:
    text = """
def answer(safe):
    safe.sendall(b"x")
    safe.recv(1)
with connect() as safe:
    safe.recv(1)  # and so all tickets: bytes that nobody has read would reset the connection
thread.join()
"""
    records = run(tmp_path, text)
    sent = [r for r in records if r.get("plain") == 0 and r["call"] == "send"]
    got = [r for r in records if r.get("plain") == 0 and r["call"] == "recv" and "bytes" in r]
    assert [(r["offset"], r["data"]) for r in sent + got[:1]] == [(0, "")] * 3
    assert min(r["bytes"] for r in sent) > 200


@pytest.mark.parametrize("trust", ["trusting", "ssl.create_default_context()"])
def test_a_handshake_that_fails_says_why_in_the_word_of_ssl(tmp_path: Path, trust: str) -> None:
    text = """
def answer(safe): pass
def serve():
    conn, _ = listener.accept()
    try:
        context_of_server().wrap_socket(conn, server_side=True)
    except ssl.SSLError as error:
        reasons.append(error.reason)
reasons = []
thread = threading.Thread(target=serve)
thread.start()
sock = socket.create_connection(listener.getsockname())
try:
    TRUST.wrap_socket(sock, server_hostname="elsewhere.example")
except ssl.SSLCertVerificationError as error:
    print(error.verify_code)
thread.join()
print(reasons)
"""
    records = run(tmp_path, text.replace("TRUST", trust))
    failed = [r for r in records if r["type"] == "call" and "error" in r]
    assert {r["error"] for r in failed} == {"SSLCertVerificationError", "SSLError"}


NO_WAITING = """
def answer(safe): safe.sendall(b"x")
safe = connect()
safe.setblocking(False)
got = b""
while not got:
    try:
        got = safe.recv(10)
    except ssl.SSLWantReadError:
        pass
print(got)
safe.close()
thread.join()
"""


def test_the_end_of_the_other_side_is_told_by_who_reads_it(tmp_path: Path) -> None:
    text = """
def answer(safe):
    safe.sendall(b"x")
with connect() as safe:
    print(safe.recv(1))
    thread.join()
    print(safe.recv(1))
"""
    records = run(tmp_path, text)
    (fin,) = [each for each in drawn(records) if each["what"] == "fin" and each["arrivals"]]
    assert fin["state"] == "arrived"
    (last,) = [r for r in records if r.get("call") == "recv" and r.get("bytes") == 0]
    assert last["plain"] == 0


def test_without_waiting_it_is_told_what_ssl_wants(tmp_path: Path) -> None:
    records = run(tmp_path, NO_WAITING)
    errors = {r["error"] for r in records if "error" in r}
    assert errors <= {"SSLWantReadError"}
    (got,) = [r for r in records if r.get("call") == "recv" and r.get("plain")]
    assert b64decode(got["data"]) == b"x"


FACES = """
import inspect
def answer(safe): pass
for name in ("send", "write", "read", "do_handshake", "unwrap", "recv"):
    each = getattr(ssl.SSLSocket, name)
    print(each.__qualname__, each.__module__, each.__doc__, inspect.signature(each))
for call in (lambda: ssl.SSLSocket(), lambda: ssl.SSLSocket.send(), lambda: ssl.SSLSocket.read(1),
             lambda: type("Mine", (socket.socket,), {}, more=1), lambda: connect().send(),
             lambda: type("Mine", (socket.socket,), {"a": 1}).a):
    try:
        print(call())
    except Exception as error:
        print(type(error), error)
thread.join()
"""


def test_it_looks_and_fails_as_without_us(tmp_path: Path) -> None:
    run(tmp_path, FACES)
