"""Each check of a lab catches a mistake that students make, which breaks no other `core` check.

All are tried in the soak, one of each lab in the gate; that each still applies is always seen.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from _pytest.mark.structures import ParameterSet

from backend.domain.checks import Check
from backend.domain.labs import Lab
from tests.labs.chat_screen import needs_screen
from tests.labs.contract import FOUND
from tests.labs.examined import CATALOG, broken, finished, lay_out, screen_for
from tests.mistakes.table import Mistake, mistakes_of, strays_of

LABS = [lab for lab in CATALOG.labs if lab.checks]  # with those of docs/examples
# Quick ones, each of another kind.
IN_THE_GATE = {
    "udp/hello/answers",
    "udp/transform/line_end",
    "udp/time/client_ctrl_c",
    "udp/time_with/ctrl_c",
    "udp/socketserver/letters",
    "tcp/echo/busy_port",
    "tcp/trapezoid/comma",
    "tcp/transform/pieces",
    "tcp/time/client_ctrl_c",
    "tcp/socketserver/starts_again",
    "http/page/not_found",
    "threads/semaphore/ctrl_c",
    "threads/event/ctrl_c",
    "threads/condition/ctrl_c",
    "threads/lowlevel/joined",
    "chat/threads/not_to_sender",
    "chat/numbered/passes_on",
    "chat/log/client_end",
    "chat/login/client_refused",
}


def tried() -> list[ParameterSet]:
    found = []
    for lab in LABS:
        for number, (check, mistake) in enumerate(mistakes_of(lab)):
            name = f"{lab.id}/{check.id}"
            marks = needs_screen if lab.id == "chat/window" else []
            marks = marks + [pytest.mark.soak] * (name not in IN_THE_GATE)
            found.append(pytest.param(lab, check, mistake, marks=marks, id=f"{name}-{number}"))
    return found


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.id)
def test_each_check_has_a_mistake_that_still_applies(lab: Lab) -> None:
    found = list(mistakes_of(lab))
    caught = {check.id for check, _ in found}
    assert [check.id for check in lab.checks if check.id not in caught] == [], (
        "no mistake of tests/mistakes for these checks, or none of common.toml applies any more"
    )
    assert strays_of(lab) == [], "mistakes for checks that this lab does not have"
    for check, mistake in found:
        source = mistake.made_in(lab.id, lab.sources[f"{check.program}.py"])
        compile(source, mistake.in_words(lab.id), "exec")
        core = {each.id for each in lab.checks if each.core and each.program == check.program}
        assert set(mistake.breaks_too) <= core - {check.id}, mistake.in_words(lab.id)


def test_the_gate_tries_a_mistake_of_each_lab() -> None:
    known = {f"{lab.id}/{check.id}" for lab in LABS for check in lab.checks}
    assert known >= IN_THE_GATE
    assert {name.rpartition("/")[0] for name in IN_THE_GATE} == {*FOUND} - {"chat/window"}


@pytest.mark.parametrize(("lab", "check", "mistake"), tried())
async def test_a_mistake_breaks_its_check_and_no_core_check_else(
    lab: Lab, check: Check, mistake: Mistake, tmp_path: Path
) -> None:
    name = f"{check.program}.py"
    path = lay_out(lab, name, mistake.made_in(lab.id, lab.sources[name]), tmp_path)
    subject = finished(lab, check.program, path)
    core = [
        each
        for each in lab.checks
        if each.core and each.program == check.program
        if each.id not in (check.id, *mistake.breaks_too)
    ]
    with screen_for(lab.id):
        found = await broken(lambda _check: subject, [check], patience=1.0)
        if not is_caught(found, check, mistake):  # what a busy machine has found, maybe
            found = await broken(lambda _check: subject, [check])
        assert is_caught(found, check, mistake), (mistake.in_words(lab.id), found)
        assert await broken(lambda _check: subject, core) == {}, mistake.in_words(lab.id)


def is_caught(found: dict[str, str], check: Check, mistake: Mistake) -> bool:
    """Whether the check was broken, at the step that the mistake breaks."""
    if check.id not in found:
        return False
    steps = tuple(f"step {number}:" for number in mistake.steps)
    return not steps or found[check.id].startswith(steps)
