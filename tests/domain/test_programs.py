"""The names of a lab's programs."""

from __future__ import annotations

import pytest

from backend.domain.programs import FINISHED, FIRST_VERSIONS, is_first_version, role_of


@pytest.mark.parametrize(("first", "finished"), list(zip(FIRST_VERSIONS, FINISHED, strict=True)))
def test_a_first_version_does_what_the_finished_program_does(first: str, finished: str) -> None:
    assert (is_first_version(first), is_first_version(finished)) == (True, False)
    assert role_of(first) == role_of(finished) == finished


@pytest.mark.parametrize("program", ["", "first_", "first_aid", "my_server.py"])
def test_another_program_is_no_first_version(program: str) -> None:
    assert not is_first_version(program)
    assert role_of(program) == program
