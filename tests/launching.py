"""Which form of the launcher tests start programs with: that of production, or the other one.

`make_launcher` gives the form that the test is run with, `launcher` one that tests share; `FORMS`
are both. A folder of tests is run over both by a fixture of its `conftest.py`.
"""

from __future__ import annotations

import functools
from typing import Any

from backend.runtime.processes.fork import ForkLauncher
from backend.runtime.processes.spawn import SpawnLauncher

FORMS: dict[str, type[ForkLauncher | SpawnLauncher]] = {
    "fork": ForkLauncher,
    "spawn": SpawnLauncher,
}


class Chosen:
    """What tests of this process use now."""

    form = "fork"


def make_launcher(**kwargs: Any) -> ForkLauncher | SpawnLauncher:
    """Return a launcher of the form that the test is run with."""
    return FORMS[Chosen.form](**kwargs)


def launcher() -> ForkLauncher | SpawnLauncher:
    """Return a launcher without bounds, one for all tests of this process."""
    return _launcher(Chosen.form)


@functools.cache
def _launcher(form: str) -> ForkLauncher | SpawnLauncher:
    return FORMS[form]()
