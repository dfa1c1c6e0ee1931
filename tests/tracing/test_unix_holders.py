"""Whose a unix socket is: in a child, passed on, of a library, of who tells nothing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.tracing.runs import Traced
from tests.tracing.told_calls import returns
from tests.tracing.unix_programs import BEGIN, datagrams, shown, told

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells of unix sockets")


def test_what_a_forked_child_sends_and_takes_is_drawn_at_its_lifeline(tmp_path: Path) -> None:
    text = """
a, b = pair()
pid = os.fork()
if pid == 0:
    a.close()
    b.send(b"up " + b.recv(9))
    b.close()
    os._exit(0)
b.close()
a.send(b"down")
a.recv(9)
os.waitpid(pid, 0)
a.close()
"""
    records = told(tmp_path, text)
    (child,) = {r["child"] for r in records if "child" in r}
    parent = "run:run-1"
    assert [(each["from"], each["to"], each["data"], each["state"]) for each in shown(records)] == [
        (parent, f"{parent}/{child}", "down", "arrived"),
        (f"{parent}/{child}", parent, "up down", "arrived"),
    ]
    held = [(r.get("child") is not None, r.get("held")) for r in returns(records, "close")]
    assert (True, 1) in held


def test_one_that_is_passed_on_is_the_same_socket(tmp_path: Path) -> None:
    text = """
a, b = pair()
carrier, far = socket.socketpair()
socket.send_fds(carrier, [b"x"], [b.fileno()])
b.close()
_, (fd,), _, _ = socket.recv_fds(far, 1, 1)
a.send(b"hello")
again = socket.socket(fileno=fd)
again.recv(9)
"""
    records = told(tmp_path, text)
    assert datagrams(records) == [("hello", "arrived")]
    assert shown(records)[0]["to"] == "run:run-1"


def test_what_is_taken_by_number_is_not_recorded(tmp_path: Path) -> None:
    text = """
a, b = pair()
for data in (b"one", b"two", b"three"):
    a.send(data)
os.read(b.fileno(), 9)
b.recv(9)
os.read(b.fileno(), 9)
b.settimeout(0.15)
attempt(b.recv, 9)
"""
    records = told(tmp_path, text)
    assert datagrams(records) == [("one", "unknown"), ("two", "arrived"), ("three", "unknown")]


UNTOLD = """
import subprocess, sys
def other(text):
    subprocess.run([sys.executable, "-ISc", "import _socket\\n" + text], check=True)
"""


def test_who_tells_nothing_is_somebody_outside(tmp_path: Path) -> None:
    text = f"""
{UNTOLD}
theirs = os.path.join(folder, "theirs")
make = "s = _socket.socket(_socket.AF_UNIX, _socket.SOCK_DGRAM)\\n"
other(make + f"s.sendto(b'nameless', {{path!r}})")
other(make + f"s.bind({{theirs!r}})\\ns.sendto(b'named', {{path!r}})")
for _ in range(2):
    server.recvfrom(9)
"""
    records = told(tmp_path, text)
    transfers = shown(records)
    assert [(each["data"], each["sent"]) for each in transfers] == [
        ("nameless", None),
        ("named", None),
    ]
    assert transfers[0]["from"] == "peer:unix/"
    assert transfers[1]["from"].endswith("/theirs")
    assert {each["to"] for each in transfers} == {"run:run-1"}


def test_what_is_sent_to_who_tells_nothing_is_sent(tmp_path: Path) -> None:
    text = f"""
{UNTOLD}
theirs = os.path.join(folder, "theirs")
code = "import _socket\\ns = _socket.socket(_socket.AF_UNIX, _socket.SOCK_DGRAM)\\n"
code += f"s.bind({{theirs!r}})\\nprint(flush=True)\\ns.recv(9)\\ns.recv(9)"
with subprocess.Popen([sys.executable, "-ISc", code], stdout=subprocess.PIPE) as run:
    run.stdout.readline()
    client = unix()
    client.sendto(b"by name", theirs)
    client.connect(theirs)
    client.send(b"connected")
"""
    records = told(tmp_path, text)
    assert datagrams(records) == [("by name", "sent"), ("connected", "sent")]
    assert len({each["to"] for each in shown(records)}) == 1


def test_those_of_a_library_are_told(tmp_path: Path) -> None:
    text = """
import logging, logging.handlers
log = logging.getLogger()
log.addHandler(logging.handlers.SysLogHandler(path))
log.warning("hello")
server.recv(100)
"""
    records = told(tmp_path, text)
    assert datagrams(records) == [("<12>hello\0", "arrived")]


def test_those_of_asyncio_are_told(tmp_path: Path) -> None:
    text = """
import asyncio
class Echo(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport
    def datagram_received(self, data, address):
        self.transport.sendto(data.upper(), address)
async def main():
    loop = asyncio.get_running_loop()
    there = os.path.join(folder, "echo")
    transport, _ = await loop.create_datagram_endpoint(
        Echo, local_addr=there, family=socket.AF_UNIX
    )
    server.setblocking(False)
    server.connect(there)
    await loop.sock_sendall(server, b"hello")
    await loop.sock_recv(server, 9)
    transport.close()
asyncio.run(main())
"""
    records = told(tmp_path, text)
    assert datagrams(records) == [("hello", "arrived"), ("HELLO", "arrived")]


def test_no_key_stands_twice_in_a_record(tmp_path: Path) -> None:
    text = """
a, b = pair()
other = unix("other")
b.bind(os.path.join(folder, "b"))
b.connect(path)
b.connect(other.getsockname())
b.send(b"x")
b.sendto(b"y", path)
server.sendto(b"z", other.getsockname())
server.connect(other.getsockname())
attempt(server.sendto, b"?", folder)
attempt(a.sendmsg, [b"?"], [], 0, folder)
other.recvfrom(9)
server.recvfrom(9)
"""
    program = tmp_path / "program.py"
    program.write_text(BEGIN + text)
    with Traced(program) as run:
        lines = b""
        while piece := run.channel.recv(65536):
            lines += piece
        assert run.outcome().status == 0
    assert all(f'"{key}":'.encode() in lines for key in ("local_file", "peer_file", "peer_inode"))
    for line in lines.splitlines():
        for key in ("peer", "peer_inode", "peer_file", "local", "local_file", "inode", "error"):
            assert line.count(f',"{key}":'.encode()) <= 1, line
