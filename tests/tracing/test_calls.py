"""Socket calls: each is told with its bytes, ends, errors, place, however the socket was made."""

from __future__ import annotations

from base64 import b64decode
from pathlib import Path
from textwrap import dedent

import pytest

from tests.tracing.runs import Record, traced, untraced

PAIR = """
import socket
listener = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(listener.getsockname())
conn, peer = listener.accept()
"""


def calls(tmp_path: Path, text: str) -> list[Record]:
    """Run a program under the tracer; return its call events, after seeing that it ended well."""
    program = tmp_path / "program.py"
    program.write_text(dedent(text))
    outcome, records = traced(program)
    assert (outcome.status, outcome.err) == (0, "")
    return [record for record in records if record["type"] == "call"]


def returns(records: list[Record], call: str) -> list[Record]:
    return [r for r in records if r["call"] == call and r.get("phase") != "enter"]


def data(record: Record) -> bytes:
    return b64decode(record["data"])


def line_of(text: str, snippet: str) -> int:
    return 1 + next(n for n, line in enumerate(dedent(text).splitlines()) if snippet in line)


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


@pytest.mark.parametrize(
    ("send", "sending", "receive", "receiving"),
    [
        ("client.send(b'hello')", "send", "conn.recv(9)", "recv"),
        ("client.sendall(b'hello')", "sendall", "conn.recv_into(bytearray(9))", "recv_into"),
        ("client.sendall(bytearray(b'hello'))", "sendall", "conn.recvfrom(9)", "recvfrom"),
        ("client.sendmsg([b'he', b'llo'])", "sendmsg", "conn.recvmsg(9)", "recvmsg"),
        (
            "client.sendmsg([memoryview(b'hello')])",
            "sendmsg",
            "conn.recvmsg_into([bytearray(2), bytearray(7)])",
            "recvmsg_into",
        ),
        ("client.send(b'hello')", "send", "conn.recvfrom_into(bytearray(9))", "recvfrom_into"),
        ("client.sendmsg(iter([b'he', b'llo']))", "sendmsg", "conn.recv(9)", "recv"),
        (
            "f = client.makefile('wb'); f.write(b'hello'); f.flush()",
            "send",
            "conn.makefile('rb', 0).read(9)",
            "recv_into",
        ),
    ],
)
def test_every_way_to_transfer_tells_the_bytes(
    tmp_path: Path, send: str, sending: str, receive: str, receiving: str
) -> None:
    records = calls(tmp_path, f"{PAIR}\n{send}\n{receive}\n")
    (sent,) = returns(records, sending)
    (received,) = returns(records, receiving)
    assert (data(sent), sent["bytes"], sent["offset"]) == (b"hello", 5, 0)
    assert (data(received), received["bytes"], received["offset"]) == (b"hello", 5, 0)


def test_offsets_count_each_direction_of_a_stream(tmp_path: Path) -> None:
    records = calls(
        tmp_path,
        PAIR
        + dedent("""
        for part in (b"one", b"two", b"three"):
            client.sendall(part)
        while total := locals().get("total", 0) + len(conn.recv(4, socket.MSG_WAITALL)):
            if total == 8:
                break
        conn.sendall(b"back")
        client.recv(99)
        """),
    )
    assert [r["offset"] for r in returns(records, "sendall")] == [0, 3, 6, 0]
    assert [(r["offset"], r["bytes"]) for r in returns(records, "recv")] == [(0, 4), (4, 4), (0, 4)]


def ranges(records: list[Record]) -> list[tuple[int, int, bytes]]:
    return [(r["offset"], r["bytes"], data(r)) for r in records if r["bytes"]]


def test_three_sends_that_one_recv_reads_are_three_ranges_in_its_one(tmp_path: Path) -> None:
    text = """
    for part in (b"one", b"two", b"three"):
        client.sendall(part)
    client.shutdown(socket.SHUT_WR)
    conn.recv(99, socket.MSG_WAITALL)
    """
    records = calls(tmp_path, PAIR + dedent(text))
    assert ranges(returns(records, "sendall")) == [(0, 3, b"one"), (3, 3, b"two"), (6, 5, b"three")]
    assert ranges(returns(records, "recv")) == [(0, 11, b"onetwothree")]


def test_one_send_that_five_recvs_read_is_one_range_around_their_five(tmp_path: Path) -> None:
    text = """
    client.send(b"abcdefghij")
    for _ in range(5):
        conn.recv(2)
    """
    records = calls(tmp_path, PAIR + dedent(text))
    assert ranges(returns(records, "send")) == [(0, 10, b"abcdefghij")]
    pieces = [(0, 2, b"ab"), (2, 2, b"cd"), (4, 2, b"ef"), (6, 2, b"gh"), (8, 2, b"ij")]
    assert ranges(returns(records, "recv")) == pieces


def test_a_peek_does_not_count(tmp_path: Path) -> None:
    text = "client.sendall(b'hello'); conn.recv(2, socket.MSG_PEEK); conn.recv(5)"
    peek, read = returns(calls(tmp_path, PAIR + text), "recv")
    assert (peek["offset"], peek["bytes"], peek["flags"]) == (0, 2, "MSG_PEEK")
    assert (read["offset"], read["bytes"]) == (0, 5)


def test_a_large_transfer_tells_its_beginning_and_its_true_size(tmp_path: Path) -> None:
    text = """
    client.sendall(bytes(range(256)) * 40)
    conn.recv(10240, socket.MSG_WAITALL)
    """
    (sent,) = returns(records := calls(tmp_path, PAIR + dedent(text)), "sendall")
    (received,) = returns(records, "recv")
    for record in (sent, received):
        assert record["bytes"] == 10240
        assert data(record) == bytes(range(256)) * 8


def test_a_file_that_the_kernel_sends_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"0123456789")
    text = f"""
    with open({str(tmp_path / "file")!r}, "rb") as file:
        client.sendall(b"ab")
        print(client.sendfile(file, 3, 5))
        client.sendall(b"c")
    """
    records = calls(tmp_path, PAIR + dedent(text))
    (sent,) = returns(records, "sendfile")
    assert (data(sent), sent["bytes"], sent["offset"]) == (b"34567", 5, 2)
    assert [r["offset"] for r in returns(records, "sendall")] == [0, 7]


def test_what_is_no_file_of_the_kernel_is_told_as_it_is_sent(tmp_path: Path) -> None:
    text = """
    import io
    for sending in (client, conn):
        sending.settimeout(5)
    print(client.sendfile(io.BytesIO(b"0123456789")))
    """
    records = calls(tmp_path, PAIR + dedent(text))
    assert not [record for record in records if record["call"] == "sendfile"]
    (sent,) = returns(records, "send")
    assert (sent["bytes"], sent["offset"]) == (10, 0)
    assert not [record for record in records if "error" in record]


def test_the_end_of_a_stream_is_a_return_of_0_bytes(tmp_path: Path) -> None:
    records = calls(tmp_path, PAIR + "client.shutdown(socket.SHUT_WR); conn.recv(1)")
    assert returns(records, "shutdown")[0]["how"] == "SHUT_WR"
    assert returns(records, "recv")[0]["bytes"] == 0


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
    import socket
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, b"\\0" * 16)
    sock.settimeout(2.5)
    sock.setblocking(True)
    """
    records = calls(tmp_path, text)
    assert [(r["option"], r["value"]) for r in returns(records, "setsockopt")] == [
        ("SO_REUSEADDR", 1),
        ("TCP_NODELAY", 1),
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
        ("close", 2),
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


def test_each_thread_is_told_by_its_own_number_though_the_system_uses_idents_again(
    tmp_path: Path,
) -> None:
    text = """
    import socket, threading
    left, right = socket.socketpair()
    idents = set()
    def work():
        idents.add(threading.get_ident())
        left.send(b"x")
    for number in range(20):
        thread = threading.Thread(target=work, name=f"worker {number}")
        thread.start()
        thread.join()
    assert len(idents) < 20
    """
    records = calls(tmp_path, text)
    told = [(r["thread"], r["tid"]) for r in returns(records, "send")]
    assert [name for name, _ in told] == [f"worker {number}" for number in range(20)]
    assert len({tid for _, tid in told}) == 20


def test_a_thread_that_takes_another_name_is_told_by_it(tmp_path: Path) -> None:
    text = """
    import socket, threading
    left, right = socket.socketpair()
    def work(name):
        threading.current_thread().name = name
        left.send(b"x")
    for name in ("one", "two"):
        work(name)
    """
    told = returns(calls(tmp_path, text), "send")
    assert [r["thread"] for r in told] == ["one", "two"]
    assert len({r["tid"] for r in told}) == 1


def test_a_call_of_the_standard_library_is_told_at_the_labs_own_line(tmp_path: Path) -> None:
    text = """
    import socket, socketserver, threading
    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            self.request.sendall(self.request.recv(10))
    with socketserver.TCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.handle_request, name="server")
        thread.start()
        with socket.create_connection(server.server_address) as client:
            client.sendall(b"hello")
            client.recv(10)
        thread.join()
    """
    records = calls(tmp_path, text)
    (bind,) = returns(records, "bind")
    assert (bind["file"], bind["line"]) == ("program.py", line_of(text, "TCPServer("))
    (receive, _) = returns(records, "recv")
    assert (receive["line"], receive["thread"]) == (line_of(text, "request.recv"), "server")
    (connect,) = returns(records, "connect")
    assert connect["line"] == line_of(text, "create_connection")


def test_http_server_follows_by_itself(tmp_path: Path) -> None:
    text = """
    import http.client, http.server, threading
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(204)
            self.end_headers()
        def log_message(self, *_):
            pass
    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        connection = http.client.HTTPConnection(*server.server_address)
        connection.request("GET", "/")
        connection.getresponse().read()
        connection.close()
        thread.join()
    """
    records = calls(tmp_path, text)
    sent = b"".join(data(r) for r in returns(records, "sendall"))
    assert b"GET / HTTP/1.1\r\n" in sent
    assert b"HTTP/1.0 204" in sent + b"".join(data(r) for r in returns(records, "send"))


def test_the_librarys_own_pipes_are_silent(tmp_path: Path) -> None:
    text = """
    import asyncio
    async def main():
        await asyncio.sleep(0)
    asyncio.run(main())
    """
    assert calls(tmp_path, text) == []


def test_the_class_looks_like_the_real_one(tmp_path: Path) -> None:
    text = """
    import inspect, pickle, socket
    sock = socket.socket()
    print(socket.socket.__name__, socket.socket.__module__, socket.socket.__qualname__)
    print(type(sock) is socket.socket, isinstance(sock, socket.SocketType))
    print(repr(sock).replace(str(sock.fileno()), "FD"))
    print(socket.socket.recv.__name__, bool(socket.socket.recv.__doc__))
    try:
        sock.colour = 1
    except AttributeError as error:
        print(error)
    for wrong in (lambda: sock.recv(), lambda: sock.send("text"), lambda: sock.bind(1)):
        try:
            wrong()
        except Exception as error:
            print(type(error))
    """
    program = tmp_path / "program.py"
    program.write_text(dedent(text))
    outcome, _ = traced(program)
    assert outcome == untraced(program)
