"""Descriptors are no connections: one ends when its last holder closes it, whoever that is."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.tracing.drawn import arrows, drawn
from tests.tracing.runs import Record
from tests.tracing.told_calls import PAIR, calls, returns

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who holds what")

REWRAPPED = {
    "detach": "again = socket.socket(fileno=conn.detach())",
    "fromfd": "again = socket.fromfd(conn.fileno(), conn.family, conn.type); conn.close()",
    "os.dup": "again = socket.socket(fileno=os.dup(conn.fileno())); conn.close()",
    "dup": "again = conn.dup(); conn.close()",
    "twice": "again = socket.socket(fileno=socket.socket(fileno=conn.detach()).detach())",
}


@pytest.mark.parametrize("how", REWRAPPED)
def test_one_connection_is_one_whatever_object_has_it(tmp_path: Path, how: str) -> None:
    text = f"""
import os
client.sendall(b"0123456789")
conn.recv(10)
{REWRAPPED[how]}
client.sendall(b"abcdef")
again.recv(10)
again.sendall(b"!")
client.recv(10)
client.close()
again.recv(1)
again.close()
"""
    records = calls(tmp_path, PAIR + text)
    assert len({r["socket"] for r in records}) == 3
    transfers = drawn(records)
    assert {each["to"] for each in transfers} == {"run:run-1"}
    assert arrows(records, "segment") == [
        ("0123456789", "arrived"),
        ("abcdef", "arrived"),
        ("!", "arrived"),
    ]
    assert arrows(records, "fin") == [("", "arrived")]  # the client's; it had gone before the other


def fins(records: list[Record]) -> list[tuple[str, str]]:
    return [(each["from"], each["state"]) for each in drawn(records) if each["what"] == "fin"]


INHERITED = {
    "fork": """
child = os.fork()
if child == 0:
    conn.recv(1)
    os._exit(0)
wait = lambda: os.waitpid(child, 0)
""",
    "Popen": """
child = subprocess.Popen(["sh", "-c", "head -c 1 >/dev/null"], stdin=conn)
wait = child.wait
""",
    "pass_fds": """
fd = conn.fileno()
child = subprocess.Popen(["sh", "-c", f"head -c 1 <&{fd} >/dev/null"], pass_fds=[fd])
wait = child.wait
""",
    "multiprocessing": """
child = multiprocessing.get_context("fork").Process(target=lambda: conn.recv(1))
child.start()
wait = child.join
""",
}


@pytest.mark.parametrize("how", INHERITED)
def test_no_end_is_drawn_while_a_child_holds_the_connection(tmp_path: Path, how: str) -> None:
    text = f"""
import multiprocessing, os, subprocess, time
{INHERITED[how]}
conn.close()
time.sleep(0.1)
client.sendall(b"x")
print(client.recv(1))
wait()
"""
    records = calls(tmp_path, PAIR + text)
    own = [r for r in records if "child" not in r]
    (close,) = [r for r in returns(own, "close") if "local" in r and "held" in r]
    assert (close["held"], close["elsewhere"]) == (1, True)
    assert arrows(records, "segment")[0][0] == "x"
    lost = [each for each in drawn(records) if each["state"] == "lost"]
    assert lost == []
    (eof,) = [r for r in returns(own, "recv") if r.get("bytes") == 0]
    ends = [each for each in drawn(records) if each["what"] == "fin" and each["arrivals"]]
    assert [each["arrivals"][0][0] for each in ends] == [eof["t"]]


BY_OTHERS = {
    "Popen": """
child = subprocess.Popen(["sh", "-c", "head -c 5; printf hello"], stdin=conn, stdout=conn)
conn.close()
""",
    "detach": """
fd = conn.detach()
client.sendall(b"hello")
assert os.read(fd, 9) == b"hello"
os.write(fd, b"hello")
""",
}


@pytest.mark.parametrize("how", BY_OTHERS)
def test_what_is_sent_to_a_socket_that_only_others_have_is_not_said_to_wait(
    tmp_path: Path, how: str
) -> None:
    text = f"""
import os, subprocess
{BY_OTHERS[how]}
client.sendall(b"hello")
client.recv(5, socket.MSG_WAITALL)
client.close()
"""
    records = calls(tmp_path, PAIR + text)
    shown = [(each["what"], each["data"], each["state"]) for each in drawn(records)]
    states = {state for _, _, state in shown}
    assert states == {"arrived", "sent"}
    assert ("segment", "hello", "sent") in shown


def test_what_was_read_by_number_is_not_said_to_wait(tmp_path: Path) -> None:
    text = """
import os
for part in (b"one", b"two", b"three", b"four"):
    client.sendall(part)
fd = conn.fileno()
conn.recv(3)
os.read(fd, 3)
conn.recv(5)
"""
    records = calls(tmp_path, PAIR + text)
    assert arrows(records, "segment") == [
        ("one", "arrived"),
        ("two", "unknown"),
        ("three", "arrived"),
        ("four", "waiting"),
    ]


def test_a_connection_that_was_begun_without_waiting_has_an_arrow_from_its_beginning(
    tmp_path: Path,
) -> None:
    text = """
import select, socket
listener = socket.create_server(("127.0.0.1", 0))
client = socket.socket()
client.setblocking(False)
assert client.connect_ex(listener.getsockname()) in (0, 115)
select.select([], [client], [], 5)
client.send(b"x")
conn, _ = listener.accept()
conn.recv(1)
"""
    records = calls(tmp_path, text)
    (asked,) = returns(records, "connect_ex")
    (shown,) = [each for each in drawn(records) if each["what"] == "connect"]
    assert (shown["sent"], shown["state"]) == (asked["t"], "arrived")


def test_the_last_one_that_closes_ends_the_connection(tmp_path: Path) -> None:
    """A child that has ended holds nothing any more: the end is drawn where it is."""
    text = """
import os
child = os.fork()
if child == 0:
    os._exit(0)
os.waitpid(child, 0)
conn.close()
client.recv(1)
"""
    records = calls(tmp_path, PAIR + text)
    (close,) = [r for r in returns(records, "close") if "local" in r][:1]
    assert "held" not in close
    assert fins(records)[0] == ("run:run-1", "arrived")


UNIX_SERVER = """
import os, socket, socketserver, tempfile, threading
class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.sendall(self.request.recv(100))
path = os.path.join(tempfile.mkdtemp(), "echo")
with socketserver.UnixStreamServer(path, Echo) as server:
    thread = threading.Thread(target=server.handle_request)
    thread.start()
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(path)
        client.sendall(b"hello")
        print(client.recv(100))
    thread.join()
"""


def test_a_unix_server_of_socketserver_is_told(tmp_path: Path) -> None:
    records = calls(tmp_path, UNIX_SERVER)
    assert {r["transport"] for r in records} == {"unix"}
    assert [r["bytes"] for r in returns(records, "recv")] == [5, 5]
    (accepted,) = returns(records, "accept")
    assert accepted["accepted"] in {r["socket"] for r in returns(records, "recv")}
