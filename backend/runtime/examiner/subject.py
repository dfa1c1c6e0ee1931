"""What is examined: a program, and how it is started."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from backend.domain.events import Transport
from backend.domain.programs import ProgramRole

HOST = "127.0.0.1"


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A program of a lab; without `transport` it has no network.

    `own_port`: it takes no flags, for this port stands in it. Where it takes them, it is given a
    free port, and the arguments that a check names.
    """

    lab: str
    program: ProgramRole
    path: Path
    transport: Transport | None
    own_port: int | None = None


class NotAsExpected(Exception):
    """A step of a check found something else: what it expected, and what came."""

    def __init__(self, expected: str, came: str) -> None:
        super().__init__(f"expected {expected}, came {came}")
        self.expected = expected
        self.came = came
