"""The names of a lab's programs: the finished ones, and their first versions.

A first version is what one writes in the lesson: it takes no flags, and its port stands in it.
"""

from __future__ import annotations

from typing import Literal

ProgramName = Literal["server", "client", "demo", "first_server", "first_client", "first_demo"]
ProgramRole = Literal["server", "client", "demo"]

FIRST = "first_"
FINISHED: tuple[ProgramName, ...] = ("server", "client", "demo")
FIRST_VERSIONS: tuple[ProgramName, ...] = ("first_server", "first_client", "first_demo")
PROGRAMS: tuple[ProgramName, ...] = (*FIRST_VERSIONS, *FINISHED)  # in the order to read them in


def is_first_version(program: str) -> bool:
    """Whether a lab's program is the first version of another one."""
    return program in FIRST_VERSIONS


def role_of(program: str) -> str:
    """Return what a program does in its lab: `server` for `first_server`, and so on."""
    return program.removeprefix(FIRST) if is_first_version(program) else program
