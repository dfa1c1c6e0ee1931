"""What a lab's finished programs promise beyond their first versions, made ready for the page.

How to try it is said in the words of checks.toml: what a client does, and what has to come.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import msgspec

from backend.domain.labs import Lab
from backend.domain.language import Words
from backend.domain.programs import role_of
from backend.domain.steps import Step

SHOWN = 60  # characters of one step


@dataclass(frozen=True)
class Promise:
    """One check, and its steps, a line each."""

    title: Words
    hint: Words
    steps: tuple[str, ...]


def promises_beyond(lab: Lab, first: str) -> tuple[Promise, ...]:
    """Return what the finished program keeps that this first version need not."""
    return tuple(
        Promise(check.title, check.hint, tuple(step_line(step) for step in check.steps))
        for check in lab.checks
        if check.program == role_of(first) and not check.core
    )


def step_line(step: Step) -> str:
    """Return a step as checks.toml has it, without what goes without saying."""
    said = [
        f"{field.name} = {json.dumps(value, ensure_ascii=False)}"
        for field in msgspec.structs.fields(step)
        if (value := getattr(step, field.name)) != field.default
    ]
    line = ", ".join(said)
    return line if len(line) <= SHOWN else f"{line[:SHOWN]}…"
