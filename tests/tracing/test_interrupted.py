"""A call of a datagram has done what it should, and a signal's handler raises as it returns."""

from __future__ import annotations

from pathlib import Path

from tests.tracing.drawn import drawn
from tests.tracing.runs import Record
from tests.tracing.told_calls import calls, returns

PAIR = """
import os, signal, socket, threading, time
server = socket.socket(type=socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 0))
port = server.getsockname()[1]
client = socket.socket(type=socket.SOCK_DGRAM)
"""


def datagrams(records: list[Record]) -> list[tuple[str, str]]:
    return [(each["data"], each["state"]) for each in drawn(records) if each["what"] == "datagram"]


# The other thread interrupts as soon as it has the datagram: mostly while the call that has sent it
# is on its way back from the kernel.
INTERRUPTED = """
def interrupt():
    while server.recv(100):
        os.kill(os.getpid(), signal.SIGINT)
thread = threading.Thread(target=interrupt)
thread.start()
interrupts = 0
for number in range(40):
    try:
        client.sendto(b"%d" % number, ("127.0.0.1", port))
        while True:
            time.sleep(1)
    except KeyboardInterrupt:
        interrupts += 1
print(interrupts)
client.sendto(b"", ("127.0.0.1", port))
thread.join()
"""


def test_what_was_sent_when_a_signal_came_is_told_as_sent(tmp_path: Path) -> None:
    records = calls(tmp_path, PAIR + INTERRUPTED)
    sent = returns(records, "sendto")
    assert [r["bytes"] for r in sent] == [len(str(number)) for number in range(40)] + [0]
    assert {r.get("error") for r in sent} == {"KeyboardInterrupt", None}
    assert datagrams(records) == [(str(number), "arrived") for number in range(40)] + [
        ("", "arrived")
    ]


TAKEN = """
def send():
    for number in range(40):
        gate.acquire()
        client.sendto(b"%d" % number, ("127.0.0.1", port))
        os.kill(os.getpid(), signal.SIGINT)
gate = threading.Semaphore(0)
thread = threading.Thread(target=send)
thread.start()
for number in range(40):
    try:
        gate.release()
        server.recvfrom(100)
        while True:
            time.sleep(1)
    except KeyboardInterrupt:
        pass
thread.join()
server.setblocking(False)
try:
    while True:  # what a signal came before
        server.recv(100)
except BlockingIOError:
    pass
"""


def test_what_was_taken_when_a_signal_came_is_told_as_taken(tmp_path: Path) -> None:
    records = calls(tmp_path, PAIR + TAKEN)
    assert datagrams(records) == [(str(number), "arrived") for number in range(40)]
