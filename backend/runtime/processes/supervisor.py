"""One child process: its streams and trace are read, it can be typed into, it always ends.

Ending is bounded (compare trio, `_subprocess.py`): SIGINT, SIGTERM, SIGKILL, each with its time,
always to the process group; then what is left in the pipes is read for a while, and no longer:
a program that left the group and still holds a pipe does not hold us.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Protocol

import msgspec

from backend.domain.errors import InputFull, RunEnded
from backend.domain.events import Stream, TraceEvent
from backend.domain.meter import Bucket
from backend.runtime.processes.launcher import Command, Process, launch
from backend.runtime.processes.output import OutputReader
from backend.settings import Settings

TRACE_READ_BYTES = 65536

_decode_event = msgspec.json.Decoder(TraceEvent).decode


class Listener(Protocol):
    """Who is told what a child does."""

    def launched(self, pid: int) -> None:
        """Take note that the process exists."""

    def printed(self, stream: Stream, text: str) -> None:
        """Take a piece of text from `stdout` or `stderr`."""

    def dropped(self, count: int, size_bytes: int) -> None:
        """Take note of output that is not told."""

    def traced(self, event: TraceEvent) -> None:
        """Take an event that the tracer in the process has told."""


class Child:
    """A process from launch to reaping. `run` does all of it."""

    def __init__(
        self,
        run_id: str,
        program: Path,
        args: Sequence[str],
        *,
        listener: Listener,
        settings: Settings,
    ) -> None:
        self._run_id = run_id
        self._program = program
        self._args = args
        self._listener = listener
        self._settings = settings
        self._process: Process | None = None
        self._stdin: asyncio.WriteTransport | None = None
        self._ended = asyncio.Event()
        self.stderr_tail = b""

    async def run(self) -> int:
        """Start the program, read it to its end, return its exit status (negative: a signal).

        Raises OSError when the operating system cannot make a process.
        """
        try:
            with tempfile.TemporaryDirectory(
                prefix="socketlab-", ignore_cleanup_errors=True
            ) as directory:
                process = launch(
                    Command(
                        run=self._run_id,
                        program=self._program,
                        args=self._args,
                        cwd=Path(directory),
                    )
                )
                with contextlib.closing(process):
                    self._process = process
                    self._listener.launched(process.pid)
                    return await self._read_to_end(process)
        finally:
            self._ended.set()

    def type(self, text: str) -> None:
        """Write text into standard input.

        Raises RunEnded when nobody can read it, InputFull when the program does not.
        """
        stdin = self._open_input()
        data = text.encode("utf-8", "replace")
        waiting = stdin.get_write_buffer_size()
        limit = self._settings.stdin_limit_bytes
        if waiting + len(data) > limit:
            raise InputFull(
                f"The program has not yet read its input: {waiting} bytes wait, "
                f"{len(data)} more would pass the limit of {limit}."
            )
        stdin.write(data)

    def end_input(self) -> None:
        """Close standard input once all is written, as Ctrl+D does. Raises RunEnded."""
        self._open_input().close()

    async def end(self) -> None:
        """End the process, by force if need be; return when it is dead."""
        for number, grace_s in (
            (signal.SIGINT, self._settings.stop_int_s),
            (signal.SIGTERM, self._settings.stop_term_s),
        ):
            self._signal(number)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ended.wait(), grace_s)
                return
        self.kill()
        await self._ended.wait()

    def kill(self) -> None:
        """End the process group without asking."""
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.signal_group(number)

    def _open_input(self) -> asyncio.WriteTransport:
        if self._stdin is None or self._stdin.is_closing():
            raise RunEnded("The program has ended, or its input is closed: nobody reads this.")
        return self._stdin

    async def _read_to_end(self, process: Process) -> int:
        bucket = Bucket(
            rate=self._settings.output_rate_bytes,
            burst=self._settings.output_burst_bytes,
            now=time.monotonic(),
        )
        pipes: dict[Stream, IO[bytes]] = {"stdout": process.stdout, "stderr": process.stderr}
        readers = {
            stream: OutputReader(
                pipe,
                bucket=bucket,
                piece_bytes=self._settings.output_piece_bytes,
                tell=self._teller(stream),
                tell_dropped=self._listener.dropped,
            )
            for stream, pipe in pipes.items()
        }
        tracer = asyncio.create_task(self._read_trace(process))
        try:
            self._stdin, _ = await asyncio.get_running_loop().connect_write_pipe(
                asyncio.BaseProtocol, process.stdin
            )
            await process.ended()
            exit_status = process.kill_and_reap()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._settings.drain_s):
                    for reader in readers.values():
                        await reader.ended()
                    await tracer
            return exit_status
        finally:
            process.kill_and_reap()
            for reader in readers.values():
                reader.close()
            self.stderr_tail = readers["stderr"].tail
            tracer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await tracer
            self._abort_input()

    def _abort_input(self) -> None:
        # asyncio's pipe transport, unlike uvloop's, fails when it is aborted once it has closed.
        stdin = self._stdin
        if stdin is not None and (not stdin.is_closing() or stdin.get_write_buffer_size()):
            stdin.abort()

    def _teller(self, stream: Stream) -> Callable[[str], None]:
        return lambda text: self._listener.printed(stream, text)

    async def _read_trace(self, process: Process) -> None:
        loop = asyncio.get_running_loop()
        rest = b""
        while data := await loop.sock_recv(process.trace, TRACE_READ_BYTES):
            *lines, rest = (rest + data).split(b"\n")
            if len(rest) > self._settings.trace_line_limit_bytes:
                rest = b""
            for line in lines:
                with contextlib.suppress(msgspec.DecodeError, RecursionError):
                    self._listener.traced(_decode_event(line))
