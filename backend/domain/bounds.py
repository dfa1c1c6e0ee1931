"""What one program, with all that it starts, may have of the machine: numbers, and who is over one.

Programs of guests are bound so that thirty of them, each doing its worst, leave a machine on which
the playground still answers.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """The bounds of one run. Shares are of one processor: 0.5 is half of one, 2 are two.

    `shares` is what all bound runs have together; when it is used up, those wait that use most.
    """

    nice: int
    share: float
    burst_s: float
    shares: float
    memory_bytes: int
    data_bytes: int
    tasks: int
    files: int
    file_bytes: int

    def part_of_each(self, runs: int) -> float:
        """Return the part of each run, if so many had the same."""
        return min(self.share, self.shares / max(1, runs))

    def excess(self, usage: Usage) -> str | None:
        """Say, as a sentence, which bound was passed for which the run is to end; None for none."""
        if usage.tasks > self.tasks:
            return (
                "The playground ended it: it had "
                f"{usage.tasks} threads and processes, {self.tasks} are allowed."
            )
        if usage.memory_bytes > self.memory_bytes:
            return (
                "The playground ended it: it had "
                f"{_mib(usage.memory_bytes)} MiB of memory, {_mib(self.memory_bytes)} are allowed."
            )
        return None


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What a run uses: processor time since its start, threads of all its processes, memory."""

    processor_s: float
    tasks: int
    memory_bytes: int


class Allowance:
    """Processor time of a run, or of all together: `burst_s` at once, and a share of each second.

    What is used beyond it is a debt; as long as there is one, they are to pause. Times are in
    seconds, given by the caller, and must not go back.
    """

    def __init__(self, *, burst_s: float, now: float) -> None:
        self._burst_s = burst_s
        self._left_s = burst_s
        self._used_s = 0.0
        self._then = now
        self.rate = 0.0  # what was used since the last look, as a share
        self.must_pause = False

    def look(self, used_s: float, now: float, share: float) -> float:
        """Take note of the time that the run has used since its start; return what is new of it."""
        # Less than before: a process is gone whose time nobody took over.
        spent_s = max(0.0, used_s - self._used_s)
        self._used_s = used_s
        self.spend(spent_s, now, share)
        return spent_s

    def spend(self, spent_s: float, now: float, share: float) -> None:
        """Take note of time that was used since the last look."""
        passed_s = max(now - self._then, 1e-6)
        self._then = now
        self.rate = spent_s / passed_s
        self._left_s = min(self._burst_s, self._left_s + passed_s * share - spent_s)
        self.must_pause = self._left_s < 0


def _mib(size_bytes: int) -> int:
    return -(-size_bytes // 2**20)
