"""The program under examination: a run of its own, with all that it printed and called."""

from __future__ import annotations

import asyncio
import contextlib

from backend.domain.addresses import Address, reachable
from backend.domain.errors import LabFailure, RunEnded
from backend.domain.events import Event, Output
from backend.domain.launch import StartOrder
from backend.domain.programs import FIRST
from backend.domain.remembered import StartRequest
from backend.domain.traced_events import Call
from backend.runtime.examiner.news import Bell
from backend.runtime.examiner.subject import HOST, NotAsExpected, Subject
from backend.runtime.processes.launcher import Launcher
from backend.runtime.runs import Run
from backend.settings import Settings

QUIET_S = 0.1  # without a call: then Ctrl+C meets a call that blocks, and none that just begins
QUIET_WITHIN_S = 1.0


class ExaminedProgram:
    """A program, started as often as a check asks for; its output goes on over its starts."""

    def __init__(
        self, subject: Subject, args: tuple[str, ...], *, settings: Settings, launcher: Launcher
    ) -> None:
        self._subject = subject
        self._args = () if subject.own_port is not None else args
        self._settings = settings
        self._launcher = launcher
        self._run: Run | None = None
        self.bell = Bell()
        self.printed = {"stdout": "", "stderr": ""}
        self.read_to = {"stdout": 0, "stderr": 0}  # how far steps have looked at it
        self.port: int | None = None  # where it listened last
        self.calls: list[Call] = []
        self.is_interrupted = False  # since its last start

    async def start(self, port: int | None) -> None:
        """Start it; `port` is where it listens or goes to, None: it has no network.

        Returns once it listens or runs. Raises NotAsExpected when it does not.
        """
        self.is_interrupted = False
        self._run = self._make(port)
        try:
            await self._run.start()
        except LabFailure as failure:
            raise NotAsExpected("the program starts", failure.message) from None
        if (address := self.address) is not None:
            self.port = address[1]

    @property
    def address(self) -> Address | None:
        """Where it can be reached, if it listens."""
        address = None if self._run is None else self._run.life.address
        return None if address is None else (reachable(address[0]), address[1])

    @property
    def exit_status(self) -> int | None:
        """How its last run has ended, if it has."""
        return self._run.life.exit_status if self._run and self._run.life.has_ended else None

    @property
    def has_ended(self) -> bool:
        """Whether its last run is over."""
        return self._run is None or self._run.life.has_ended

    def open_sockets(self) -> set[int]:
        """Return the sockets that it made, or accepted, and has not closed."""
        done = [call for call in self.calls if call.error is None and call.phase != "enter"]
        made = {call.socket for call in done if call.call == "socket"}
        accepted = {call.accepted for call in done if call.accepted is not None}
        closed = {call.socket for call in done if call.call in ("close", "detach")}
        return (made | accepted) - closed

    def type(self, text: str | None) -> None:
        """Type a line; None ends the input. Does nothing to a program that has ended."""
        if self._run is None:
            return
        with contextlib.suppress(RunEnded):
            if text is None:
                self._run.end_input()
            else:
                self._run.type(f"{text}\n")

    async def interrupt(self) -> None:
        """Press Ctrl+C. Whether and how it ends is another question: no other signal follows."""
        run = self._run
        if run is None:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(QUIET_WITHIN_S):
                await self._be_quiet()
        with contextlib.suppress(RunEnded):
            run.interrupt()
            self.is_interrupted = True

    async def _be_quiet(self) -> None:
        """Wait until it has made no call for a moment."""
        is_quiet = False
        while not is_quiet:
            before = len(self.calls)
            is_quiet = not await self.bell.wait_until(
                lambda: len(self.calls) > before,  # noqa: B023  it is waited for right here
                QUIET_S,
            )

    async def stop(self) -> None:
        """End it, if it runs, and wait for that."""
        if self._run is not None:
            await self._run.stop()

    async def second(self, port: int) -> tuple[int | None, str]:
        """Start another one on the port that this one has; return its status and errors.

        The status is None when it listens all the same; it is ended then.
        """
        other = ExaminedProgram(
            self._subject, self._args, settings=self._settings, launcher=self._launcher
        )
        try:
            with contextlib.suppress(NotAsExpected):
                await other.start(port)
            return other.exit_status, other.printed["stderr"]
        finally:
            await other.stop()

    def _make(self, port: int | None) -> Run:
        subject = self._subject
        is_first = subject.own_port is not None
        name = f"{FIRST}{subject.program}" if is_first else subject.program
        order = StartOrder(
            lab=subject.lab,
            program=name,
            path=subject.path,
            args=self._args,
            host=HOST,
            ports=() if port is None else (port,),
            has_own_port=is_first,
        )
        return Run(
            "r1",
            "examined",
            order,
            request=StartRequest(lab=subject.lab, program=name, port=port, args=self._args),
            settings=self._settings,
            launcher=self._launcher,
            publish=self._take,
        )

    def _take(self, *events: Event) -> None:
        for event in events:
            match event:
                case Output(stream=stream, text=text) if stream in self.printed:
                    self.printed[stream] += text
                case Call():
                    self.calls.append(event)
        self.bell.ring()
