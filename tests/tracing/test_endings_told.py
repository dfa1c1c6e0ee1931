"""How the last `close` ends a connection: FIN, RST, or nothing (tcp_close of Linux)."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.tracing.drawn import drawn
from tests.tracing.told_calls import PAIR, calls, returns

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells how it will end")

AT_ONCE = "client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))"
COPIED = f"copy = client.dup(); {AT_ONCE}; client.close(); client = copy"
WAITING = "conn.sendall(b'x'); select.select([client], [], [])"
# What the client does before it closes; what its last close says; what is drawn from it.
ENDINGS = {
    "nothing else": ("", None, [("fin", "sent")]),
    "linger": (AT_ONCE, "linger", [("rst", "lost")]),
    "unread": (WAITING, "unread", [("rst", "lost")]),
    "read": ("conn.sendall(b'x'); client.recv(1)", None, [("fin", "sent")]),
    "shut": ("client.shutdown(socket.SHUT_WR)", None, [("fin", "sent")]),
    "shut, linger": (f"client.shutdown(socket.SHUT_WR); {AT_ONCE}", "linger", [("fin", "sent")]),
    "a copy": (COPIED, "linger", [("rst", "lost")]),
}


@pytest.mark.parametrize("how", ENDINGS)
def test_a_close_says_why_it_sends_no_fin(tmp_path: Path, how: str) -> None:
    before, why, shown = ENDINGS[how]
    text = f"import select, struct\n{before}\nclient.close()\nconn.close()\n"
    records = calls(tmp_path, PAIR + text)
    (connect,) = returns(records, "connect")
    closes = [each for each in returns(records, "close") if each["socket"] == connect["socket"]]
    assert [each.get("no_fin") for each in closes] == [None] * (len(closes) - 1) + [why]
    ends = [(each["what"], each["state"]) for each in drawn(records)]
    assert [each for each in ends if each[0] in ("fin", "rst")] == shown


def test_whoever_was_reset_sends_nothing(tmp_path: Path) -> None:
    text = f"""
import struct
{AT_ONCE}
client.close()
try:
    conn.recv(1)
except ConnectionResetError:
    pass
conn.close()
"""
    records = calls(tmp_path, PAIR + text)
    assert [each.get("no_fin") for each in returns(records, "close")[:2]] == ["linger", "over"]
    ends = [(each["what"], each["state"]) for each in drawn(records)]
    assert [each for each in ends if each[0] in ("fin", "rst")] == [("rst", "arrived")]


def test_so_linger_is_told_in_seconds(tmp_path: Path) -> None:
    text = """
import struct
for value in (struct.pack("ii", 1, 0), struct.pack("ii", 1, 5), struct.pack("ii", 0, 5)):
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, value)
"""
    options = returns(calls(tmp_path, PAIR + text), "setsockopt")
    told = [each["value"] for each in options if each["option"] == "SO_LINGER"]
    assert told == [0, 5, False]
    assert told[2] is False
