"""Runs the checks of a lab, each with a program that was started for it, and says what it found.

The address of a server is that of its own traced `bind`; a client is given one, or has it in it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable

from backend.domain.checks import Check, Verdict
from backend.domain.steps import Accept, ClientStep, Step
from backend.runtime.examiner.client_steps import in_words, take_client_step
from backend.runtime.examiner.ends import Listener, connect
from backend.runtime.examiner.peers import Peer
from backend.runtime.examiner.program import ExaminedProgram
from backend.runtime.examiner.program_steps import take_program_step
from backend.runtime.examiner.subject import NotAsExpected, Subject
from backend.runtime.processes.launcher import Launcher
from backend.settings import Settings

ACCEPT_WITHIN_S = 5.0


class Examiner:
    """Runs checks. With `patience` each step may wait so many times as long as it says."""

    def __init__(self, *, settings: Settings, launcher: Launcher, patience: float = 1.0) -> None:
        self._settings = settings
        self._launcher = launcher
        self._patience = patience

    async def examine(self, subject: Subject, checks: Iterable[Check]) -> tuple[Verdict, ...]:
        """Run those of the checks that are for this program, one after the other."""
        return tuple(
            [
                await self._verdict(subject, check)
                for check in checks
                if check.program == subject.program
            ]
        )

    async def _verdict(self, subject: Subject, check: Check) -> Verdict:
        program = ExaminedProgram(
            subject, check.args, settings=self._settings, launcher=self._launcher
        )
        examination = _Examination(subject, check, program, self._patience)
        try:
            async with examination.prepared():
                for step in check.steps:
                    await examination.take(step)
        except NotAsExpected as broken:
            return Verdict(
                check=check.id,
                is_kept=False,
                step=examination.number or None,
                sent=examination.sent,
                expected=broken.expected,
                came=broken.came,
                hint=check.hint,
            )
        return Verdict(check=check.id, is_kept=True)


class _Examination:
    """One check of one program."""

    def __init__(
        self, subject: Subject, check: Check, program: ExaminedProgram, patience: float
    ) -> None:
        self.number = 0  # of the step, the first is 1
        self.sent = ""
        self._subject = subject
        self._check = check
        self._program = program
        self._patience = patience
        self._listener = Listener()
        self._peers: dict[str, Peer] = {}

    @contextlib.asynccontextmanager
    async def prepared(self) -> AsyncIterator[None]:
        """Start what the check needs; end all of it in any case. Raises NotAsExpected."""
        try:
            await self._program.start(await self._port())
            yield
        finally:
            for peer in self._peers.values():
                peer.reset()  # which leaves no port in TIME_WAIT
            await self._program.stop()
            self._listener.close()
            await asyncio.sleep(0)  # transports close at the next turn of the loop

    async def take(self, step: Step) -> None:
        """Take one step. Raises NotAsExpected."""
        self.number += 1
        if not isinstance(step, ClientStep):
            await take_program_step(self._program, step, self._patience)
            return
        peer = await self._peer(step)
        self.sent = in_words(await take_client_step(peer, step, self._patience)) or self.sent

    async def _port(self) -> int | None:
        """Return the port that the program is started with."""
        subject, transport = self._subject, self._subject.transport
        if transport is None:
            return None
        if subject.program == "server":
            return subject.own_port or 0
        answers = not self._check.without_server
        await self._listener.open(transport, subject.own_port or 0, answers=answers)
        return self._listener.port

    async def _peer(self, step: ClientStep) -> Peer:
        known = self._peers.get(step.client)
        if known is not None:
            return known
        within_s = step.within_s if isinstance(step, Accept) else ACCEPT_WITHIN_S
        peer = await (
            self._accepted(within_s * self._patience)
            if self._subject.program == "client"
            else self._connected()
        )
        self._peers[step.client] = peer
        return peer

    async def _accepted(self, within_s: float) -> Peer:
        peer = await self._listener.accept(within_s)
        if peer is None:
            raise NotAsExpected(f"the client comes within {within_s:g} s", "nobody")
        return peer

    async def _connected(self) -> Peer:
        address, transport = self._program.address, self._subject.transport
        if address is None or transport is None:
            raise NotAsExpected("the server listens", "it does not, or not any more")
        try:
            return await connect(address, transport)
        except OSError as error:
            raise NotAsExpected(
                "a client can connect", str(error) or type(error).__name__
            ) from None
