"""The checks of a lab, as values: what checks.toml promises of a program, and what was found.

[[check]]
id = "answers"
core = true
title = { ru = "Отвечает на датаграмму", en = "Answers a datagram" }
hint = { ru = "…", en = "…" }
steps = [
  { send = "Hello, server" },
  { receives = "Hello, client", within_s = 2 },
]
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from backend.domain.language import Words
from backend.domain.programs import ProgramRole
from backend.domain.steps import KINDS, Accept, Step
from backend.domain.toml_lines import KeyPath
from backend.domain.toml_text import TomlText

CHECKS_LIMIT = 50
STEPS_LIMIT = 50

CheckId = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class CheckHead(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What stands in a [[check]] beside its steps.

    `core`: the first version keeps it, too. `program` is what is checked; a client's checks are the
    server that it talks to. `args` are more arguments of the finished program. `without_server`:
    nobody listens where a client goes.
    """

    id: CheckId
    title: Words
    hint: Words
    core: bool = False
    program: ProgramRole = "server"
    args: tuple[str, ...] = ()
    without_server: bool = False

    def __post_init__(self) -> None:
        """Hold that only clients go to a server."""
        if self.without_server and self.program != "client":
            raise ValueError(f"without_server: is for a client, not for a {self.program}")


class Check(CheckHead, frozen=True, kw_only=True):
    """One promise of a lab, which a program keeps or breaks."""

    steps: tuple[Step, ...]


class CheckInfo(msgspec.Struct, frozen=True, kw_only=True):
    """What is shown of a check."""

    id: str
    core: bool
    program: ProgramRole
    title: Words
    hint: Words


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What a check found of a program.

    Of one that was broken: the step (the first is 1), what was sent to the program last, what was
    expected then, and what came.
    """

    check: str
    is_kept: bool
    step: int | None = None
    sent: str = ""
    expected: str = ""
    came: str = ""
    hint: Words | None = None


class ChecksWrong(ValueError):
    """A checks.toml cannot be read; `problems` is all that is wrong: line, key, what may be."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def read_checks(text: str, *, one_language: bool = False) -> tuple[Check, ...]:
    """Read the text of a checks.toml. Raises ChecksWrong.

    `one_language`: Russian or English alone stands for both.
    """
    try:
        file = TomlText(text, one_language=one_language)
    except ValueError as error:
        raise ChecksWrong((str(error),)) from None
    for key in file.data.keys() - {"check"}:
        file.tell((key,), "unknown key, allowed is [[check]]")
    tables = file.data.get("check")
    if not isinstance(tables, list) or not 0 < len(tables) <= CHECKS_LIMIT:
        file.tell(("check",), f"Expected [[check]], from 1 to {CHECKS_LIMIT} times")
        raise ChecksWrong(tuple(file.problems))
    checks = [_check(file, table, ("check", number)) for number, table in enumerate(tables)]
    ids = Counter(check.id for check in checks if check is not None)
    for number, check in enumerate(checks):
        if check is not None and ids[check.id] > 1:
            file.tell(("check", number, "id"), f"{check.id!r} is the id of {ids[check.id]} checks")
    if file.problems:
        raise ChecksWrong(tuple(file.problems))
    return tuple(check for check in checks if check is not None)


def info_of(check: Check) -> CheckInfo:
    """Return what is shown of a check."""
    return CheckInfo(
        id=check.id, core=check.core, program=check.program, title=check.title, hint=check.hint
    )


def _check(file: TomlText, table: object, path: KeyPath) -> Check | None:
    if not isinstance(table, Mapping):
        file.tell(path, f"Expected a table, got {table!r:.60}")
        return None
    rest = {key: value for key, value in table.items() if key != "steps"}
    head = file.read(CheckHead, rest, path)
    steps = _steps(file, table.get("steps"), (*path, "steps"))
    if head is None or steps is None:
        return None
    for number, step in enumerate(steps):
        if isinstance(step, Accept) and head.program != "client":
            file.tell((*path, "steps", number), "accept: is for a client program")
    return Check(**msgspec.structs.asdict(head), steps=steps)


def _steps(file: TomlText, value: Any, path: KeyPath) -> tuple[Step, ...] | None:
    if not isinstance(value, list) or not 0 < len(value) <= STEPS_LIMIT:
        file.tell(path, f"Expected from 1 to {STEPS_LIMIT} steps, each a table")
        return None
    steps = [_step(file, each, (*path, number)) for number, each in enumerate(value)]
    read = tuple(step for step in steps if step is not None)
    return read if len(read) == len(steps) else None


def _step(file: TomlText, value: object, path: KeyPath) -> Step | None:
    if not isinstance(value, Mapping):
        file.tell(path, f"Expected a table, got {value!r:.60}")
        return None
    words = [word for word in KINDS if word in value]
    if words[:2] == ["start_busy", "error_lines"]:
        del words[1]
    if len(words) != 1:
        found = f"has {' and '.join(words)}" if words else "says nothing to do"
        file.tell(path, f"{found}, expected one of {', '.join(KINDS)}")
        return None
    return file.read(KINDS[words[0]], value, path)
