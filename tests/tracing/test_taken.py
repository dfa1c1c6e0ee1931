"""What was taken is never drawn as lost, and what asks for nothing takes nothing."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from tests.tracing.drawn import drawn
from tests.tracing.runs import Outcome, traced, untraced

BEGIN = """
import os, socket, ssl, subprocess
server = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(server.getsockname())
conn, _ = server.accept()
client.sendall(b"hello")
"""
END = """
conn.close()
print(client.recv(1))
client.close()
"""
TAKING = {  # by a way that is not told
    "os.read": "print(os.read(conn.fileno(), 5))",
    "os.readv": "print(os.readv(conn.fileno(), [bytearray(5)]))",
    "a file of a copy": "print(os.fdopen(os.dup(conn.fileno()), 'rb', 0).read(5))",
    "another program": "subprocess.run(['head', '-c', '5'], stdin=conn, check=True)",
    "another program, with more behind it": """
        subprocess.run(['dd', 'bs=5', 'count=1', 'status=none'], stdin=conn, check=True)
        client.sendall(b"more")
        print(conn.recv(4))
    """,
    "a handshake that fails": """
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).wrap_socket(conn, server_side=True)
        except ssl.SSLError as error:
            print(error.reason)
    """,
}
# Each of them finds something to take, and takes nothing.
ASKING_FOR_NONE = (
    "recv(0)",
    "recv_into(bytearray())",
    "recv(0, socket.MSG_DONTWAIT)",
    "recvfrom(0)",
    "recvfrom_into(bytearray())",
    "recvmsg(0)",
    "recvmsg_into([bytearray()])",
)
OF_DATAGRAMS = tuple(each for each in ASKING_FOR_NONE if each.startswith(("recv(", "recv_into")))
GIVING_NONE = ("send(b'')", "sendall(b'')", "sendmsg([])", "sendmsg([b'', b''])")


def picture(tmp_path: Path, text: str) -> tuple[list[dict[str, Any]], Outcome]:
    """Run a program both ways; return what is drawn of it, and how it ended."""
    program = tmp_path / "program.py"
    program.write_text(text)
    outcome, records = traced(program)
    assert outcome == untraced(program)
    assert outcome.status == 0, outcome.err
    return drawn(records), outcome


def states(transfers: list[dict[str, Any]], what: str) -> list[str]:
    return [each["state"] for each in transfers if each["what"] == what]


@pytest.mark.parametrize("way", TAKING)
def test_what_was_taken_by_a_way_that_is_not_told_is_not_lost(way: str, tmp_path: Path) -> None:
    transfers, outcome = picture(tmp_path, BEGIN + dedent(TAKING[way]) + END)
    assert outcome.out.endswith("b''\n")  # a FIN
    assert states(transfers, "rst") == []
    assert states(transfers, "segment")[0] == "unknown"
    assert states(transfers, "fin")[0] == "arrived"


def test_what_was_left_of_it_is_lost_as_the_kernel_says(tmp_path: Path) -> None:
    reset = "\ntry:\n    client.recv(1)\nexcept ConnectionResetError:\n    print('reset')\n"
    left = "client.sendall(b'more')\nprint(os.read(conn.fileno(), 5))\nconn.close()" + reset
    transfers, outcome = picture(tmp_path, BEGIN + left)
    assert outcome.out.endswith("reset\n")
    assert states(transfers, "rst") == ["arrived"]
    assert states(transfers, "segment") == ["unknown", "lost"]


def test_nothing_waits_where_the_end_of_the_stream_was_read(tmp_path: Path) -> None:
    read = "client.close()\nprint(os.read(conn.fileno(), 5), conn.recv(1))\nconn.close()\n"
    transfers, _ = picture(tmp_path, BEGIN + read)
    assert states(transfers, "fin") == ["arrived"]
    assert states(transfers, "segment") == ["unknown"]


@pytest.mark.parametrize("call", ASKING_FOR_NONE)
def test_a_call_that_asks_for_no_bytes_has_not_read_the_end(call: str, tmp_path: Path) -> None:
    asking = f"for _ in range(2):\n    print(conn.{call})\n"
    more = "client.sendall(b'more')\nprint(conn.recv(9, socket.MSG_WAITALL))\n"
    transfers, _ = picture(tmp_path, BEGIN + asking + more + END)
    (fin,) = (each for each in transfers if each["what"] == "fin" and each["state"] == "arrived")
    assert fin["sent"] >= max(each["sent"] for each in transfers if each["what"] == "segment")
    assert states(transfers, "segment") == ["arrived", "arrived"]


@pytest.mark.parametrize("family", ["AF_INET", "AF_UNIX"])
@pytest.mark.parametrize("call", OF_DATAGRAMS)
def test_a_call_that_asks_for_no_bytes_takes_no_datagram(
    call: str, family: str, tmp_path: Path
) -> None:
    name = '("127.0.0.1", 0)' if family == "AF_INET" else r'f"\0asks-{os.getpid()}"'
    transfers, outcome = picture(
        tmp_path,
        dedent(f"""
            import os, socket
            there = socket.socket(socket.{family}, socket.SOCK_DGRAM)
            there.bind({name})
            here = socket.socket(socket.{family}, socket.SOCK_DGRAM)
            here.sendto(b"", there.getsockname())
            here.sendto(b"hello", there.getsockname())
            for _ in range(2):
                there.{call}
            print(there.recv(9), there.recv(9))
        """),
    )
    assert outcome.out == "b'' b'hello'\n"
    assert [(each["bytes"], each["state"]) for each in transfers] == [
        (0, "arrived"),
        (5, "arrived"),
    ]


@pytest.mark.parametrize("call", GIVING_NONE)
def test_a_call_that_gives_no_bytes_to_a_stream_has_no_arrow(call: str, tmp_path: Path) -> None:
    transfers, _ = picture(tmp_path, BEGIN + f"client.{call}\nprint(conn.recv(9))\n" + END)
    assert states(transfers, "segment") == ["arrived"]


TRUNCATING = (
    "recv(4, flag)",
    "recvfrom(4, flag)",
    "recv_into(bytearray(4), 0, flag)",
    "recvfrom_into(bytearray(4), 4, flag)",
    "recvmsg(4, 0, flag)",
    "recvmsg_into([bytearray(2), bytearray(2)], 0, flag)",
)


@pytest.mark.parametrize("call", TRUNCATING)
@pytest.mark.parametrize("name", ['("127.0.0.1", 0)', r'f"\0cut-{os.getpid()}"'])
def test_a_call_that_asks_how_long_a_datagram_was_has_got_what_fits(
    call: str, name: str, tmp_path: Path
) -> None:
    family = "AF_INET" if name.startswith("(") else "AF_UNIX"
    transfers, _ = picture(
        tmp_path,
        dedent(f"""
            import os, socket
            flag = socket.MSG_TRUNC
            there = socket.socket(socket.{family}, socket.SOCK_DGRAM)
            there.bind({name})
            here = socket.socket(socket.{family}, socket.SOCK_DGRAM)
            for text in (b"0123456789", b"abc"):
                here.sendto(text, there.getsockname())
                there.{call}
        """),
    )
    assert [(each["bytes"], each["state"]) for each in transfers] == [
        (10, "arrived"),
        (3, "arrived"),
    ]
    assert [to for each in transfers for _, _, to in each["arrivals"]] == [4, 3]


def test_what_a_call_throws_away_of_a_stream_is_not_shown(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(BEGIN + "conn.recv(5, socket.MSG_TRUNC)\n")
    outcome, records = traced(program)
    assert outcome == untraced(program)
    (told,) = (each for each in records if each.get("call") == "recv" and "bytes" in each)
    assert (told["bytes"], told["data"]) == (5, "")
    assert states(drawn(records), "segment") == ["arrived"]
