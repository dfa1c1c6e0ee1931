"""What is told of calls, picked out of a program's records."""

from __future__ import annotations

from base64 import b64decode
from pathlib import Path
from textwrap import dedent

from tests.tracing.runs import Record, traced

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
