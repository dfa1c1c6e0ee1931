"""A class that inherits from what is traced has all of its names to itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tracing.runs import traced, untraced

SAID = """
import socket
def talk(Own):
    server, client = Own(), Own()
    server.bind(("127.0.0.1", 0))
    server.listen()
    client.settimeout(5)
    client.connect(server.getsockname())
    conn, _ = server.accept()
    client.sendall(b"hello")
    print(conn.recv(10), conn.send(b"back"), client.recv(10))
    print([name for name in dir(client) if "socketlab" not in name], vars(Own).keys())
    copy = client.dup()
    for each in (conn, copy, client, server):
        each.close()
    try:
        client.recv(1)
    except OSError as error:
        print(error)
"""
CLASSES = {
    "its own way to set an attribute": """
class Own(socket.socket):
    def __setattr__(self, name, value):
        print("set", name)
        super().__setattr__(name, value)
""",
    "an answer for each name": """
class Own(socket.socket):
    def __getattr__(self, name):
        print("asked for", name)
        return None
""",
    "names like ours": """
class Own(socket.socket):
    _trace, _past, _quick, _can_wait = True, 1, "quick", None
""",
    "properties with names like ours": """
class Own(socket.socket):
    _trace = _past = _quick = _can_wait = property(lambda self: 1 / 0)
""",
    "attributes with names like ours": """
class Own(socket.socket):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._trace, self._past, self._quick, self._can_wait = [], {}, 5, "no"
""",
    "slots": """
class Own(socket.socket):
    __slots__ = ("_trace", "_past", "_quick", "_can_wait", "mine")
""",
    "truth and equality": """
class Own(socket.socket):
    def __bool__(self): print("bool"); return False
    def __eq__(self, other): print("eq"); return True
    def __hash__(self): print("hash"); return 1
    def __len__(self): print("len"); return 0
""",
}


@pytest.mark.parametrize("kind", CLASSES)
def test_a_class_of_sockets_may_have_any_member(kind: str, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(SAID + CLASSES[kind] + "talk(Own)\n")
    expected = untraced(program)
    assert expected.status == 0, expected.err
    outcome, records = traced(program)
    assert outcome == expected
    sent = [r["bytes"] for r in records if r.get("call") in ("send", "sendall") and "bytes" in r]
    assert sent == [5, 4]
