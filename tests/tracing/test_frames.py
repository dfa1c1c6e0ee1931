"""No frame of ours is in any stack that a program can see.

Each program runs twice, by Python itself and under the tracer, and has to print the same to the
letter.
"""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent

import pytest

from tests.tracing.runs import Outcome, traced, untraced
from tests.tracing.stacks import PROGRAMS, STACK


def comparable(outcome: Outcome) -> Outcome:
    """Leave out addresses of memory and ports."""
    changing = re.compile(r"0x[0-9a-f]+|(?<=', )\d{4,5}(?=\))")
    return Outcome(outcome.status, changing.sub("…", outcome.out), changing.sub("…", outcome.err))


@pytest.mark.parametrize("name", PROGRAMS)
def test_stacks_and_tracebacks_are_those_of_the_untraced_program(name: str, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(STACK + dedent(PROGRAMS[name]))
    expected = untraced(program)
    assert expected.out
    assert comparable(traced(program)[0]) == comparable(expected)
