"""TLS by asyncio, which encrypts in memory: what is on the wire, and what programs have of it."""

from __future__ import annotations

import sys
from base64 import b64decode
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from backend.tracing.tls_in_memory import Encrypted
from tests.certificate import make_certificate
from tests.tracing.drawn import drawn
from tests.tracing.runs import Record, traced, untraced

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells of its streams")

HEAD = """
import asyncio, ssl, sys
serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
serving.load_cert_chain(sys.argv[1], sys.argv[2])
trusting = ssl.create_default_context(cafile=sys.argv[1])
answered = asyncio.Event()
async def close(writer):
    is_client = not writer.get_extra_info("ssl_object").server_side
    writer.close()
    try:
        await writer.wait_closed()
    except OSError:
        pass
    if is_client:
        await answered.wait()
    answered.set()
def open_connection(server, **more):
    host, port = server.sockets[0].getsockname()
    return asyncio.open_connection(host, port, **more)
"""
TALK = """
async def answer(reader, writer):
    line = await reader.readline()
    writer.write(line.upper())
    await close(writer)
async def main():
    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=serving)
    reader, writer = await open_connection(server, ssl=trusting, server_hostname="localhost")
    writer.write(b"question\\n")
    print(await reader.readline(), await reader.read())
    await close(writer)
    server.close()
    await server.wait_closed()
asyncio.run(main())
"""
LARGE = """
SIZE = 1_000_000
async def answer(reader, writer):
    writer.write(await reader.readexactly(SIZE))
    await writer.drain()
    await reader.read()
    await close(writer)
async def main():
    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=serving)
    reader, writer = await open_connection(server, ssl=trusting, server_hostname="localhost")
    for at in range(0, SIZE, 250_000):
        writer.write(bytes(range(250)) * 1000)
    print(len(await reader.readexactly(SIZE)))
    await close(writer)
    server.close()
asyncio.run(main())
"""
UPGRADED = """
async def answer(reader, writer):
    writer.write(await reader.readline())
    await writer.start_tls(serving)
    writer.write(await reader.readline())
    await reader.read()
    await close(writer)
async def main():
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    reader, writer = await open_connection(server)
    writer.write(b"STARTTLS\\n")
    print(await reader.readline())
    await writer.start_tls(trusting, server_hostname="localhost")
    writer.write(b"secret\\n")
    print(await reader.readline())
    await close(writer)
    server.close()
asyncio.run(main())
"""
PAUSED = """
class Slow(asyncio.BufferedProtocol):
    def __init__(self):
        self.buffer, self.got, self.ended = bytearray(3), b"", loop.create_future()
    def connection_made(self, transport):
        self.transport = transport
        transport.pause_reading()
        loop.call_later(0.05, transport.resume_reading)
        transport.write(b"go")
    def get_buffer(self, hint):
        return self.buffer
    def buffer_updated(self, size):
        self.got += self.buffer[:size]
    def eof_received(self):
        self.ended.set_result(self.got)
async def answer(reader, writer):
    await reader.readexactly(2)
    writer.write(b"eight by")
    await close(writer)
async def main():
    global loop
    loop = asyncio.get_running_loop()
    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=serving)
    host, port = server.sockets[0].getsockname()
    trust = {"ssl": trusting, "server_hostname": "localhost"}
    _, slow = await loop.create_connection(Slow, host, port, **trust)
    print(await slow.ended)
    slow.transport.close()
    await answered.wait()
    server.close()
asyncio.run(main())
"""
REFUSED = """
async def answer(reader, writer):
    print("nobody comes so far")
async def main():
    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=serving)
    try:
        await open_connection(server, ssl=TRUST, server_hostname="elsewhere.example")
    except ssl.SSLCertVerificationError as error:
        print(error.verify_code)
    server.close()
    await server.wait_closed()
asyncio.run(main())
"""
FACES = """
import asyncio.sslproto, importlib.util, inspect
spec = importlib.util.find_spec("asyncio.sslproto")
print(type(spec.loader).__name__, asyncio.sslproto.__loader__)
for cls, names in ((ssl.SSLObject, ("write", "read", "do_handshake", "unwrap")),
                   (asyncio.sslproto.SSLProtocol, ("connection_made", "buffer_updated"))):
    for name in names:
        each = getattr(cls, name)
        print(each.__qualname__, each.__module__, each.__doc__, inspect.signature(each))
        for args in ((), (1,), (1, 2, 3, 4, 5)):
            try:
                each(*args)
            except Exception as error:
                print(type(error), error)
"""


def run(tmp_path: Path, text: str) -> list[Record]:
    made = make_certificate(tmp_path)
    program = tmp_path / "program.py"
    program.write_text(HEAD + text)
    args = (str(made.cert), str(made.key))
    expected = untraced(program, *args)
    outcome, records = traced(program, *args)
    assert (expected.status, expected.err) == (0, "")
    assert (outcome.status, outcome.err) == (0, "")
    without_ids = [line.split(" at 0x")[0] for line in outcome.out.splitlines()]
    assert without_ids == [line.split(" at 0x")[0] for line in expected.out.splitlines()]
    return records


def moved(records: list[Record]) -> dict[tuple[str, str], list[Record]]:
    """Return what was sent and received, by the end and the direction."""
    found = defaultdict(list)
    for r in records:
        if r.get("phase") == "return" and ("bytes" in r or "plain" in r):
            kind = "sent" if r["call"].startswith("send") else "taken"
            found[r["local"], kind].append(r)
    return found


def test_both_are_told_the_encrypted_bytes_and_the_plain_ones(tmp_path: Path) -> None:
    records = run(tmp_path, TALK)
    told = [r for r in records if r.get("plain")]
    assert [(r["call"][:4], r["plain"], b64decode(r["data"])) for r in told] == [
        ("send", 9, b"question\n"),
        ("recv", 9, b"question\n"),
        ("send", 9, b"QUESTION\n"),
        ("recv", 9, b"QUESTION\n"),
    ]
    assert all(r["bytes"] > r["plain"] for r in told if r["call"] == "send")
    lines = (HEAD + TALK).splitlines()
    sent = [(lines[r["line"] - 1].strip(), "(" in r["thread"]) for r in told if r["call"] == "send"]
    assert sent == [('writer.write(b"question\\n")', True), ("writer.write(line.upper())", True)]
    shown = [each for each in drawn(records) if each["what"] == "segment"]
    assert [each["data"] for each in shown if each["data"]] == ["question\n", "QUESTION\n"]
    assert {each["state"] for each in shown} <= {"arrived", "partly", "lost"}
    # Each encrypted byte is told as such: a handshake has no plain ones.
    for of_one in moved(records).values():
        assert all("plain" in r for r in of_one if r.get("bytes"))


def test_of_a_long_stream_each_plain_byte_is_told_once(tmp_path: Path) -> None:
    found = moved(run(tmp_path, LARGE))
    assert len(found) == 4
    for (_, kind), of_one in found.items():
        assert sum(r["plain"] for r in of_one if "plain" in r) == 1_000_000
        if kind == "sent":
            # A record that has not left whole counts with the sending that ends it.
            assert all(r["plain"] < r["bytes"] + 16_384 for r in of_one)
            firsts = [b64decode(r["data"]) for r in of_one if r["plain"]]
            assert all(set(first) <= set(range(250)) for first in firsts)


def test_what_is_sent_before_a_stream_is_encrypted_is_plain_itself(tmp_path: Path) -> None:
    for (_, kind), of_one in moved(run(tmp_path, UPGRADED)).items():
        told = [(r.get("plain"), b64decode(r["data"])) for r in of_one if r["data"]]
        assert [data for _, data in told] == [b"STARTTLS\n", b"secret\n"], kind
        assert [plain for plain, _ in told] == [None, 7]


def test_what_is_read_later_than_it_has_come_is_told_when_it_is_read(tmp_path: Path) -> None:
    records = run(tmp_path, PAUSED)
    read = [r for r in records if r.get("plain") and r["call"] == "recv"]
    read = [r for r in read if b64decode(r["data"]) != b"go"]
    assert [b64decode(r["data"]) for r in read] == [b"eig", b"ht ", b"by"]
    assert [r["plain"] for r in read] == [3, 3, 2]
    assert not any("bytes" in r for r in read[1:])  # they came with the first ones


@pytest.mark.parametrize("trust", ["trusting", "ssl.create_default_context()"])
def test_a_handshake_that_fails_says_why_in_the_word_of_ssl(tmp_path: Path, trust: str) -> None:
    records = run(tmp_path, REFUSED.replace("TRUST", trust))
    (refused,) = [r for r in records if r.get("error") == "SSLCertVerificationError"]
    (brought, *_) = [r for r in reversed(moved(records)[refused["local"], "taken"]) if r["bytes"]]
    assert (refused["call"], brought["plain"]) == ("recv", 0)
    assert refused["n"] > brought["n"]  # first what came, then what is said of it


def test_it_looks_and_fails_as_without_us(tmp_path: Path) -> None:
    run(tmp_path, FACES)


class Memory:
    """What OpenSSL writes into."""

    pending = 0


class Sock:
    """What a stream is encrypted for."""


def encrypted(before: int = 0) -> Any:
    return Encrypted(Sock(), Memory(), before)


def test_a_record_counts_with_the_sending_that_ends_it() -> None:
    stream = encrypted()
    stream.add(122, 100, b"a" * 100)
    stream.add(2 * 22 + 20_000, 20_000, b"b" * 16_384 + b"c" * 3_616)
    assert stream.send(121) == (0, b"")
    assert stream.send(1) == (100, b"a" * 100)
    assert stream.send(16_384 + 22) == (16_384, b"b" * 2048)
    assert stream.send(3_000) == (0, b"")
    assert stream.send(638) == (3_616, b"c" * 2048)


def test_what_asyncio_has_not_encrypted_is_not_told_as_plain() -> None:
    stream = encrypted(before=5)
    stream.add(50, 10, b"0123456789")
    assert stream.send(5) is None
    assert stream.send(50) == (10, b"0123456789")
    assert stream.send(7) is None


def test_of_records_that_have_not_grown_alike_only_the_last_end_is_known() -> None:
    stream = encrypted()
    stream.add(20_051, 20_000, b"x" * 20_000)
    assert [stream.send(n) for n in (20_050, 1)] == [(0, b""), (20_000, b"x" * 2048)]
