"""What may happen to a run: the facts that its life (`run_life.py`) is made of.

Each has its time `t`, in seconds on CLOCK_MONOTONIC.
"""

from __future__ import annotations

from dataclasses import dataclass
from signal import strsignal

from backend.domain.addresses import Address, from_text
from backend.domain.events import Problem, Transport
from backend.domain.traced_events import Call


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Something that happened."""

    t: float


@dataclass(frozen=True, kw_only=True)
class Launched(Fact):
    """There is a process."""

    pid: int


@dataclass(frozen=True, kw_only=True)
class NoProcess(Fact):
    """There is no process: none could be made, or it is gone and its exit status is not known."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class Called(Fact):
    """The program made a socket call, and the tracer told of it."""

    call: Call

    @property
    def takes_port_in_use(self) -> bool:
        """Whether the port that the program wanted is another's."""
        return self.call.error == "EADDRINUSE"

    @property
    def listens_at(self) -> tuple[Address, Transport] | None:
        """Where its socket hears from now on: after bind(2) for UDP, listen(2) for TCP."""
        call = self.call
        if call.error is not None or call.local is None or call.transport == "unix":
            return None
        if call.call != ("listen" if call.transport == "tcp" else "bind"):
            return None
        try:
            return from_text(call.local), call.transport
        except ValueError:  # the program itself has written into its trace channel
            return None


@dataclass(frozen=True, kw_only=True)
class Printed(Fact):
    """The program printed something on its standard output."""


@dataclass(frozen=True, kw_only=True)
class TimeOver(Fact):
    """The process has had its time to start."""


@dataclass(frozen=True, kw_only=True)
class Ended(Fact):
    """The process has ended; its status is negative for a signal, as in subprocess.

    `last_words` is the last line that it wrote on standard error, empty if there was none,
    `printed` the end of what it wrote on standard output;
    `excess` says which of its bounds it had passed, if we ended it for that.
    """

    exit_status: int
    last_words: str
    printed: str = ""
    excess: str | None = None

    @property
    def how(self) -> str:
        """How it ended, as a sentence."""
        if self.excess is not None:
            return self.excess
        if self.exit_status < 0:
            name = strsignal(-self.exit_status) or "no name"
            return f"It was ended by signal {-self.exit_status} ({name})."
        return f"It ended by itself with status {self.exit_status}."

    @property
    def problem(self) -> Problem:
        """What it is to end like that, although nobody asked for it."""
        return Problem(code="crashed" if self.excess is None else "excess", message=self.how)


@dataclass(frozen=True, kw_only=True)
class StopAsked(Fact):
    """Somebody wants the run to end: `by` is that person's id, where people have names.

    `why` says what else than a person's wish ends it.
    """

    by: str | None = None
    why: Problem | None = None


@dataclass(frozen=True, kw_only=True)
class Broken(Fact):
    """Something of ours failed: a defect. `what` names it."""

    what: str
