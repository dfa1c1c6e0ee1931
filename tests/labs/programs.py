"""Classic programs as real processes: start one, wait for what it prints, type into it, end it.

Every wait has a bound and waits for output, never for time.
"""

from __future__ import annotations

import contextlib
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil

from tests.forking import Forked

ROOT = Path(__file__).parents[2]
WAIT_S = 60.0  # that a hang ends, also on a machine that has other things to do; never a measure
IDLE_S = 0.1  # a thread that has not run for so long is blocked, or gets no processor at all
BUSY_S = 2.0  # after which a program that never waits is stopped in the midst of it


Process = subprocess.Popen[bytes] | Forked
Start = Callable[[Sequence[str], Path, dict[str, str]], Process]


def started(command: Sequence[str], cwd: Path, env: dict[str, str]) -> Process:
    """Start a command in a session of its own, with a pipe for each of its streams."""
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=cwd,
        env=env,
        start_new_session=True,
    )


class Program:
    """One running program whose output is collected line by line and can be waited for."""

    def __init__(
        self,
        *command: str,
        cwd: Path = ROOT,
        env: dict[str, str] | None = None,
        start: Start = started,
    ) -> None:
        environment = {**os.environ, "PYTHONUNBUFFERED": "1", **(env or {})}
        self._process = start(command, cwd, environment)
        self._chunks: queue.Queue[bytes | None] = queue.Queue()
        self._seen = b""
        self._errors = b""
        self._threads = [
            threading.Thread(target=self._pump_out, daemon=True),
            threading.Thread(target=self._pump_err, daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    @classmethod
    def lab(cls, lab: str, program: str, *args: str, env: dict[str, str] | None = None) -> Program:
        """Start `python -m labs.GROUP.NAME.PROGRAM args`."""
        module = f"labs.{lab.replace('/', '.')}.{program}"
        return cls(sys.executable, "-m", module, *args, env=env)

    @classmethod
    def server(cls, lab: str, *args: str, port: int = 0) -> tuple[Program, int]:
        """Start a lab's server, on a free port if none is given; return it with its port."""
        program = cls.lab(lab, "server", "--port", str(port), *args)
        try:
            match = program.wait_for(r"127\.0\.0\.1(?::| port )(\d+)")
        except BaseException:
            program.__exit__()
            raise
        return program, int(match[1])

    def _pump_out(self) -> None:
        assert self._process.stdout is not None
        while chunk := os.read(self._process.stdout.fileno(), 65536):
            self._chunks.put(chunk)
        self._chunks.put(None)

    def _pump_err(self) -> None:
        assert self._process.stderr is not None
        while chunk := os.read(self._process.stderr.fileno(), 65536):
            self._errors += chunk

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def output(self) -> str:
        """Everything that was printed and waited for so far."""
        return self._seen.decode(errors="replace")

    @property
    def errors(self) -> str:
        """What came on standard error so far; complete after `finish`."""
        return self._errors.decode(errors="replace")

    def wait_for(self, pattern: str, within_s: float = WAIT_S) -> re.Match[str]:
        """Wait until the whole output so far matches the regular expression somewhere."""
        deadline = time.monotonic() + within_s
        while not (match := re.search(pattern, self.output)):
            try:
                chunk = self._chunks.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                chunk = None
            if chunk is None:
                raise AssertionError(
                    f"expected {pattern!r} in the output within {within_s} s or before its end, "
                    f"got {self.output!r}, stderr {self.errors!r}"
                )
            self._seen += chunk
        return match

    def type(self, text: str) -> None:
        """Write text into standard input."""
        assert self._process.stdin is not None
        self._process.stdin.write(text.encode())
        self._process.stdin.flush()

    def end_input(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()

    def send_signal(self, number: int = signal.SIGINT) -> None:
        self._process.send_signal(number)

    def finish(self, within_s: float = WAIT_S) -> int:
        """Wait for the end; return the exit status. `output` and `errors` are complete then."""
        status = self._process.wait(timeout=within_s)
        for thread in self._threads:
            thread.join(timeout=within_s)
        while (chunk := self._chunks.get(timeout=within_s)) is not None:
            self._seen += chunk
        self._chunks.put(None)
        return status

    def wait_until_idle(self, within_s: float = WAIT_S) -> None:
        """Wait until all threads are blocked and none has been on a processor for a while.

        Before a thread is blocked in what it waits for, it may be blocked for a moment because it
        hands the interpreter to another one, and a signal that comes then is not seen. Linux only.
        """
        deadline = time.monotonic() + within_s
        before = None
        while (now := self._turns()) != before:
            assert time.monotonic() < deadline, f"busy for {within_s} s"
            before = now
            time.sleep(IDLE_S)  # the kernel has no event for this

    def _turns(self) -> dict[str, tuple[str, ...]]:
        """Return for each thread how often it has left a processor, waiting or not."""
        turns = {}
        for status in Path(f"/proc/{self.pid}/task").glob("*/status"):
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it has just ended
                text = status.read_text(encoding="utf-8")
                turns[status.parent.name] = tuple(re.findall(r"ctxt_switches:\s(\d+)", text))
        return turns

    def stop(self, number: int = signal.SIGINT) -> int:
        """Send a signal while the main thread waits in the kernel; return the exit status.

        CPython looks at signals between two of its instructions, and when a call was interrupted.
        One that comes in the microseconds between such a look and a call waits as long as the call.
        """
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(self.pid)
            deadline = time.monotonic() + BUSY_S
            while process.status() == psutil.STATUS_RUNNING and time.monotonic() < deadline:
                time.sleep(0.001)  # the kernel has no event for this
        self.send_signal(number)
        return self.finish()

    def __enter__(self) -> Program:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):  # it ends just now
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(timeout=WAIT_S)
        for thread in self._threads:
            thread.join(timeout=WAIT_S)
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()
