"""Programs are compiled once for all runs, and are what their files are at each start."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from backend.tracing.programs import KEPT, LIMIT_BYTES, Programs
from tests.tracing.runs import traced


def test_a_program_is_what_its_file_is_when_it_is_started(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    for text in ("one", "two", "two", "six"):  # as long as each other, within one tick of a clock
        program.write_text(f"print({text!r})")
        assert traced(program)[0].out == f"{text}\n"
    program.write_text("print('no end")
    outcome, _ = traced(program)
    assert outcome.status == 1
    assert "SyntaxError" in outcome.err


def test_a_source_is_compiled_once(tmp_path: Path) -> None:
    path = tmp_path / "program.py"
    path.write_text("x = 1\n")
    programs = Programs()
    first = programs.code_of(str(path))
    assert first is not None
    assert first.co_filename == str(path)
    assert programs.code_of(str(path)) is first
    for number in range(KEPT):
        other = tmp_path / f"{number}.py"
        other.write_text("")
        assert programs.code_of(str(other)) is not None
    assert programs.code_of(str(path)) is not first  # no more are kept


@pytest.mark.parametrize(
    "source",
    [b"x = (", b"x = 1 is 1\n", b"#\xff\n", b"x = 1\0\n", b"#" * (LIMIT_BYTES + 1)],
    ids=["error", "warning", "not utf-8", "nul", "long"],
)
def test_what_its_own_process_has_to_see_to_has_no_code(source: bytes, tmp_path: Path) -> None:
    path = tmp_path / "program.py"
    path.write_bytes(source)
    assert Programs().code_of(str(path)) is None


def test_what_is_no_plain_file_is_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "program.py"
    assert Programs().code_of(str(path)) is None
    os.mkfifo(path)
    assert Programs().code_of(str(path)) is None
