"""Streams keep their offsets: what is told at a place is what stands there, or no place is told."""

from __future__ import annotations

import sys
from base64 import b64decode
from pathlib import Path

import pytest

from backend.tracing import places
from backend.tracing.places import NOWHERE, Reading, Sending
from backend.tracing.sites import Thread
from backend.tracing.traces import Trace
from tests.tracing.drawn import drawn
from tests.tracing.runs import Record
from tests.tracing.told_calls import PAIR, calls, data, returns

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells of its streams")

SENDING = ("send", "sendall", "sendmsg", "sendto", "sendfile")
RECEIVING = ("recv", "recv_into", "recvfrom", "recvmsg")


def told(records: list[Record], names: tuple[str, ...]) -> list[tuple[int | None, bytes, int]]:
    """Return places, first bytes and sizes of what was moved."""
    done = [r for r in records if r["call"] in names and r.get("bytes") and "flags" not in r]
    return [(r.get("offset"), b64decode(r["data"]), r["bytes"]) for r in done]


def stream_of(records: list[Record]) -> bytes:
    """Return the stream as its one reader has told it."""
    pieces = sorted((place or 0, head) for place, head, _ in told(records, RECEIVING))
    stream = b""
    for place, head in pieces:
        assert place == len(stream)
        stream += head
    return stream


THREADS = """
import threading, time
def write(number):
    for count in range(50):
        message = b"%02d-%04d;" % (number, count)
        WRITE
def read():
    while data := conn.recv(1000):
        pass
    print("read")
reader = threading.Thread(target=read)
reader.start()
writers = [threading.Thread(target=write, args=(number,)) for number in range(8)]
for writer in writers:
    writer.start()
for writer in writers:
    writer.join()
client.shutdown(socket.SHUT_WR)
reader.join()
"""


@pytest.mark.parametrize(
    "write",
    [
        "client.sendall(message)",
        "client.send(message)",
        "client.sendmsg([message[:4], message[4:]])",
    ],
)
def test_threads_that_share_a_socket_are_told_in_the_kernels_order(
    tmp_path: Path, write: str
) -> None:
    records = calls(tmp_path, PAIR + THREADS.replace("WRITE", write))
    stream = stream_of(records)
    assert len(stream) == 8 * 50 * 8
    sent = told(records, SENDING)
    assert len(sent) == 400
    placed = [(place, head) for place, head, _ in sent if place is not None]
    assert all(stream[place : place + len(head)] == head for place, head in placed)
    assert len(placed) >= 380  # a few, of the first ones that met, may be uncertain
    assert len({place for place, _ in placed}) == len(placed)


class Kernel:
    """A stream of which the kernel tells how many bytes it has been given, and how many taken."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        for name in ("sent_of", "taken_of"):
            monkeypatch.setattr(places, name, lambda *_asked: self.count)
        self.trace = Trace(1, "tcp", 2, lambda _: None, is_stream=True)
        self.trace.holders = 0
        self.threads = [Thread(number) for number in range(3)]


def test_a_call_that_was_counted_does_not_take_the_place_of_one_that_has_not_returned(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kernel = Kernel(monkeypatch)
    calls = [Sending(kernel.trace, None, None, 8, each) for each in kernel.threads[:2]]
    kernel.count = 16  # both have sent; the second returns first,
    assert calls[1].end(8) == (NOWHERE, 0)
    third = Sending(kernel.trace, None, None, 8, kernel.threads[2])
    kernel.count = 24  # and a third is still inside
    assert third.end(8) == (16, 0)
    fourth = Sending(kernel.trace, None, None, 8, kernel.threads[1])
    kernel.count = 32
    assert calls[0].end(8) == (NOWHERE, 0)
    assert fourth.end(8) == (24, 0)


def test_nor_does_one_that_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = Kernel(monkeypatch)
    first, second = (Reading(kernel.trace, None, None, each) for each in kernel.threads[:2])
    kernel.count = 16
    assert second.end(8) == NOWHERE
    third = Reading(kernel.trace, None, None, kernel.threads[2])
    kernel.count = 24
    assert third.end(8) == 16
    fourth = Reading(kernel.trace, None, None, kernel.threads[1])
    kernel.count = 32
    assert first.end(8) == NOWHERE
    assert fourth.end(8) == 24


def test_one_that_others_have_only_come_to_keeps_its_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kernel = Kernel(monkeypatch)
    first, second = (Sending(kernel.trace, None, None, 8, each) for each in kernel.threads[:2])
    kernel.count = 8
    assert first.end(8) == (0, 0)
    kernel.count = 16
    assert second.end(8) == (NOWHERE, 0)


REFUSED = """
import time
client.fileno()
for call in (lambda: client.sendmsg(["text"]), lambda: client.sendmsg([b"x"], 5),
             lambda: client.sendall(b"", "flags")):
    try:
        call()
    except TypeError as error:
        pass
client.setblocking(False)
total = 0
try:
    while True:
        total += client.sendmsg([b"x" * 60_000, b"y" * 60_000])
except BlockingIOError:
    print(total)
client.setblocking(True)
began = time.monotonic()
for _ in range(100):
    conn.recv(1 << 16)
    client.send(b"z")
assert time.monotonic() - began < 2.5
"""


def test_calls_that_are_refused_hold_up_none_that_follow(tmp_path: Path) -> None:
    records = calls(tmp_path, PAIR + REFUSED)
    offsets = [r["offset"] for r in returns(records, "send")]
    assert offsets == list(range(offsets[0], offsets[0] + 100))


LARGE = """
import threading
def write(letter):
    client.sendall(letter * 3_000_000)
got = bytearray()
def read():
    while len(got) < 6_000_000:
        got.extend(conn.recv(65536))
reader = threading.Thread(target=read)
writers = [threading.Thread(target=write, args=(letter,)) for letter in (b"a", b"b")]
for thread in (reader, *writers):
    thread.start()
for thread in (reader, *writers):
    thread.join()
halves = {bytes(got[:3_000_000]), bytes(got[3_000_000:])}
client.sendall(b"two" if halves == {b"a" * 3_000_000, b"b" * 3_000_000} else b"mix")
print(conn.recv(3))
"""


def test_bytes_that_were_mixed_have_no_place_and_what_follows_has(tmp_path: Path) -> None:
    records = calls(tmp_path, PAIR + LARGE)
    sent = told(records, SENDING)
    assert [place for place, _, size in sent if size == 3] == [6_000_000]
    were_mixed = any(head == b"mix" for _, head, _ in sent)
    places = {place for place, _, size in sent if size == 3_000_000}
    assert places == {None} if were_mixed else places <= {None, 0, 3_000_000}
    assert [r.get("unseen") for r in records if "unseen" in r] == []


BY_NUMBER = """
import os, tempfile
body = tempfile.TemporaryFile()
body.write(b"F" * 5000)
body.flush()
conn.sendall(b"HEAD1\\n")
os.sendfile(conn.fileno(), body.fileno(), 0, 5000)
conn.sendall(b"HEAD2\\n")
os.write(conn.fileno(), b"by write\\n")
conn.close()
while client.recv(4096):
    pass
"""


def test_what_passes_by_number_is_said_to_be_unseen(tmp_path: Path) -> None:
    records = calls(tmp_path, PAIR + BY_NUMBER)
    assert [place for place, _, _ in told(records, SENDING)] == [0, 5006]
    assert [(r["call"], r["offset"], r["unseen"]) for r in records if "unseen" in r] == [
        ("sendall", 5006, 5000),
        ("close", 5021, 9),
    ]
    segments = [each for each in drawn(records) if each["what"] == "segment"]
    assert sorted((each["a"], each["bytes"], each["state"]) for each in segments) == [
        (0, 6, "arrived"),
        (6, 5000, "arrived"),
        (5006, 6, "arrived"),
        (5012, 9, "arrived"),
    ]
    assert all(each["sent"] is not None for each in segments)


READ_BY_NUMBER = """
import os
client.sendall(b"0123456789")
print(os.read(conn.fileno(), 4))
print(conn.recv(3))
print(conn.recv(2, socket.MSG_PEEK))
print(conn.recv(9))
"""


def test_what_is_read_by_number_shifts_nothing(tmp_path: Path) -> None:
    records = calls(tmp_path, PAIR + READ_BY_NUMBER)
    got = [(r["offset"], data(r)) for r in returns(records, "recv")]
    assert got == [(4, b"456"), (7, b"78"), (7, b"789")]


def test_urgent_data_shifts_nothing(tmp_path: Path) -> None:
    text = """
client.sendall(b"abc")
client.send(b"!", socket.MSG_OOB)
client.sendall(b"def")
print(conn.recv(9))
print(conn.recv(1, socket.MSG_OOB))
print(conn.recv(9))
"""
    records = calls(tmp_path, PAIR + text)
    got = [(r.get("offset"), data(r), r.get("flags")) for r in returns(records, "recv")]
    assert got == [(0, b"abc", None), (None, b"!", "MSG_OOB"), (4, b"def", None)]


PART = """
client.settimeout(0.2)
try:
    client.sendall(b"x" * 20_000_000)
except TimeoutError as error:
    print(error)
client.settimeout(None)
total = 0
conn.settimeout(0.5)
try:
    while data := conn.recv(1 << 20):
        total += len(data)
except TimeoutError:
    pass
client.sendall(b"end")
print(total, conn.recv(3))
"""


@pytest.mark.parametrize("before", ["", "client.fileno()\n"])
def test_a_send_that_fails_says_what_had_left(tmp_path: Path, before: str) -> None:
    records = calls(tmp_path, PAIR + before + PART)
    part, end = returns(records, "sendall")
    received = sum(r.get("bytes", 0) for r in returns(records, "recv"))
    assert part["error"] == "timeout"
    assert (part["offset"], part["bytes"]) == (0, received - 3)
    assert (end["offset"], data(end)) == (received - 3, b"end")
    assert {each["state"] for each in drawn(records) if each["what"] == "segment"} == {"arrived"}
