"""Programs of the labs, made ready to be examined by what checks.toml promises of them."""

from __future__ import annotations

import asyncio
import re
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from backend.domain.checks import Check, Verdict
from backend.domain.labs import Lab
from backend.domain.programs import ProgramRole
from backend.runtime.catalog import Catalog
from backend.runtime.examiner import Examiner, Subject
from backend.settings import Settings
from tests import launching
from tests.labs.chat_screen import virtual_screen
from tests.labs.contract import LABS
from tests.labs.programs import ROOT
from tests.ports import unused_port

CATALOG = Catalog.read(LABS, [ROOT / "docs" / "examples"])
SETTINGS = Settings(data="none")
PATIENCE = 5.0  # a machine that is busy with other tests
AT_A_TIME = 6  # checks; most of them wait


def finished(lab: Lab, program: ProgramRole, path: Path | None = None) -> Subject:
    """Return a finished program, or one at another path that takes the same flags."""
    return Subject(
        lab=lab.id,
        program=program,
        path=path or lab.paths[program],
        transport=None if lab.transport == "none" else lab.transport,
    )


def first_version(lab: Lab, program: ProgramRole, folder: Path) -> Subject:
    """Return a copy of a first version that has another port in it.

    It listens on the port that stands in it: so tests can run side by side.
    """
    path = lay_out(lab, f"first_{program}.py", lab.sources[f"first_{program}.py"], folder)
    if lab.transport == "none":
        return Subject(lab=lab.id, program=program, path=path, transport=None, own_port=0)
    kind = socket.SOCK_STREAM if lab.transport == "tcp" else socket.SOCK_DGRAM
    port = unused_port(kind)
    copy, count = re.subn(rf"\b{lab.port}\b", str(port), path.read_text(encoding="utf-8"))
    assert count, "its port does not stand in it"
    path.write_text(copy, encoding="utf-8")
    return Subject(lab=lab.id, program=program, path=path, transport=lab.transport, own_port=port)


def lay_out(lab: Lab, name: str, source: str, folder: Path) -> Path:
    """Write a program into a folder, with what those of its lab read beside themselves."""
    for page in (LABS / lab.id).glob("*.html"):
        shutil.copy(page, folder)
    path = folder / name
    path.write_text(source, encoding="utf-8")
    return path


async def broken(
    made: Callable[[Check], Subject], checks: list[Check], *, patience: float = PATIENCE
) -> dict[str, str]:
    """Return the checks that a program breaks, with what was found of it; some at a time.

    `made` makes the subject of each: a port of its own, so that what one check left there is not
    the next one's fault.
    """
    examiner = Examiner(settings=SETTINGS, launcher=launching.launcher(), patience=patience)
    some = asyncio.Semaphore(AT_A_TIME)

    async def verdict(check: Check) -> Verdict:
        async with some:
            (found,) = await examiner.examine(made(check), [check])
        return found

    verdicts = await asyncio.gather(*map(verdict, checks))
    return {each.check: _words(each) for each in verdicts if not each.is_kept}


@contextmanager
def screen_for(lab: str) -> Iterator[None]:
    """Give the window a screen, for as long as it is examined."""
    if lab != "chat/window":
        yield
        return
    with virtual_screen() as display, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DISPLAY", display)
        yield


def _words(verdict: Verdict) -> str:
    return (
        f"step {verdict.step}: sent {verdict.sent!r}, expected {verdict.expected}, "
        f"came {verdict.came}"
    )
