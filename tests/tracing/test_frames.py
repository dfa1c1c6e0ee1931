"""No frame of ours is in any stack that a program can see.

Each program runs twice, by Python itself and under the tracer, and has to print the same to the
letter.
"""

from __future__ import annotations

import functools
import re
import threading
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from backend.tracing import frames, workers
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
    seen = comparable(traced(program)[0])
    assert seen.out.splitlines() == comparable(expected).out.splitlines()
    assert seen == comparable(expected)


def test_a_dump_leaves_out_a_thread_of_ours_that_has_not_begun(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own = b"Thread 0x00007f00 (most recent call first):\n  <no Python frame>"
    other = own.replace(b"7f00", b"7e00")
    here = b'Current thread 0x00007d00 (most recent call first):\n  File "program.py", line 1'
    monkeypatch.setattr(frames, "own_threads", [0x7F00])
    left = frames._leave_out_ours(b"\n\n".join([own, other, here]) + b"\n", [])
    assert left == b"\n\n".join([other, here]) + b"\n"


def test_a_dump_leaves_out_as_many_threads_without_an_ident_as_are_ours() -> None:
    late = b"Thread 0x00007d00 (most recent call first):\n  <no Python frame>"
    other = late.replace(b"7d00", b"7e00")
    here = b'Current thread 0x00007d00 (most recent call first):\n  File "program.py", line 1'
    dump = b"\n\n".join([late, other, late, late, here]) + b"\n"
    left = frames._leave_out_ours(dump, [0x7D00, 0x7D00])
    assert left == b"\n\n".join([other, late, here]) + b"\n"


def test_a_thread_of_ours_is_known_as_starting_until_it_has_begun(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begin: list[Callable[[], None]] = []

    def start_later(work: Callable[..., None], args: tuple[object, ...]) -> int:
        begin.append(functools.partial(work, *args))
        return 0x7F00

    monkeypatch.setattr(workers, "own_threads", [])
    monkeypatch.setattr(workers, "_start_new_thread", start_later)
    workers.start(lambda: None)
    ident = threading.get_ident() if frames.IS_STARTERS else 0
    assert list(frames.starting.values()) == [ident]
    begin[0]()
    assert not frames.starting
