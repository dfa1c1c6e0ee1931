"""One datagram is one arrow: cut by a small buffer, sent by a name, told by whatever call."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tracing.drawn import drawn
from tests.tracing.runs import Record
from tests.tracing.told_calls import calls, returns

SERVER = """
import socket
server = socket.socket(FAMILY, socket.SOCK_DGRAM)
server.bind(("HOST", 0))
port = server.getsockname()[1]
client = socket.socket(FAMILY, socket.SOCK_DGRAM)
client.settimeout(3)
server.settimeout(3)
buffer = bytearray(4)
"""
CUTS = {
    "recvfrom": "server.recvfrom(4)",
    "recv": "server.recv(4)",
    "recv_into": "server.recv_into(buffer)",
    "recvfrom_into": "server.recvfrom_into(buffer)",
    "recvmsg": "server.recvmsg(4)",
    "recvmsg_into": "server.recvmsg_into([buffer])",
}


def program(text: str, host: str = "127.0.0.1", family: str = "AF_INET") -> str:
    return SERVER.replace("HOST", host).replace("FAMILY", f"socket.{family}") + text


def datagrams(records: list[Record]) -> list[tuple[str, str]]:
    return [(each["data"], each["state"]) for each in drawn(records) if each["what"] == "datagram"]


@pytest.mark.parametrize("call", [name for name in CUTS if name not in ("recv", "recv_into")])
def test_a_datagram_that_a_small_buffer_has_cut_is_one_arrival(tmp_path: Path, call: str) -> None:
    text = f"""
for data in (b"0123456789", b"abcdefghij", b"0123456789", b"four", b"3.."):
    client.sendto(data, ("127.0.0.1", port))
for _ in range(5):
    {CUTS[call]}
"""
    records = calls(tmp_path, program(text))
    assert datagrams(records) == [
        ("0123456789", "arrived"),
        ("abcdefghij", "arrived"),
        ("0123456789", "arrived"),
        ("four", "arrived"),
        ("3..", "arrived"),
    ]
    assert [r["bytes"] for r in returns(records, call)] == [4, 4, 4, 4, 3]


@pytest.mark.parametrize("call", ["recv", "recv_into"])
def test_also_on_a_connected_socket(tmp_path: Path, call: str) -> None:
    text = f"""
client.connect(("127.0.0.1", port))
server.connect(client.getsockname())
client.send(b"0123456789")
client.send(b"abcdefghij")
{CUTS[call]}
{CUTS[call]}
"""
    records = calls(tmp_path, program(text))
    assert datagrams(records) == [("0123456789", "arrived"), ("abcdefghij", "arrived")]


@pytest.mark.parametrize("name", ["localhost", "LocalHost", "", "127.1", "0.0.0.0"])
def test_one_that_was_sent_to_a_name_is_one_arrow(tmp_path: Path, name: str) -> None:
    text = f"""
client.sendto(b"question", ("{name}", port))
data, peer = server.recvfrom(100)
server.sendto(b"answer", peer)
client.recvfrom(100)
"""
    records = calls(tmp_path, program(text))
    assert datagrams(records) == [("question", "arrived"), ("answer", "arrived")]


def test_the_name_of_this_machine_is_one_too(tmp_path: Path) -> None:
    text = """
name = socket.gethostname()
client.sendto(b"question", (name, port))
data, peer = server.recvfrom(100)
server.sendto(b"answer", peer)
client.recvfrom(100)
"""
    records = calls(tmp_path, program(text, host="0.0.0.0"))
    assert datagrams(records) == [("question", "arrived"), ("answer", "arrived")]


@pytest.mark.parametrize("target", ["('::1', port)", "('::1', port, 0, 0)"])
def test_over_ipv6(tmp_path: Path, target: str) -> None:
    text = f"""
client.sendto(b"question", {target})
data, peer = server.recvfrom(100)
server.sendto(b"answer", peer)
client.recvfrom(100)
"""
    records = calls(tmp_path, program(text, host="::1", family="AF_INET6"))
    assert datagrams(records) == [("question", "arrived"), ("answer", "arrived")]


def test_a_send_that_fails_says_where_to(tmp_path: Path) -> None:
    text = """
for call in (lambda: client.sendto(b"x" * 70_000, ("127.0.0.1", port)),
             lambda: client.sendmsg([b"x" * 70_000], [], 0, ("127.0.0.1", port))):
    try:
        call()
    except OSError as error:
        print(error)
"""
    records = calls(tmp_path, program(text))
    failed = [r for r in records if "error" in r]
    assert [(r["call"], r["error"]) for r in failed] == [
        ("sendto", "EMSGSIZE"),
        ("sendmsg", "EMSGSIZE"),
    ]
    assert len({r["peer"] for r in failed}) == 1


MANY = """
import socket
MEMBER = socket.inet_aton("224.1.1.7") + socket.inet_aton("127.0.0.1")
receivers, port = [], 0
for _ in range(3):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    sock.bind(("", port))
    port = sock.getsockname()[1]
    sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, MEMBER)
    sock.settimeout(3)
    receivers.append(sock)
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sender.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
for data in (b"one", b"two", b"two"):
    sender.sendto(data, ("GROUP", port))
for sock in receivers:
    assert [sock.recvfrom(10)[0] for _ in range(3)] == [b"one", b"two", b"two"]
"""


@pytest.mark.parametrize("group", ["224.1.1.7", "127.255.255.255"])
def test_one_sending_to_many_is_an_arrow_to_each_who_got_it(tmp_path: Path, group: str) -> None:
    records = calls(tmp_path, MANY.replace("GROUP", group))
    shown = [each for each in drawn(records) if each["what"] == "datagram"]
    assert sorted(each["data"] for each in shown) == ["one"] * 3 + ["two"] * 6
    assert {each["state"] for each in shown} == {"arrived"}
    assert {each["sent"] is None for each in shown} == {False}
    # Whatever comes first: another program tells in its own time.
    sent = [r for r in records if r["call"] == "sendto"]
    late = [r for r in records if r["call"] != "sendto"] + sent
    assert sorted(datagrams(late)) == sorted(datagrams(records))


@pytest.mark.parametrize(
    "call",
    ["recv(100)", "recv(4)", "recv_into(bytearray(100))", "recv(100, socket.MSG_DONTWAIT)"],
)
def test_a_receipt_that_does_not_say_from_whom_is_one_too(tmp_path: Path, call: str) -> None:
    text = f"""
others = [socket.socket(FAMILY, socket.SOCK_DGRAM) for _ in range(2)]
for sock in (*others, client):
    sock.sendto(b"question", ("127.0.0.1", port))
for _ in range(3):
    server.{call}
server.sendto(b"answer", client.getsockname())
client.recv(9)
"""
    records = calls(tmp_path, program(text.replace("FAMILY", "socket.AF_INET"), host="0.0.0.0"))
    assert datagrams(records) == [("question", "arrived")] * 3 + [("answer", "arrived")]


def test_also_of_what_was_sent_to_many(tmp_path: Path) -> None:
    records = calls(
        tmp_path, MANY.replace("GROUP", "224.1.1.7").replace("recvfrom(10)[0]", "recv(10)")
    )
    shown = [each for each in drawn(records) if each["what"] == "datagram"]
    assert sorted(each["data"] for each in shown) == ["one"] * 3 + ["two"] * 6
    assert {each["state"] for each in shown} == {"arrived"}
    assert {each["sent"] is None for each in shown} == {False}


def test_calls_on_a_closed_socket_are_told(tmp_path: Path) -> None:
    text = """
client.close()
for call in (lambda: client.sendto(b"x", ("127.0.0.1", port)), lambda: client.recvfrom(9),
             lambda: client.recv(9), lambda: client.send(b"x"),
             lambda: client.connect(("127.0.0.1", 1)),
             lambda: client.listen(), lambda: client.bind(("", 0)), lambda: client.accept(),
             lambda: client.shutdown(socket.SHUT_WR), lambda: client.settimeout(1)):
    try:
        call()
    except OSError as error:
        print(error.errno)
"""
    records = calls(tmp_path, program(text))
    failed = [r for r in records if "error" in r]
    assert {r["error"] for r in failed} == {"EBADF"}
    assert [r["call"] for r in failed][:9] == [
        "sendto", "recvfrom", "recv", "send", "connect", "listen", "bind", "accept", "shutdown",
    ]  # fmt: skip


def test_a_child_that_was_forked_speaks_for_itself(tmp_path: Path) -> None:
    text = """
import os
client.sendto(b"question", ("127.0.0.1", port))
pid = os.fork()
if pid == 0:
    data, peer = server.recvfrom(100)
    server.sendto(b"answer", peer)
    os._exit(0)
client.recvfrom(100)
os.waitpid(pid, 0)
"""
    records = calls(tmp_path, program(text))
    (child,) = {r["child"] for r in records if "child" in r}
    shown = [(each["from"], each["to"], each["data"]) for each in drawn(records)]
    assert shown == [
        ("run:run-1", f"run:run-1/{child}", "question"),
        (f"run:run-1/{child}", "run:run-1", "answer"),
    ]


def test_no_key_stands_twice_in_a_record(tmp_path: Path) -> None:
    text = """
server.connect(("127.0.0.1", 9))
server.connect(("127.0.0.1", 10))
client.bind(("127.0.0.1", 0))
client.connect(("127.0.0.1", port))
server.connect(client.getsockname())
server.send(b"x")
client.recvfrom(9)
client.sendto(b"y", ("127.0.0.1", port))
"""
    # Traced.records decodes with a decoder that takes the last one: so the line itself is read.
    from tests.tracing.runs import Traced

    path = tmp_path / "program.py"
    path.write_text(program(text))
    with Traced(path) as run:
        lines = b""
        while piece := run.channel.recv(65536):
            lines += piece
        assert run.outcome().status == 0
    for line in lines.splitlines():
        for key in (b'"peer":', b'"local":', b'"error":'):
            assert line.count(b"," + key) <= 1, line
