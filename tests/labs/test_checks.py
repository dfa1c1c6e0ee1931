"""What checks.toml promises: finished programs keep it all, first versions what is `core`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from backend.domain.checks import Check
from backend.domain.programs import ProgramRole
from backend.runtime.examiner import Subject
from tests.labs.chat_screen import needs_screen
from tests.labs.contract import PROGRAMS as CONTRACT
from tests.labs.examined import CATALOG, broken, finished, first_version, screen_for

# They take no flags: these go at a human pace, or are ended by force.
AT_A_HUMAN_PACE = ("threads/", "udp/time", "tcp/time/server", "chat/window")


def marks(lab: str) -> list[pytest.MarkDecorator]:
    return needs_screen if lab == "chat/window" else []


def first_marks(lab: str, program: str) -> list[pytest.MarkDecorator]:
    is_slow = f"{lab}/{program}".startswith(AT_A_HUMAN_PACE)
    return marks(lab) + [pytest.mark.soak] * is_slow


PROGRAMS = [
    (lab.id, program)
    for lab in CATALOG.labs
    for program in dict.fromkeys(check.program for check in lab.checks)
]
FINISHED = [pytest.param(*each, marks=marks(each[0])) for each in PROGRAMS]
FIRST = [
    pytest.param(lab, program, marks=first_marks(lab, program))
    for lab, program in PROGRAMS
    if f"first_{program}" in CATALOG.get(lab).paths
]


def test_every_lab_of_the_course_promises_something_of_each_program() -> None:
    assert [each for each in CONTRACT if each not in PROGRAMS] == []


@pytest.mark.parametrize(("lab_id", "program"), FINISHED)
async def test_a_finished_program_keeps_all_checks(lab_id: str, program: ProgramRole) -> None:
    lab = CATALOG.get(lab_id)
    checks = [check for check in lab.checks if check.program == program]
    with screen_for(lab_id):
        assert await broken(lambda _check: finished(lab, program), checks) == {}


@pytest.mark.parametrize(("lab_id", "program"), FIRST)
async def test_a_first_version_keeps_core_and_breaks_another(
    lab_id: str, program: ProgramRole, tmp_path: Path
) -> None:
    lab = CATALOG.get(lab_id)

    def copy(check: Check) -> Subject:
        folder = tmp_path / check.id
        folder.mkdir()
        return first_version(lab, program, folder)

    checks = [check for check in lab.checks if check.program == program]
    with screen_for(lab_id):
        assert await broken(copy, [check for check in checks if check.core]) == {}
        for check in reversed(checks):  # the last are the quickest to be broken
            if not check.core and await broken(copy, [check], patience=1.0):
                return
    pytest.fail("it keeps all checks: what is the finished program for?")


@pytest.mark.parametrize("lab_id", ["chat/threads", "chat/numbered"])
async def test_core_checks_do_not_depend_on_how_soon_a_thread_goes_on(
    lab_id: str, tmp_path: Path
) -> None:
    """A thread may be stopped between two clients of its loop: it goes on with who joins then."""
    lab = CATALOG.get(lab_id)

    def copy(check: Check) -> Subject:
        folder = tmp_path / check.id
        folder.mkdir()
        subject = first_version(lab, "server", folder)
        source = subject.path.read_text(encoding="utf-8")
        slow, count = re.subn(r"( +)other\.sendall\(.*", r"\g<0>\n\1time.sleep(0.1)", source)
        assert count == 1, "it has no loop that sends to the others"
        subject.path.write_text(f"import time\n{slow}", encoding="utf-8")
        return subject

    core = [check for check in lab.checks if check.core and check.program == "server"]
    assert await broken(copy, core) == {}
