"""Bytes that go over a stream are told with their place in it, whatever call takes them."""

from __future__ import annotations

import sys
from pathlib import Path
from textwrap import dedent

import pytest

from tests.tracing.runs import Record
from tests.tracing.told_calls import PAIR, calls, data, returns


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


def test_that_it_is_no_file_of_the_kernel_is_not_told_where_it_takes_long(tmp_path: Path) -> None:
    text = """
    import io, time
    class Slow(io.BytesIO):
        mode = property(lambda self: time.sleep(0.05) or "rb")
    print(client.sendfile(Slow(b"0123456789")))
    """
    records = calls(tmp_path, PAIR + dedent(text))
    assert not [record for record in records if record["call"] == "sendfile"]
    assert [record["bytes"] for record in returns(records, "send")] == [10]


def test_the_end_of_a_stream_is_a_return_of_0_bytes(tmp_path: Path) -> None:
    records = calls(tmp_path, PAIR + "client.shutdown(socket.SHUT_WR); conn.recv(1)")
    assert returns(records, "shutdown")[0]["how"] == "SHUT_WR"
    assert returns(records, "recv")[0]["bytes"] == 0


@pytest.mark.parametrize(
    "ending",
    [
        "client.shutdown(socket.SHUT_WR); conn.recv(1); conn.sendall(b'hello'); conn.close()",
        "client.sendall(b'left unread'); conn.sendall(b'hello'); conn.close()",
    ],
    ids=["both FIN", "RST"],
)
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what was taken")
def test_what_is_read_after_the_end_of_a_connection_keeps_its_place(
    tmp_path: Path, ending: str
) -> None:
    text = f"client.fileno()\n{ending}\nclient.recv(2), client.recv(3)\n"
    records = calls(tmp_path, PAIR + text)
    received = [r for r in returns(records, "recv") if r["bytes"]]
    assert [(r.get("offset"), data(r)) for r in received] == [(0, b"he"), (2, b"llo")]
