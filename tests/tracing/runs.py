"""A program as Python runs it, and the same program under the tracer."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec

from backend.domain.events import TraceEvent
from backend.runtime.processes.spawn import command_line, with_tracing
from tests.labs.programs import ROOT, WAIT_S

RUN = "run-1"

Record = dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """How a program ended, and what it said."""

    status: int
    out: str
    err: str


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}


class Traced:
    """A program under the tracer, with our end of its trace channel."""

    def __init__(self, program: Path, *args: str) -> None:
        self.channel, theirs = socket.socketpair()
        self.channel.settimeout(WAIT_S)
        self._rest = b""
        with theirs:
            self.process = subprocess.Popen(
                command_line(program, args),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=ask(theirs),
                cwd=ROOT,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )

    def records(self, until: Callable[[Record], bool] = lambda _: False) -> list[Record]:
        """Return the records up to a wanted one, or all of them."""
        got: list[Record] = []
        while True:
            line, found, rest = self._rest.partition(b"\n")
            if found:
                self._rest = rest
                msgspec.json.decode(line, type=TraceEvent)  # in the words of the domain
                got.append(json.loads(line))
                if until(got[-1]):
                    return got
            elif piece := self.channel.recv(65536):
                self._rest += piece
            else:
                return got

    def line(self) -> str:
        """Return the next line of standard output."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().decode().rstrip("\n")

    def outcome(self) -> Outcome:
        """Wait for the end."""
        out, err = self.process.communicate(timeout=WAIT_S)
        return Outcome(self.process.returncode, out.decode(), err.decode())

    def __enter__(self) -> Traced:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.channel.close()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()


def ask(channel: socket.socket) -> dict[str, str]:
    """Return the environment of a program whose tracing goes into this channel."""
    return with_tracing(environment(), run=RUN, channel=channel.fileno())


def traced(program: Path, *args: str) -> tuple[Outcome, list[Record]]:
    """Run a program under the tracer to its end."""
    with Traced(program, *args) as run, ThreadPoolExecutor(1) as reader:
        records = reader.submit(run.records)  # all the time, as the playground does
        return run.outcome(), records.result()


def untraced(program: Path, *args: str) -> Outcome:
    """Run a program to its end as Python does."""
    done = subprocess.run(
        command_line(program, args),
        capture_output=True,
        env=environment(),
        cwd=ROOT,
        timeout=WAIT_S,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        check=False,
    )
    return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())
