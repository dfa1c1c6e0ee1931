"""The governor: holds programs to what they may have together with all that they start.

Only Linux tells what it needs (`proc.py`); elsewhere a program has the bounds of its own process.
Who uses more processor time than its share is stopped and continued in turn (SIGSTOP, SIGCONT), so
that over a few seconds the share is true; who has too many processes or too much memory is ended.
A program that is asked to end is let go first: a stopped process acts on no signal but SIGKILL.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from backend.domain.bounds import Allowance, Bounds, Usage
from backend.runtime.processes import proc
from backend.runtime.processes.proc import Stat

LOOK_S = 0.2  # between two looks at all programs
CLOSE_LOOK_S = 0.04  # and at those that are busy
BURSTS_TOGETHER = 4  # what all may use in one go, in bursts of one: a class begins together
RELIEVED_S = 5.0  # without a pause, and the program counts as slowed no more

log = logging.getLogger(__name__)


@dataclass(eq=False)
class Governed:
    """One program: the process that leads its session, and what belongs to it."""

    leader: int
    allowance: Allowance
    members: set[int] = field(default_factory=set)
    stats: list[Stat] = field(default_factory=list)  # as they were at the last look
    excess: str | None = None  # why it was ended, if it was by us
    note_slowed: Callable[[bool], None] | None = None
    is_paused: bool = False
    is_free: bool = False
    is_slowed: bool = False
    paused_at: float = 0.0

    def is_busy(self, part: float) -> bool:
        """Whether it wants much of the processor, as far as we let it: over half of this part."""
        return self.is_paused or self.allowance.rate > part / 2

    def needs_close_looks(self, part: float) -> bool:
        """Whether much may happen in little time: also right after it was let go on."""
        return self.is_slowed or self.is_busy(part)

    def usage(self) -> Usage:
        """Look at all its processes; those that are gone are its members no more."""
        self.stats = [each for pid in self.members if (each := proc.stat(pid)) is not None]
        self.members = {each.pid for each in self.stats}
        return Usage(
            processor_s=sum(each.processor_s for each in self.stats),
            tasks=sum(each.threads for each in self.stats),
            memory_bytes=sum(each.memory_bytes for each in self.stats),
        )

    def send(self, number: signal.Signals) -> None:
        """Send a signal to its group, and to those of its processes that are in another one."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.leader, number)
        for each in self.stats:
            if each.group != self.leader:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(each.pid, number)


class Governor:
    """Looks at the programs that it was given, as long as there are any."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._governed: dict[int, Governed] = {}
        self._seen: set[int] = set()
        self._together = Allowance(burst_s=BURSTS_TOGETHER * bounds.burst_s, now=time.monotonic())
        self._looking: asyncio.Task[None] | None = None

    def add(self, leader: int) -> Governed:
        """Hold a program to its bounds; `leader` leads a session of its own."""
        allowance = Allowance(burst_s=self._bounds.burst_s, now=time.monotonic())
        governed = self._governed[leader] = Governed(leader, allowance, {leader})
        if proc.IS_HERE and (self._looking is None or self._looking.done()):
            self._looking = asyncio.create_task(self._look_on(), name="governor")
        return governed

    def free(self, governed: Governed) -> None:
        """Slow a program no more: it is to end."""
        governed.is_free = True
        self._let_go(governed)

    def forget(self, governed: Governed) -> None:
        """Let a program be nobody's business; to be called while its id is still its own."""
        self._governed.pop(governed.leader, None)

    def close(self) -> None:
        """Look no more."""
        if self._looking is not None:
            self._looking.cancel()

    async def _look_on(self) -> None:
        close_looks = 0
        while self._governed:
            part = self._bounds.part_of_each(len(self._governed))
            busy = [each for each in self._governed.values() if each.needs_close_looks(part)]
            await asyncio.sleep(CLOSE_LOOK_S if busy else LOOK_S)
            close_looks = (close_looks + 1) % round(LOOK_S / CLOSE_LOOK_S) if busy else 0
            try:
                self._find_members()
                self._look_at(busy if close_looks else tuple(self._governed.values()), part)
            except Exception:
                log.exception("governor: a look failed")

    def _find_members(self) -> None:
        """Find whose each new process is: of a program's session, or a child of one that is."""
        there = proc.pids()
        new, self._seen = there - self._seen, there
        owners = {pid: each for each in self._governed.values() for pid in each.members}
        for pid in sorted(new - owners.keys()):
            found = proc.stat(pid)
            if found is None:
                continue
            owner = self._governed.get(found.session) or owners.get(found.parent)
            if owner is not None:
                owner.members.add(pid)
                owners[pid] = owner

    def _look_at(self, programs: Iterable[Governed], part: float) -> None:
        now = time.monotonic()
        living, spent_s = [], 0.0
        for governed in programs:
            usage = governed.usage()
            if governed.excess is None:
                governed.excess = self._bounds.excess(usage)
            if governed.excess is not None:
                governed.send(signal.SIGKILL)  # again at each look, until nothing of it is left
            else:
                living.append(governed)
                spent_s += governed.allowance.look(usage.processor_s, now, self._bounds.share)
        self._together.spend(spent_s, now, self._bounds.shares)
        for governed in living:
            self._pause_or_let_go(governed, now, part)

    def _pause_or_let_go(self, governed: Governed, now: float, part: float) -> None:
        over = self._together.must_pause and governed.is_busy(part)
        if (over or governed.allowance.must_pause) and not governed.is_free:
            self._pause(governed, now)
            return
        self._let_go(governed)
        if governed.is_slowed and now - governed.paused_at > RELIEVED_S:
            governed.is_slowed = False
            self._tell(governed)

    def _pause(self, governed: Governed, now: float) -> None:
        governed.paused_at = now
        governed.is_paused = True
        governed.send(signal.SIGSTOP)  # each time: there may be new processes
        if not governed.is_slowed:
            governed.is_slowed = True
            self._tell(governed)

    def _let_go(self, governed: Governed) -> None:
        if governed.is_paused:
            governed.is_paused = False
            governed.send(signal.SIGCONT)

    def _tell(self, governed: Governed) -> None:
        if governed.note_slowed is not None:
            governed.note_slowed(governed.is_slowed)
