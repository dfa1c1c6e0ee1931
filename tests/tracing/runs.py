"""A program as Python runs it, and the same program under the tracer."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import msgspec

from backend.domain.launch import StartOrder
from backend.domain.traced_events import TraceEvent
from backend.runtime.processes import spawn
from backend.runtime.processes.process import StartedProcess
from tests.labs.programs import WAIT_S
from tests.launching import launcher

RUN = "run-1"

Record = dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """How a program ended, and what it said."""

    status: int
    out: str
    err: str


def environment() -> dict[str, str]:
    """Return what a program that the playground starts has in its environment."""
    passed_on = {name: os.environ[name] for name in spawn._PASSED_ON if name in os.environ}
    return {**passed_on, "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}


class Traced:
    """A program as the playground starts it, with our end of its trace channel."""

    def __init__(self, program: Path, *args: str) -> None:
        order = StartOrder(lab="", program=program.name, path=program, args=args)
        self._started = asyncio.run(launcher().start(order, run=RUN))
        self.process = Process(self._started)
        self.channel = self._started.trace
        self.channel.settimeout(WAIT_S)
        self._rest = b""

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
        return self.process.stdout.readline().decode().rstrip("\n")

    def outcome(self) -> Outcome:
        """Wait for the end."""
        out, err = self.process.communicate(timeout=WAIT_S)
        assert self.process.returncode is not None
        return Outcome(self.process.returncode, out.decode(), err.decode())

    def __enter__(self) -> Traced:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        asyncio.run(self._started.reap())
        self._started.close()


class Process:
    """A started process, with those members of `subprocess.Popen` that tests use."""

    def __init__(self, started: StartedProcess) -> None:
        assert started.streams is not None
        self._started = started
        self.pid = started.pid
        self.stdin: IO[bytes] | None = started.streams.stdin
        self.stdout, self.stderr = started.streams.stdout, started.streams.stderr
        for stream in (self.stdout, self.stderr):
            os.set_blocking(stream.fileno(), True)
        self.returncode: int | None = None

    def send_signal(self, number: int) -> None:
        """Send a signal to it alone."""
        os.kill(self.pid, number)

    def wait(self, timeout: float) -> int:
        """Return the exit status when it has ended. Raises TimeoutError."""

        async def end() -> int:
            await asyncio.wait_for(self._started.ended(), timeout)
            return await self._started.reap()

        self.returncode = asyncio.run(end())
        return self.returncode

    def communicate(self, timeout: float) -> tuple[bytes, bytes]:
        """Close its input, return all that it writes; wait for its end. Raises TimeoutError."""
        if self.stdin is not None:
            self.stdin.close()
        with ThreadPoolExecutor(2) as readers:
            out, err = readers.submit(self.stdout.read), readers.submit(self.stderr.read)
            self.wait(timeout)
            return out.result(timeout), err.result(timeout)


def ask(channel: socket.socket) -> dict[str, str]:
    """Return the environment of a program whose tracing goes into this channel."""
    return spawn.with_tracing(environment(), run=RUN, channel=channel.fileno())


def traced(program: Path, *args: str) -> tuple[Outcome, list[Record]]:
    """Run a program under the tracer to its end."""
    with Traced(program, *args) as run, ThreadPoolExecutor(1) as reader:
        records = reader.submit(run.records)  # all the time, as the playground does
        return run.outcome(), records.result()


def untraced(program: Path, *args: str) -> Outcome:
    """Run a program to its end as Python does, but for the tracer as the playground starts it."""
    with tempfile.TemporaryDirectory(prefix="socketlab-") as directory:
        done = subprocess.run(
            spawn.command_line(program, args),
            capture_output=True,
            env=environment(),
            cwd=directory,
            timeout=WAIT_S,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            check=False,
        )
    return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())
