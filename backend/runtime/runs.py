"""A run: a program in a room, its state, and what the timeline is told of it.

The state follows what the tracer tells of the program's own calls (`bind`, `listen`) and what the
kernel tells of the process: never printed text, never a probe of the port.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from backend.domain.errors import (
    BadArguments,
    LabFailure,
    PortInUse,
    RunEnded,
    StartFailed,
)
from backend.domain.events import (
    Call,
    Dropped,
    Event,
    Output,
    Problem,
    RunCrashed,
    RunExited,
    RunFailed,
    RunListening,
    RunRunning,
    RunStarted,
    RunStopping,
    Stream,
    TraceEvent,
    Transport,
)
from backend.domain.room_info import RunInfo
from backend.domain.run_state import ENDED, RunState, check_transition
from backend.runtime.processes.supervisor import Child
from backend.settings import Settings

FIRST_SIGN_S = 1.0
USAGE_ERROR = 2  # what argparse ends with


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """What a run is to do.

    `ports` are tried in this order, as long as the one before is in use; empty for a program
    without `--host` and `--port`.
    """

    lab: str
    program: str
    path: Path
    args: tuple[str, ...]
    host: str
    ports: tuple[int, ...]

    def command_line(self, port: int | None) -> tuple[str, ...]:
        """Return the arguments; ours come last, because of two equal options the last counts."""
        if port is None:
            return self.args
        return (*self.args, "--host", self.host, "--port", str(port))


class Run:
    """A program in a room. `start` it once, `stop` it as often as anybody likes."""

    def __init__(
        self,
        run_id: str,
        room: str,
        assignment: Assignment,
        *,
        settings: Settings,
        publish: Callable[[Event], object],
    ) -> None:
        self.id = run_id
        self.room = room
        self.assignment = assignment
        self.state = RunState.STARTING
        self.host: str | None = None
        self.port: int | None = None
        self.transport: Transport | None = None
        self.pid: int | None = None
        self.exit_status: int | None = None
        self.error: Problem | None = None
        self.started_at = datetime.now(UTC)
        self._settings = settings
        self._publish = publish
        self._child: Child | None = None
        self._life: asyncio.Task[None] | None = None
        self._stopping: asyncio.Task[None] | None = None
        self._command_line: tuple[str, ...] = ()
        self._failure: LabFailure | None = None
        self._port_taken = False
        self._sign_of_life = asyncio.Event()
        self._begun = asyncio.Event()

    def info(self) -> RunInfo:
        """Return the run as it is now."""
        return RunInfo(
            id=self.id,
            room=self.room,
            lab=self.assignment.lab,
            program=self.assignment.program,
            state=self.state,
            host=self.host,
            port=self.port,
            pid=self.pid,
            started_at=self.started_at.isoformat(timespec="milliseconds"),
            exit_status=self.exit_status,
            error=self.error,
        )

    @property
    def is_server(self) -> bool:
        """Whether the program is one that listens."""
        return self.assignment.program == "server"

    @property
    def has_ended(self) -> bool:
        """Whether the process is gone for good."""
        return self.state in ENDED

    @property
    def address(self) -> tuple[str, int] | None:
        """Where the run can be reached now, if it listens."""
        if self.state is RunState.LISTENING and self.host is not None and self.port is not None:
            return self.host, self.port
        return None

    async def start(self) -> None:
        """Start the program; return once it listens or runs, or has ended already.

        Raises PortInUse, BadArguments or StartFailed when the run has failed.
        """
        self._life = asyncio.create_task(self._live(), name=f"run {self.id}")
        await self._begun.wait()
        if self._failure is not None:
            raise self._failure

    async def stop(self) -> None:
        """End the run and wait for its end. Does nothing when it has ended."""
        if self.has_ended or self._life is None:
            return
        if self._stopping is None:
            self._enter(RunState.STOPPING)
            self._publish(RunStopping(t=time.monotonic(), run=self.id))
            self._stopping = asyncio.create_task(self._end_child(), name=f"stop {self.id}")
        await asyncio.shield(self._stopping)
        await asyncio.shield(self._life)

    def type(self, text: str) -> None:
        """Write text into the program's standard input. Raises RunEnded, InputFull."""
        self._living_child().type(text)
        self._publish(Output(t=time.monotonic(), run=self.id, stream="stdin", text=text))

    def end_input(self) -> None:
        """Close the program's standard input, as Ctrl+D does. Raises RunEnded."""
        self._living_child().end_input()

    def _living_child(self) -> Child:
        if self._child is None:
            raise RunEnded(f"Run {self.id} has not started yet.")
        return self._child

    # What the child tells (supervisor.Listener)

    def launched(self, pid: int) -> None:
        """Take note that a process exists."""
        self.pid = pid
        self._publish(
            RunStarted(
                t=time.monotonic(),
                run=self.id,
                lab=self.assignment.lab,
                program=self.assignment.program,
                pid=pid,
                args=self._command_line,
            )
        )

    def printed(self, stream: Stream, text: str) -> None:
        """Take a piece of output."""
        self._publish(Output(t=time.monotonic(), run=self.id, stream=stream, text=text))
        if stream == "stdout":
            self._sign_of_life.set()

    def dropped(self, count: int, size_bytes: int) -> None:
        """Take note of output that was too much to tell."""
        self._publish(
            Dropped(t=time.monotonic(), run=self.id, what="output", count=count, bytes=size_bytes)
        )

    def traced(self, event: TraceEvent) -> None:
        """Take an event of the tracer into the timeline, and into the state."""
        if event.run != self.id:
            return
        self._publish(event)
        if isinstance(event, Call):
            self._sign_of_life.set()
            if event.error == "EADDRINUSE":
                self._port_taken = True
            elif event.call == ("listen" if event.transport == "tcp" else "bind"):
                self._note_listening(event)

    def _note_listening(self, event: Call) -> None:
        if self.state is not RunState.STARTING or not self.is_server or event.local is None:
            return
        if event.transport == "unix":  # has no port, so nobody here can be its client
            return
        host, _, port = event.local.rpartition(":")
        self.host, self.port, self.transport = host.strip("[]"), int(port), event.transport
        self._enter(RunState.LISTENING)
        self._publish(
            RunListening(
                t=event.t,
                run=self.id,
                host=self.host,
                port=self.port,
                transport=event.transport,
            )
        )
        self._begun.set()

    # The life of the run

    async def _live(self) -> None:
        watch = asyncio.create_task(self._watch_start(), name=f"start of {self.id}")
        try:
            exit_status = 0
            for port in self.assignment.ports or (None,):
                if self.state is not RunState.STARTING:
                    break
                self._port_taken = False
                self._command_line = self.assignment.command_line(port)
                self._child = Child(
                    self.id,
                    self.assignment.path,
                    self._command_line,
                    listener=self,
                    settings=self._settings,
                )
                exit_status = await self._child.run()
                if not self._port_taken:
                    break
            self._conclude(exit_status)
        except OSError as error:
            self._fail(StartFailed(f"The operating system made no process: {error}"), None)
        finally:
            watch.cancel()
            self._begun.set()

    async def _end_child(self) -> None:
        if self._child is not None:
            await self._child.end()

    async def _watch_start(self) -> None:
        """Kill a server that does not come to listen; declare another program running.

        A client or demo runs when it has printed something or made a call: its command line was
        in order then. One that is silent for FIRST_SIGN_S counts as running, too.
        """
        if self.is_server:
            await asyncio.sleep(self._settings.start_timeout_s)
            if self.state is RunState.STARTING and self._child is not None:
                self._child.kill()
            return
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._sign_of_life.wait(), FIRST_SIGN_S)
        self._declare_running()

    def _declare_running(self) -> None:
        if self.state is RunState.STARTING:
            self._enter(RunState.RUNNING)
            self._publish(RunRunning(t=time.monotonic(), run=self.id))
            self._begun.set()

    def _conclude(self, exit_status: int) -> None:
        """Enter the final state, from whatever state the process ended in."""
        if self.state is RunState.STARTING:
            if self.is_server or exit_status == USAGE_ERROR:
                self._fail(self._why_not_started(exit_status), exit_status)
                return
            self._declare_running()
        self.exit_status = exit_status
        now = time.monotonic()
        if self.state is RunState.STOPPING or exit_status == 0:
            self._enter(RunState.EXITED)
            self._publish(RunExited(t=now, run=self.id, exit_status=exit_status))
        else:
            self.error = Problem(code="crashed", message=_describe_end(exit_status))
            self._enter(RunState.CRASHED)
            self._publish(RunCrashed(t=now, run=self.id, exit_status=exit_status, error=self.error))

    def _why_not_started(self, exit_status: int) -> LabFailure:
        if self._port_taken:
            return PortInUse(self.assignment.host, self.assignment.ports[-1])
        tail = self._child.stderr_tail if self._child is not None else b""
        lines = tail.decode(errors="replace").strip().splitlines()
        last_words = lines[-1] if lines else "(it said nothing)"
        if exit_status == USAGE_ERROR:
            return BadArguments(f"The program refused its arguments: {last_words}")
        return StartFailed(
            f"The program did not come to listen. {_describe_end(exit_status)} "
            f"Its last words: {last_words}"
        )

    def _fail(self, failure: LabFailure, exit_status: int | None) -> None:
        self._failure = failure
        self.exit_status = exit_status
        self.error = Problem(code=failure.code, message=failure.message)
        if self.state is RunState.STOPPING:  # stopped before there was a process
            self._enter(RunState.EXITED)
            self._publish(RunExited(t=time.monotonic(), run=self.id, exit_status=0))
            return
        self._enter(RunState.FAILED)
        self._publish(
            RunFailed(t=time.monotonic(), run=self.id, error=self.error, exit_status=exit_status)
        )

    def _enter(self, state: RunState) -> None:
        self.state = check_transition(self.state, state)


def _describe_end(exit_status: int) -> str:
    if exit_status < 0:
        name = signal.strsignal(-exit_status) or "no name"
        return f"It was ended by signal {-exit_status} ({name})."
    return f"It ended by itself with status {exit_status}."
