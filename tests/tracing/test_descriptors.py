"""A program may close whatever it likes, as daemons do: it lives on, and it is told on."""

from __future__ import annotations

import os
import socket
import threading
from pathlib import Path
from textwrap import dedent

import pytest

from backend.tracing.pipe import Pipe
from tests.tracing.runs import traced, untraced

AFTER = """
import socket
with socket.create_server(("127.0.0.1", 0)) as server:
    with socket.create_connection(server.getsockname()) as client:
        conn, _ = server.accept()
        with conn:
            conn.sendall(b"hello")
            print(client.recv(10), server.fileno(), client.fileno(), conn.fileno())
print("done")
"""
CLOSES = {
    "a range": "import os; os.closerange(3, 1024)",
    "a range twice": "import os; os.closerange(3, 1024); os.closerange(0x7F, 1 << 30)",
    "an odd range": "import os; os.closerange(True + 2, 999); os.closerange(9, 2)",
    "one by one": """
import os
for fd in range(3, 1024):
    try:
        os.close(fd)
    except OSError as error:
        assert error.errno == 9, error
""",
    "all that is open": """
import os
for fd in [fd for fd in range(1024) if fd > 2]:
    try:
        os.fstat(fd)
    except OSError:
        continue
    try:
        os.close(fd)
    except OSError:
        pass
""",
    "copies over all": """
import os
null = os.open(os.devnull, os.O_RDWR)
for fd in range(null + 1, 300):
    assert os.dup2(null, fd, inheritable=fd % 2 == 0) == fd
    assert os.get_inheritable(fd) == (fd % 2 == 0)
os.closerange(null, 300)
""",
    "copies of all": """
import os
for fd in range(3, 300):
    try:
        os.dup(fd)
    except OSError as error:
        assert error.errno == 9, error
    else:
        print("open:", fd)
""",
    "wrong arguments": """
import os
for call, args in ((os.close, ("x",)), (os.close, ()), (os.closerange, (3,)), (os.closerange, "ab"),
                   (os.dup2, (1,)), (os.dup2, (1, "x")), (os.dup, (None,)), (os.close, (-1,)),
                   (os.close, (1 << 80,)), (os.dup2, (300, 5))):
    try:
        call(*args)
    except Exception as error:
        print(type(error), error)
print(os.close.__name__, os.closerange.__name__, os.dup.__module__, os.dup2.__doc__[:20])
""",
}


@pytest.mark.parametrize("closes", CLOSES)
def test_the_program_lives_and_is_told_on(closes: str, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(dedent(CLOSES[closes]) + AFTER)
    expected = untraced(program)
    assert expected.out.endswith("done\n"), expected
    outcome, records = traced(program)
    assert outcome == expected
    calls = [each for each in records if each["type"] == "call" and each.get("phase") != "enter"]
    told = [each["call"] for each in calls]
    assert told.count("sendall") == told.count("recv") == 1
    assert told.count("close") == 3


def test_a_record_on_its_way_does_not_land_in_the_file_that_takes_the_number(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ours, theirs = socket.socketpair()
    pipe = Pipe()
    pipe.open(ours.detach())
    number, real_write = pipe.fd, os.write
    has_moved, is_put = threading.Event(), threading.Event()

    def put_file() -> None:
        pipe.move()
        has_moved.set()
        with (tmp_path / "own").open("wb") as file:
            os.dup2(file.fileno(), number)
        is_put.set()

    def write_late(fd: int, data: bytes) -> int:
        mover.start()
        is_put.wait(0.02)  # as long as it takes, if it does not wait for this
        assert not has_moved.is_set()
        return real_write(fd, data)

    mover = threading.Thread(target=put_file)
    monkeypatch.setattr("backend.tracing.pipe._ENTER_S", 20)
    monkeypatch.setattr("backend.tracing.pipe.os.write", write_late)
    assert pipe.write(["record"])
    mover.join()
    monkeypatch.undo()
    assert theirs.recv(100) == b"record\n"
    assert (tmp_path / "own").read_bytes() == b""
    assert pipe.fd != number
    os.close(number)
    pipe.close()
    theirs.close()
