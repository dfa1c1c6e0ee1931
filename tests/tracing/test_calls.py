"""Calls of sockets are told: from both ends, with bytes, errors, options, threads and lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tracing.told_calls import PAIR, calls, data, returns


def test_a_connection_is_told_from_both_ends(tmp_path: Path) -> None:
    records = calls(tmp_path, PAIR)
    (connect,) = returns(records, "connect")
    (accept,) = returns(records, "accept")
    (listen,) = returns(records, "listen")
    assert connect["peer"] == accept["local"] == listen["local"]
    assert accept["peer"] == connect["local"]
    assert len({listen["socket"], connect["socket"], accept["accepted"]}) == 3


def test_what_can_block_is_told_before_and_after_with_one_number(tmp_path: Path) -> None:
    records = calls(tmp_path, PAIR + "client.sendall(b'x'); conn.recv(1)")
    for call in ("connect", "accept", "sendall", "recv"):
        enter, leave = [r for r in records if r["call"] == call]
        assert (enter["phase"], leave["phase"]) == ("enter", "return")
        assert enter["n"] == leave["n"]
        assert enter["t"] <= leave["t"]
    for call in ("socket", "bind", "listen"):
        assert all("phase" not in r for r in records if r["call"] == call)


def test_datagrams_are_told_with_their_peers(tmp_path: Path) -> None:
    records = calls(
        tmp_path,
        """
        import socket
        server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        server.bind(("127.0.0.1", 0))
        client = socket.socket(type=socket.SOCK_DGRAM)
        client.sendto(b"ping", server.getsockname())
        message, peer = server.recvfrom(100)
        server.sendto(b"", peer)
        client.recvfrom(100)
        """,
    )
    ping, empty = returns(records, "sendto")
    got_ping, got_empty = returns(records, "recvfrom")
    assert (data(ping), data(got_ping)) == (b"ping", b"ping")
    assert (empty["bytes"], got_empty["bytes"]) == (0, 0)
    assert ping["local"].rpartition(":")[2] == got_ping["peer"].rpartition(":")[2]
    assert ping["peer"] == got_ping["local"] == got_empty["peer"]


def test_localhost_is_told_as_the_address_that_the_other_end_tells(tmp_path: Path) -> None:
    text = """
    import socket
    server = socket.socket(type=socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))
    client = socket.socket(type=socket.SOCK_DGRAM)
    client.sendto(b"ping", ("localhost", server.getsockname()[1]))
    """
    records = calls(tmp_path, text)
    assert returns(records, "sendto")[0]["peer"] == returns(records, "bind")[0]["local"]


def test_the_ends_of_a_connection_that_was_made_without_waiting_are_told(tmp_path: Path) -> None:
    text = """
    import asyncio
    async def handle(reader, writer):
        writer.write(await reader.read(100))
        writer.close()
    async def main():
        server = await asyncio.start_server(handle, "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(b"hello")
        await reader.read()
        writer.close()
        server.close()
    asyncio.run(main())
    """
    records = calls(tmp_path, text)
    (sent, answer) = returns(records, "send")
    received = [r for r in returns(records, "recv") if r.get("bytes")]
    assert sent["local"] == answer["peer"]
    assert sent["peer"] == answer["local"]
    assert {r["socket"]: r["local"] for r in received} == {
        sent["socket"]: sent["local"],
        answer["socket"]: answer["local"],
    }


def test_errors_are_told_by_name(tmp_path: Path) -> None:
    text = """
    import socket
    taken = socket.create_server(("127.0.0.1", 0))
    address = taken.getsockname()
    def attempt(work):
        try:
            work()
        except OSError:
            pass
    other = socket.socket()
    attempt(lambda: other.bind(address))
    attempt(lambda: other.recv(1))
    taken.settimeout(0.01)
    attempt(taken.accept)
    taken.setblocking(False)
    attempt(taken.accept)
    taken.close()
    attempt(lambda: other.connect(address))
    again = socket.socket()
    again.connect_ex(address)
    udp = socket.socket(type=socket.SOCK_DGRAM)
    attempt(lambda: udp.sendto(bytes(65508), ("127.0.0.1", 9)))
    """
    records = calls(tmp_path, text)
    told = [(r["call"], r["error"]) for r in records if "error" in r]
    assert told == [
        ("bind", "EADDRINUSE"),
        ("recv", "ENOTCONN"),
        ("accept", "timeout"),
        ("accept", "EAGAIN"),
        ("connect", "ECONNREFUSED"),
        ("connect_ex", "ECONNREFUSED"),
        ("sendto", "EMSGSIZE"),
    ]


def test_a_call_on_a_non_blocking_socket_is_told_once(tmp_path: Path) -> None:
    text = "conn.setblocking(False)\ntry:\n    conn.recv(1)\nexcept BlockingIOError:\n    pass\n"
    (record,) = [r for r in calls(tmp_path, PAIR + text) if r["call"] == "recv"]
    assert (record["phase"], record["error"]) == ("return", "EAGAIN")


def test_options_and_timeouts_that_matter_are_told(tmp_path: Path) -> None:
    text = """
    import socket, struct
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("@ll", 2, 250_000))
    sock.settimeout(2.5)
    sock.setblocking(True)
    """
    records = calls(tmp_path, text)
    assert [(r["option"], r["value"]) for r in returns(records, "setsockopt")] == [
        ("SO_REUSEADDR", 1),
        ("TCP_NODELAY", 1),
        ("SO_RCVTIMEO", 2.25),
    ]
    assert [r["value"] for r in returns(records, "settimeout")] == [2.5]
    assert [r["value"] for r in returns(records, "setblocking")] == [True]


def test_a_socket_pair_and_a_copy_are_told(tmp_path: Path) -> None:
    text = """
    import socket
    left, right = socket.socketpair()
    copy = left.dup()
    left.close()
    copy.sendall(b"x")
    right.recv(1)
    """
    records = calls(tmp_path, text)
    assert len(returns(records, "socketpair")) == 2
    (dup,) = returns(records, "dup")
    (close,) = [r for r in returns(records, "close") if r["socket"] == dup["socket"]][:1]
    assert close["held"] == 1
    assert returns(records, "sendall")[0]["socket"] == dup["socket"]


def test_a_close_is_told_when_the_kernel_closes(tmp_path: Path) -> None:
    text = "file = conn.makefile('rb')\nconn.close()\nclient.sendall(b'x')\nfile.close()\n"
    told = [r["call"] for r in calls(tmp_path, PAIR + text) if r.get("phase") != "enter"]
    assert told.index("close") > told.index("sendall")


def test_a_socket_that_nobody_holds_any_more_is_closed_by_the_kernel(tmp_path: Path) -> None:
    text = "del conn\nclient.recv(1)\n"
    records = calls(tmp_path, PAIR + text)
    (accept,) = returns(records, "accept")
    told = [(r["call"], r["socket"]) for r in records if r.get("phase") != "enter"]
    assert told[-2][0:2] == ("close", accept["accepted"])
    assert told[-1][0] == "recv"


def test_a_detached_socket_is_not_closed(tmp_path: Path) -> None:
    text = """
    import os, socket
    sock = socket.socket()
    fd = sock.detach()
    sock.close()
    again = socket.socket(fileno=fd)
    again.close()
    """
    records = calls(tmp_path, text)
    assert [(r["call"], r["socket"]) for r in records] == [
        ("socket", 1),
        ("detach", 1),
        ("close", 1),
    ]


def test_what_accept_does_inside_is_not_told(tmp_path: Path) -> None:
    text = """
    import socket
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(5)
    client = socket.create_connection(listener.getsockname())
    conn, peer = listener.accept()
    """
    assert returns(calls(tmp_path, text), "setblocking") == []


def test_unix_sockets_are_told_from_both_ends(tmp_path: Path) -> None:
    text = f"""
    import socket
    listener = socket.socket(socket.AF_UNIX)
    listener.bind({str(tmp_path / "socket")!r})
    listener.listen()
    client = socket.socket(socket.AF_UNIX)
    client.connect({str(tmp_path / "socket")!r})
    conn, peer = listener.accept()
    client.sendall(b"hi")
    conn.recv(9)
    """
    records = calls(tmp_path, text)
    (accept,) = returns(records, "accept")
    (received,) = returns(records, "recv")
    assert received["socket"] == accept["accepted"]
    assert returns(records, "socketpair") == []


@pytest.mark.parametrize(
    "send",
    [
        "sendto(b'hello', elsewhere)",
        "sendto(b'hello', 0, elsewhere)",
        "sendmsg([b'hello'], [], 0, elsewhere)",
    ],
)
def test_a_stream_goes_where_it_is_connected_whatever_address_is_given(
    send: str, tmp_path: Path
) -> None:
    text = f"elsewhere = ('127.0.0.1', 1)\nclient.{send}\nconn.recvfrom(9)\n"
    records = calls(tmp_path, PAIR + text)
    (sent,) = returns(records, send.partition("(")[0])
    (taken,) = returns(records, "recvfrom")
    assert (data(sent), data(taken)) == (b"hello", b"hello")
    assert (sent["local"], sent["peer"]) == (taken["peer"], taken["local"])
