"""One child process: its streams and trace are read, it can be typed into, it always ends.

Ending is bounded (compare trio, `_subprocess.py`): SIGINT, SIGTERM, SIGKILL, each with its time,
always to the process group; then what is left in the pipes is read for a while, and no longer:
a program that left the group and still holds a pipe does not hold us.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import Callable, Sequence
from typing import IO, Protocol

import msgspec

from backend.domain.errors import InputFull, RunEnded
from backend.domain.events import Stream
from backend.domain.meter import Bucket
from backend.domain.traced_events import TraceEvent
from backend.domain.visit import is_sound
from backend.runtime.processes.launcher import Process, Streams
from backend.runtime.processes.output import OutputReader
from backend.settings import Settings

TRACE_READ_BYTES = 65536
# Where a program does much, what it does meanwhile is read in one go.
MUCH_EVENTS = 32
GATHER_S = 0.008

_decoder = msgspec.json.Decoder(TraceEvent)


class Observer(Protocol):
    """Who is told what a child does. What it raises ends the child."""

    def take_output(self, stream: Stream, text: str) -> None:
        """Take a piece of text from `stdout` or `stderr`."""

    def note_dropped_output(self, count: int, size_bytes: int) -> None:
        """Take note of output that is not told."""

    def take_trace(self, events: Sequence[TraceEvent]) -> None:
        """Take events that the tracer in the process has told, in their order."""

    def note_unfit_calls(self, count: int) -> None:
        """Take note of what the tracer's channel has brought and is no event."""

    def note_slowed(self, slowed: bool) -> None:
        """Take note that the process is slowed from now on, or no more."""


class Child:
    """A process with streams of its own, from its launch to its reaping. `run` does all of it."""

    def __init__(
        self, process: Process, streams: Streams, *, observer: Observer, settings: Settings
    ) -> None:
        self._process = process
        self._streams = streams
        self._observer = observer
        self._settings = settings
        self._stdin: asyncio.WriteTransport | None = None
        self._ended = asyncio.Event()
        self._stdout_tail = self._stderr_tail = b""
        process.on_slowed(observer.note_slowed)

    async def run(self) -> int:
        """Read the process to its end, return its exit status (negative: a signal).

        It is reaped then, and its streams are closed, also when this raises: that is a defect of
        ours, or the observer's, in an ExceptionGroup.
        """
        async with contextlib.AsyncExitStack() as stack:
            stack.callback(self._ended.set)
            stack.callback(self._process.close)
            stack.callback(self._abort_input)
            readers = self._make_readers(stack)
            stack.push_async_callback(self._process.reap)
            self._stdin, _ = await asyncio.get_running_loop().connect_write_pipe(
                asyncio.BaseProtocol, self._streams.stdin
            )
            return await self._read_to_end(readers)

    @property
    def last_words(self) -> str:
        """The last line on standard error, empty if there is none. Known once `run` is over."""
        lines = self._stderr_tail.decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else ""

    @property
    def printed(self) -> str:
        """The end of what it wrote on standard output. Known once `run` is over."""
        return self._stdout_tail.decode(errors="replace").strip()

    @property
    def excess(self) -> str | None:
        """Which of its bounds it had passed, if it was ended for that. Known once `run` is over."""
        return self._process.excess

    def type(self, text: str) -> None:
        """Write text into standard input.

        Raises RunEnded when nobody can read it, InputFull when the program does not,
        UnicodeEncodeError for a lone surrogate.
        """
        stdin = self._open_input()
        data = text.encode()
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

    def interrupt(self) -> None:
        """Send SIGINT, as Ctrl+C does, and nothing after it. Does nothing once it has ended."""
        self._process.signal_group(signal.SIGINT)

    async def end(self) -> None:
        """End the process, by force if need be; return when it is dead."""
        for number, grace_s in (
            (signal.SIGINT, self._settings.stop_int_s),
            (signal.SIGTERM, self._settings.stop_term_s),
        ):
            self._process.signal_group(number)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ended.wait(), grace_s)
                return
        self.kill()
        await self._ended.wait()

    def kill(self) -> None:
        """End the process group without asking."""
        self._process.signal_group(signal.SIGKILL)

    def _open_input(self) -> asyncio.WriteTransport:
        if self._stdin is None or self._stdin.is_closing():
            raise RunEnded("The program has ended, or its input is closed: nobody reads this.")
        return self._stdin

    def _make_readers(self, stack: contextlib.AsyncExitStack) -> list[OutputReader]:
        bucket = Bucket(
            rate=self._settings.output_rate_bytes,
            burst=self._settings.output_burst_bytes,
            now=time.monotonic(),
        )
        pipes: dict[Stream, IO[bytes]] = {
            "stdout": self._streams.stdout,
            "stderr": self._streams.stderr,
        }
        readers = []
        for stream, pipe in pipes.items():
            reader = OutputReader(
                pipe,
                bucket=bucket,
                piece_bytes=self._settings.output_piece_bytes,
                tell=self._teller(stream),
                tell_dropped=self._observer.note_dropped_output,
            )
            stack.callback(reader.close)
            readers.append(reader)
        return readers

    async def _read_to_end(self, readers: list[OutputReader]) -> int:
        # A reading that raises cancels the wait for the process.
        async with asyncio.TaskGroup() as group:
            reading = [group.create_task(reader.ended()) for reader in readers]
            reading.append(group.create_task(self._read_trace()))
            await self._process.ended()
            exit_status = await self._process.reap()
            await asyncio.wait(reading, timeout=self._settings.drain_s)
            for task in reading:
                task.cancel()
        self._stdout_tail, self._stderr_tail = (reader.tail for reader in readers)
        return exit_status

    def _abort_input(self) -> None:
        # asyncio's pipe transport, unlike uvloop's, fails when it is aborted once it has closed.
        stdin = self._stdin
        if stdin is not None and (not stdin.is_closing() or stdin.get_write_buffer_size()):
            stdin.abort()

    def _teller(self, stream: Stream) -> Callable[[str], None]:
        return lambda text: self._observer.take_output(stream, text)

    async def _read_trace(self) -> None:
        loop = asyncio.get_running_loop()
        rest = b""
        while data := await loop.sock_recv(self._process.trace, TRACE_READ_BYTES):
            whole, newline, rest = (rest + data).rpartition(b"\n")
            if len(rest) > self._settings.trace_line_limit_bytes:
                rest = b""
            if not newline:
                continue
            lines = whole.count(b"\n") + 1
            events = [event for event in _decode_lines(whole, lines) if is_sound(event)]
            if events:
                self._observer.take_trace(events)
            if len(events) < lines:
                self._observer.note_unfit_calls(lines - len(events))
            if lines >= MUCH_EVENTS and len(data) < TRACE_READ_BYTES:
                await asyncio.sleep(GATHER_S)


def _decode_lines(whole: bytes, lines: int) -> list[TraceEvent]:
    """Return the events that so many lines are, without those that are none."""
    try:
        events = _decoder.decode_lines(whole)
    except (msgspec.DecodeError, RecursionError):
        events = []
    if len(events) == lines:
        return events
    events = []
    for line in whole.split(b"\n"):  # a program may write there what it likes
        with contextlib.suppress(msgspec.DecodeError, RecursionError):
            events.append(_decoder.decode(line))
    return events
