"""Programs with unix sockets of datagrams, and what is drawn of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.tracing.drawn import drawn
from tests.tracing.runs import Record
from tests.tracing.told_calls import calls

BEGIN = """
import os, socket, tempfile, threading
folder = tempfile.mkdtemp()
def unix(name=None):
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    sock.settimeout(30)
    if name:
        sock.bind(name if name[0] == "\\0" else os.path.join(folder, name))
    return sock
def attempt(call, *args):
    try:
        return call(*args)
    except OSError as error:
        print(error)
def pair():
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
server = unix("server")
path = server.getsockname()
"""


def told(tmp_path: Path, text: str) -> list[Record]:
    return calls(tmp_path, BEGIN + text)


def shown(records: list[Record]) -> list[dict[str, Any]]:
    return [each for each in drawn(records) if each["what"] == "datagram"]


def datagrams(records: list[Record]) -> list[tuple[str, str]]:
    return [(each["data"], each["state"]) for each in shown(records)]


def lines_of(records: list[Record], transfer: dict[str, Any]) -> list[str]:
    """Return the calls of which a transfer is told, by their names and sockets."""
    events = [records[seq - 1] for seq in transfer["seqs"]]
    return [f"{event['call']} {event['socket']}" for event in events]
