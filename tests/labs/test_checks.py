"""What checks.toml promises: finished programs keep it all, first versions what is `core`.

A first version listens on the port that stands in it. Here that is another one in a copy, so that
tests run side by side.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import socket
from pathlib import Path

import pytest

from backend.domain.checks import Check, Verdict
from backend.domain.labs import Lab
from backend.domain.programs import ProgramRole
from backend.runtime.catalog import Catalog
from backend.runtime.examiner import Examiner, Subject
from backend.runtime.processes.launcher import Launcher
from backend.settings import Settings
from tests import launching
from tests.labs.contract import LABS
from tests.labs.programs import ROOT
from tests.ports import unused_port

CATALOG = Catalog.read(LABS, [ROOT / "docs" / "examples"])
SETTINGS = Settings(data="none")
PATIENCE = 5.0  # a machine that is busy with other tests

FINISHED = [
    (lab.id, program)
    for lab in CATALOG.labs
    for program in dict.fromkeys(check.program for check in lab.checks)
]
# They take no flags: these go at a human pace, for half a minute.
AT_A_HUMAN_PACE = ("threads/", "udp/time", "tcp/time")
FIRST = [
    pytest.param(lab, program, marks=[pytest.mark.soak] * lab.startswith(AT_A_HUMAN_PACE))
    for lab, program in FINISHED
    if f"first_{program}" in CATALOG.get(lab).paths
]


@pytest.fixture
def launcher() -> Launcher:
    return launching.launcher()


def finished(lab: Lab, program: ProgramRole) -> Subject:
    transport = None if lab.transport == "none" else lab.transport
    return Subject(lab=lab.id, program=program, path=lab.paths[program], transport=transport)


def first_version(lab: Lab, program: ProgramRole, folder: Path) -> Subject:
    """Return a copy of a first version that has another port in it."""
    source = lab.sources[f"first_{program}.py"]
    for page in (LABS / lab.id).glob("*.html"):  # what it reads beside itself
        shutil.copy(page, folder)
    path = folder / f"first_{program}.py"
    if lab.transport == "none":
        path.write_text(source, encoding="utf-8")
        return Subject(lab=lab.id, program=program, path=path, transport=None, own_port=0)
    kind = socket.SOCK_STREAM if lab.transport == "tcp" else socket.SOCK_DGRAM
    port = unused_port(kind)
    copy, count = re.subn(rf"\b{lab.port}\b", str(port), source)
    assert count, "its port does not stand in it"
    path.write_text(copy, encoding="utf-8")
    return Subject(lab=lab.id, program=program, path=path, transport=lab.transport, own_port=port)


def broken(verdicts: tuple[Verdict, ...]) -> dict[str, str]:
    return {
        verdict.check: f"step {verdict.step}: sent {verdict.sent!r}, expected {verdict.expected}, "
        f"came {verdict.came}"
        for verdict in verdicts
        if not verdict.is_kept
    }


@pytest.mark.parametrize(("lab_id", "program"), FINISHED)
async def test_a_finished_program_keeps_all_checks(
    lab_id: str, program: ProgramRole, launcher: Launcher
) -> None:
    lab = CATALOG.get(lab_id)
    examiner = Examiner(settings=SETTINGS, launcher=launcher, patience=PATIENCE)
    verdicts = await examiner.examine(finished(lab, program), lab.checks)
    assert broken(verdicts) == {}
    assert verdicts


@pytest.mark.parametrize(("lab_id", "program"), FIRST)
async def test_a_first_version_keeps_core_and_breaks_another(
    lab_id: str, program: ProgramRole, launcher: Launcher, tmp_path: Path
) -> None:
    lab = CATALOG.get(lab_id)

    async def breaks(check: Check) -> dict[str, str]:
        # Each on a port of its own: what the one before left there is not this one's fault.
        folder = tmp_path / check.id
        folder.mkdir()
        subject = first_version(lab, program, folder)
        patience = PATIENCE if check.core else 1.0
        examiner = Examiner(settings=SETTINGS, launcher=launcher, patience=patience)
        return broken(await examiner.examine(subject, [check]))

    checks = [check for check in lab.checks if check.program == program]
    found = dict(zip(checks, await asyncio.gather(*map(breaks, checks)), strict=True))
    assert [why for check, why in found.items() if check.core and why] == []
    assert any(found.values()), "it keeps all checks: what is the finished program for?"
