"""Processes that are forked from a program are told, each as a lifeline of its own."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.tracing.drawn import drawn
from tests.tracing.told_calls import PAIR, calls

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who holds what")

FORKED = """
import os
child = os.fork()
if child == 0:
    listener.close()
    client.close()
    while data := conn.recv(100):
        conn.sendall(data.upper())
    os._exit(0)
conn.close()
client.sendall(b"still here?")
print(client.recv(100))
client.close()
os.waitpid(child, 0)
"""
MIXED_IN = """
import socketserver, threading
class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.sendall(self.request.recv(100).upper())
class Server(socketserver.ForkingMixIn, socketserver.TCPServer):
    pass
with Server(("127.0.0.1", 0), Handler) as server:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    for number in range(3):
        with socket.create_connection(server.server_address) as client:
            client.sendall(b"hello")
            print(client.recv(100), client.recv(100))
    server.shutdown()
    thread.join()
"""
PREFORK = """
import multiprocessing
server = socket.create_server(("127.0.0.1", 0))
def work():
    conn, _ = server.accept()
    conn.sendall(conn.recv(100).upper())
    conn.close()
workers = [multiprocessing.get_context("fork").Process(target=work) for _ in range(3)]
for worker in workers:
    worker.start()
for worker in workers:
    with socket.create_connection(server.getsockname()) as client:
        client.sendall(b"hello")
        print(client.recv(100), client.recv(100))
for worker in workers:
    worker.join()
"""


@pytest.mark.parametrize(
    ("program", "count", "said"),
    [
        (PAIR + FORKED, 1, "still here?"),
        (PAIR + MIXED_IN, 3, "hello"),
        (PAIR + PREFORK, 3, "hello"),
    ],
    ids=["fork", "ForkingMixIn", "prefork"],
)
def test_what_a_child_reads_and_sends_is_drawn_at_its_own_lifeline(
    tmp_path: Path, program: str, count: int, said: str
) -> None:
    records = calls(tmp_path, program)
    children = {f"run:run-1/{r['child']}" for r in records if "child" in r}
    assert len(children) == count
    transfers = drawn(records)
    segments = [each for each in transfers if each["what"] == "segment"]
    assert {each["state"] for each in segments} == {"arrived"}
    asked = [(each["from"], each["to"]) for each in segments if each["data"] == said]
    answered = [(each["from"], each["to"]) for each in segments if each["data"] == said.upper()]
    assert len(asked) == len(answered) == count
    assert {there for _, there in asked} == {there for there, _ in answered} == children
    assert {here for here, _ in asked} == {here for _, here in answered} == {"run:run-1"}
    assert all(each["sent"] is not None for each in segments)
    assert all(
        each["from"] in children
        for each in transfers
        if each["what"] == "fin" and each["to"] == "run:run-1" and each["sent"] is None
    )
    assert [each for each in transfers if each["state"] == "lost"] == []
    assert {each["to"].partition("/")[0] for each in transfers} == {"run:run-1"}


def test_numbers_of_processes_are_apart(tmp_path: Path) -> None:
    text = """
import os, threading
lock = threading.Lock()
for _ in range(3):
    if os.fork() == 0:
        with socket.socket() as sock, lock:
            sock.settimeout(1)
        os._exit(0)
for _ in range(3):
    os.wait()
with socket.socket():
    pass
"""
    records = calls(tmp_path, PAIR + text)
    made = [(r.get("child"), r["socket"]) for r in records if r["call"] == "socket"]
    assert len({number for _, number in made}) == len(made) == 6
    numbers = {(r["n"], r.get("phase")) for r in records}
    assert len(numbers) == len(records)
    assert len({r["tid"] for r in records}) == 4
