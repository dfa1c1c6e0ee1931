"""A run: a program in a room. What its life (domain/run_life.py) decides is done and told here.

The facts come from the process, from the tracer in it, and from whoever stops the run: never from
printed text, never from a probe of the port. A defect of ours on the way ends the run, in sight.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from backend.domain.errors import InvalidRequest, RunEnded, ShuttingDown, words_of
from backend.domain.events import Dropped, Output, Problem, Publish, RunSlowed, Stream
from backend.domain.launch import StartOrder
from backend.domain.remembered import StartRequest
from backend.domain.room_info import RunInfo
from backend.domain.run_facts import (
    Broken,
    Called,
    Ended,
    Fact,
    Launched,
    NoProcess,
    Printed,
    StopAsked,
    TimeOver,
)
from backend.domain.run_life import Next, RunLife, Step, take
from backend.domain.run_state import RunState
from backend.domain.traced_events import Call, TraceEvent
from backend.runtime.processes.launcher import Launcher, Process
from backend.runtime.processes.supervisor import Child
from backend.settings import Settings

FIRST_SIGN_S = 3.0  # a client or demo that is silent for so long counts as running

log = logging.getLogger(__name__)


class Run:
    """A program in a room. `start` it once, `stop` it as often as anybody likes."""

    def __init__(
        self,
        run_id: str,
        room: str,
        order: StartOrder,
        *,
        request: StartRequest,
        settings: Settings,
        launcher: Launcher,
        publish: Publish,
    ) -> None:
        self.id = run_id
        self.room = room
        self.order = order
        self.request = request
        self.life = RunLife(run=run_id, order=order)
        self.started_at = datetime.now(UTC)
        self.used_at = time.monotonic()  # when it last did something, or was typed into
        self._settings = settings
        self._launcher = launcher
        self._publish = publish
        self._child: Child | None = None
        self._living: asyncio.Task[None] | None = None
        self._ending: asyncio.Task[None] | None = None
        self._begun = asyncio.Event()
        self._is_called_off = False

    def restore(self, info: RunInfo) -> None:
        """Take back the life of a run that has ended before this playground began."""
        self.started_at = datetime.fromisoformat(info.started_at)
        self.life = replace(
            self.life,
            **{name: getattr(info, name) for name in ("state", "host", "port", "pid")},
            exit_status=info.exit_status,
            error=info.error,
        )

    def info(self) -> RunInfo:
        """Return the run as it is now."""
        life = self.life
        return RunInfo(
            id=self.id,
            room=self.room,
            lab=self.order.lab,
            program=self.order.program,
            owner=self.order.owner,
            state=life.state,
            host=life.host,
            port=life.port,
            pid=life.pid,
            started_at=self.started_at.isoformat(timespec="milliseconds"),
            exit_status=life.exit_status,
            error=life.error,
        )

    async def start(self) -> None:
        """Start the program; return once it listens or runs, or has ended already.

        Raises PortInUse, BadArguments or StartFailed when it has failed, RunBroken when we have,
        ShuttingDown when it was called off.
        """
        self._living = asyncio.create_task(self._live(), name=f"run {self.id}")
        await self._begun.wait()
        if self.life.failure is not None:
            await asyncio.wait([self._living])
            raise self.life.failure
        if self._is_called_off:
            raise ShuttingDown

    def call_off(self) -> None:
        """End a start at once; does nothing to a run that has begun."""
        if self.life.state is RunState.STARTING:
            self._is_called_off = True
            self._take(StopAsked(t=time.monotonic()))
            self.kill()

    def kill(self) -> None:
        """End the program without asking, if there is one."""
        if self._child is not None:
            self._child.kill()

    async def stop(self, *, by: str | None = None, why: Problem | None = None) -> None:
        """End the run, as this person asks, and wait for its end. Nothing, when it has ended."""
        if self._living is not None:
            self._take(StopAsked(t=time.monotonic(), by=by, why=why))
            await asyncio.wait([self._living])

    def type(self, text: str) -> None:
        """Write text into the program's standard input.

        Raises RunEnded, InputFull, and InvalidRequest for what UTF-8 cannot say: nothing of it is
        written then.
        """
        _require_encodable(text)
        self._living_child().type(text)
        self.used_at = time.monotonic()
        self._publish(Output(t=time.monotonic(), run=self.id, stream="stdin", text=text))

    def end_input(self) -> None:
        """Close the program's standard input, as Ctrl+D does. Raises RunEnded."""
        self._living_child().end_input()

    def interrupt(self) -> None:
        """Press Ctrl+C, and nothing else: it may go on. Raises RunEnded."""
        self._living_child().interrupt()

    def _living_child(self) -> Child:
        if self._child is None:
            has = "has ended" if self.life.has_ended else "has not started yet"
            raise RunEnded(f"Run {self.id} {has}.")
        return self._child

    # What the child tells (supervisor.Observer)

    def take_output(self, stream: Stream, text: str) -> None:
        """Take a piece of output."""
        self._publish(Output(t=time.monotonic(), run=self.id, stream=stream, text=text))
        if stream == "stdout" and self.life.state is RunState.STARTING:
            self._take(Printed(t=time.monotonic()))

    def note_dropped_output(self, count: int, size_bytes: int) -> None:
        """Take note of output that was too much to tell."""
        self._publish(
            Dropped(t=time.monotonic(), run=self.id, what="output", count=count, bytes=size_bytes)
        )

    def take_trace(self, events: Sequence[TraceEvent]) -> None:
        """Take events of the tracer into the timeline; calls, at the start, into the life."""
        ours = [event for event in events if event.run == self.id]
        if self.life.state is RunState.STARTING:
            for event in ours:  # what follows from a call comes right after it
                self._publish(event)
                if isinstance(event, Call) and self.life.state is RunState.STARTING:
                    self._take(Called(t=event.t, call=event))
        elif ours:
            self._publish(*ours)
        calls = (event for event in ours if isinstance(event, Call))
        if any(call.phase != "enter" and call.error is None for call in calls):
            self.used_at = time.monotonic()

    def note_unfit_calls(self, count: int) -> None:
        """Tell how much of what the tracer's channel has brought is no event."""
        self._publish(Dropped(t=time.monotonic(), run=self.id, what="calls", count=count, bytes=0))

    def note_slowed(self, slowed: bool) -> None:
        """Tell that the program is slowed for its use of the processor, or no more."""
        self._publish(RunSlowed(t=time.monotonic(), run=self.id, slowed=slowed))

    # The life of the run

    async def _live(self) -> None:
        try:
            while not self.life.has_ended:
                self._take(await self._try_once())
        finally:
            self._begun.set()

    async def _try_once(self) -> Fact:
        """Run the program on the port whose turn it is; return how that ended."""
        if self.life.state is RunState.STOPPING:
            return NoProcess(t=time.monotonic(), reason="It was stopped before it began.")
        asked_t = time.monotonic()  # its first calls may come before we hear that it is there
        try:
            process = await self._launcher.start(
                self.order, run=self.id, port=self.life.port_in_turn
            )
        except OSError as error:
            reason = f"The operating system made no process: {error}"
            return NoProcess(t=time.monotonic(), reason=reason)
        except Exception as defect:
            return self._lose_process(defect)
        try:
            return await self._follow(process, asked_t)
        except Exception as defect:
            return self._lose_process(defect)

    async def _follow(self, process: Process, began_t: float) -> Ended:
        """Follow a process to its end."""
        assert process.streams is not None
        child = Child(process, process.streams, observer=self, settings=self._settings)
        self._child = child
        self._take(Launched(t=began_t, pid=process.pid))
        limit_s = self._settings.start_timeout_s if self.order.is_server else FIRST_SIGN_S
        timer = asyncio.get_running_loop().call_later(limit_s, self._end_patience)
        try:
            exit_status = await child.run()
        finally:
            timer.cancel()
        return Ended(
            t=time.monotonic(),
            exit_status=exit_status,
            last_words=child.last_words,
            printed=child.printed,
            excess=child.excess,
        )

    def _end_patience(self) -> None:
        if self.life.state is RunState.STARTING:
            self._take(TimeOver(t=time.monotonic()))

    def _take(self, fact: Fact) -> None:
        """Let the life go on from this fact."""
        try:
            self._go(take(self.life, fact))
        except Exception as defect:
            self._break(defect)

    def _go(self, step: Step) -> None:
        # The life comes first: it has to be true even where nobody can be told.
        self.life = step.life
        self._do(step.next)
        for event in step.events:
            self._publish(event)

    def _do(self, what: Next | None) -> None:
        match what:
            case Next.ANSWER:
                self._begun.set()
            case Next.KILL:
                self.kill()
            case Next.END if self._child is not None:
                self._ending = asyncio.create_task(self._end(self._child), name=f"stop {self.id}")
            # LAUNCH is what `_live` does as long as the life has not ended.

    async def _end(self, child: Child) -> None:
        try:
            await child.end()
        except Exception as defect:
            self._break(defect)

    def _break(self, defect: Exception) -> None:
        """Let a defect of ours end the run: named in the log, and in the run itself."""
        log.error(
            "run %s (%s %s): a defect of Socket Lab ends it",
            *(self.id, self.order.lab, self.order.program),
            exc_info=defect,
        )
        self._go(take(self.life, Broken(t=time.monotonic(), what=words_of(defect))))

    def _lose_process(self, defect: Exception) -> NoProcess:
        self._break(defect)
        return NoProcess(t=time.monotonic(), reason=words_of(defect))


def _require_encodable(text: str) -> None:
    """See that a text has no lone surrogate, which JSON can name (RFC 8259, 8.2)."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InvalidRequest(
            f"Expected Unicode characters, got the lone surrogate U+{ord(text[error.start]):04X} "
            f"at {error.start}."
        ) from None
