"""The last calls are told, however the program ends that it could know of."""

from __future__ import annotations

import signal
from pathlib import Path
from textwrap import dedent

import pytest

from tests.tracing.runs import traced

ENDS = {
    "os._exit(3)": 3,
    "posix._exit(3)": 3,
    "os.execlp('sh', 'sh', '-c', 'exit 4')": 4,
    "os.execv('/bin/sh', ['sh', '-c', 'exit 4'])": 4,
    "os.execve('/bin/sh', ['sh', '-c', 'exit 4'], {})": 4,
    "os.abort()": -signal.SIGABRT,
    "os.kill(os.getpid(), signal.SIGTERM); time.sleep(9)": -signal.SIGTERM,
    "os.kill(os.getpid(), signal.SIGKILL)": -signal.SIGKILL,
    "os.killpg(0, signal.SIGKILL)": -signal.SIGKILL,
    "signal.raise_signal(signal.SIGTERM)": -signal.SIGTERM,
    "sys.exit(5)": 5,
    "threading.Thread(target=os._exit, args=(3,)).start(); time.sleep(9)": 3,
}
PROGRAM = """
import os, posix, signal, socket, sys, threading, time
left, right = socket.socketpair()
for n in range(300):
    left.send(b"%03d" % n)
    right.recv(3)
"""


@pytest.mark.parametrize("end", ENDS)
def test_everything_is_told_up_to_the_last_call(tmp_path: Path, end: str) -> None:
    program = tmp_path / "program.py"
    program.write_text(dedent(PROGRAM) + end)
    outcome, records = traced(program)
    assert outcome.status == ENDS[end]
    sent = [r for r in records if r.get("call") == "recv" and r["phase"] == "return"]
    assert len(sent) == 300


def test_an_exec_that_fails_changes_nothing(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    text = """
try:
    os.execv("/nowhere", ["x"])
except OSError as error:
    print(error)
left.send(b"end")
"""
    program.write_text(dedent(PROGRAM) + text)
    outcome, records = traced(program)
    assert (outcome.status, outcome.err) == (0, "")
    assert "No such file" in outcome.out
    sent = [r for r in records if r.get("call") == "send" and r["phase"] == "return"]
    assert len(sent) == 301
