"""What a program prints is told, and neither the program nor its terminal sees any difference."""

from __future__ import annotations

import json
import os
import pty
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from textwrap import dedent
from typing import IO, Any

import msgspec
import pytest

from backend.domain.events import Output
from backend.domain.traced_events import TraceEvent
from backend.runtime.processes import spawn
from tests.labs.programs import WAIT_S
from tests.tracing.runs import RUN, Record

SEEN = """
    import io, sys
    for stream in (sys.stdout, sys.stderr):
        facts = [type(stream), stream, stream.isatty(), stream.encoding, stream.errors]
        facts += [stream.line_buffering, stream.write_through, stream.buffer, stream.buffer.raw]
        facts += [stream is getattr(sys, "__" + stream.name.strip("<>") + "__"), stream.fileno()]
        print(*facts, stream.write("x"), stream.writelines(["a\\n", "b\\n"]), file=stream)
        for wrong in ((), (1,), ("a", "b")):
            try:
                stream.write(*wrong)
            except TypeError as error:
                print(error, file=stream)
    sys.stdout.buffer.write(b"bytes\\n")
    print("half", end="")
    print("of it", file=sys.stderr)
    print("é\\udce9".encode("utf-8", "surrogatepass"))
    raise SystemExit(sys.stdout.write("the end"))
"""


def write(tmp_path: Path, source: str) -> Path:
    path = tmp_path / "mine.py"
    path.write_text(dedent(source))
    return path


def environment(channel: socket.socket | None = None) -> dict[str, str]:
    plain = {**os.environ, "PYTHONIOENCODING": "utf-8:strict"}
    plain.pop("PYTHONUNBUFFERED", None)
    if channel is None:
        return plain
    return spawn.with_tracing(plain, run=RUN, channel=channel.fileno(), prints=True)


def read_all(end: IO[bytes] | int) -> bytes:
    """Return what comes, up to the end; a terminal whose program has gone is an error (EIO)."""
    fd = end if isinstance(end, int) else end.fileno()
    got = b""
    while True:
        try:
            piece = os.read(fd, 65536)
        except OSError:
            return got
        if not piece:
            return got
        got += piece


def run(path: Path, *, told: bool, terminal: bool = False) -> tuple[int, bytes, list[Record]]:
    """Run a program with both streams in one pipe, or at a terminal: status, output, records."""
    out, slave = pty.openpty() if terminal else os.pipe()
    ours, theirs = socket.socketpair()
    with ours, theirs, ThreadPoolExecutor(2) as readers:
        process = subprocess.Popen(
            [sys.executable, str(path)],
            stdin=subprocess.DEVNULL,
            stdout=slave,
            stderr=slave,
            env=environment(theirs if told else None),
            pass_fds=[theirs.fileno()],
        )
        os.close(slave)
        theirs.close()
        output = readers.submit(read_all, out)
        channel = readers.submit(read_all, ours.fileno())
        status = process.wait(WAIT_S)
        lines = channel.result(WAIT_S).splitlines()
        printed = output.result(WAIT_S)
    os.close(out)
    for line in lines:
        msgspec.json.decode(line, type=TraceEvent | Output)
    return status, printed, [json.loads(line) for line in lines]


def texts(records: list[Record], stream: str) -> str:
    return "".join(e["text"] for e in records if e["type"] == "output" and e["stream"] == stream)


@pytest.mark.parametrize("terminal", [False, True])
def test_the_program_and_its_terminal_see_no_difference(tmp_path: Path, terminal: bool) -> None:
    path = write(tmp_path, SEEN)
    plain, with_us = (run(path, told=told, terminal=terminal) for told in (False, True))
    assert with_us[:2] == plain[:2]
    assert b"the end" in plain[1]
    assert not plain[2]


def test_what_is_printed_is_told_in_order(tmp_path: Path) -> None:
    source = """
        import logging, socket, sys
        print("a", 1)
        socket.socket().close()
        print("b", end="", file=sys.stderr)
        sys.stdout.writelines(["c\\n", "d\\n"])
        logging.error("Привет")
        sys.stdout.write("\\udc80")
        1 / 0
    """
    _, _, records = run(write(tmp_path, source), told=True)
    assert texts(records, "stdout") == "a 1\nc\nd\n"
    errors = texts(records, "stderr")
    assert errors.startswith("bERROR:root:Привет\nTraceback (most recent call last):\n")
    assert errors.endswith("UnicodeEncodeError: 'utf-8' codec can't encode character '\\udc80' in "
                           "position 0: surrogates not allowed\n")  # fmt: skip
    told = [e["text"] if e["type"] == "output" else e.get("call") for e in records]
    assert told.index("a") < told.index("socket") < told.index("b")


def test_a_stream_that_takes_what_is_no_unicode_is_told_with_a_sign_for_it(tmp_path: Path) -> None:
    source = """
        import sys
        sys.stdout.reconfigure(errors="surrogateescape")
        print("a\\udc80b")
    """
    _, printed, records = run(write(tmp_path, source), told=True)
    assert (printed, texts(records, "stdout")) == (b"a\x80b\n", "a?b\n")


def test_a_flood_is_printed_whole_and_what_is_not_told_is_counted(tmp_path: Path) -> None:
    source = "for n in range(20_000): print(n, 'ы' * 20)"
    _, printed, records = run(write(tmp_path, source), told=True)
    dropped = [e for e in records if e["type"] == "dropped"]
    assert {e["what"] for e in dropped} == {"output"}
    told = len(texts(records, "stdout").encode())
    assert 0 < told < len(printed)
    assert told + sum(e["bytes"] for e in dropped) == len(printed)


def test_nothing_is_told_where_nobody_asks(tmp_path: Path) -> None:
    path = write(tmp_path, "print('a')")
    ours, theirs = socket.socketpair()
    with ours, theirs:
        env: dict[str, Any] = spawn.with_tracing(os.environ, run=RUN, channel=theirs.fileno())
        subprocess.run([sys.executable, str(path)], env=env, pass_fds=[theirs.fileno()], check=True)
        theirs.close()
        assert read_all(ours.fileno()) == b""
