"""What a program may have of the machine, as far as the kernel itself holds it.

It is set in the program's own process, before the program begins, so that nothing that it starts is
without it (setrlimit(2), nice(2)). Rates, and what several processes have together, are the
governor's business (`runtime/processes/governor.py`).
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import NamedTuple

OOM_SCORE = 500  # of 1000: when memory runs out the kernel takes a lab before the playground


class Bounds(NamedTuple):
    """`files` are open ones; `file_bytes` is the size of one, `data_bytes` what a process maps."""

    nice: int
    files: int
    file_bytes: int
    data_bytes: int


def as_text(bounds: Bounds | None) -> str:
    """Return bounds as they stand in an order; empty for none."""
    return "" if bounds is None else ",".join(map(str, bounds))


def from_text(text: str) -> Bounds | None:
    """Return the bounds that `as_text` wrote. Raises ValueError, TypeError."""
    return Bounds(*map(int, text.split(","))) if text else None


def apply(bounds: Bounds) -> None:
    """Set the bounds, for this process and all that it will start."""
    import resource

    # A program may have a module of its own of that name.
    del sys.modules["resource"]
    for what, wanted in (
        (resource.RLIMIT_NOFILE, bounds.files),
        (resource.RLIMIT_FSIZE, bounds.file_bytes),
        (resource.RLIMIT_DATA, bounds.data_bytes),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        limit = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with contextlib.suppress(OSError, ValueError):  # a system that does not know this one
            resource.setrlimit(what, (limit, limit))
    with contextlib.suppress(OSError):
        os.nice(bounds.nice)
    # Where the kernel groups processes by session, it is the group that is nice (sched(7)).
    _write("/proc/self/autogroup", bounds.nice)
    _write("/proc/self/oom_score_adj", OOM_SCORE)


def _write(path: str, number: int) -> None:
    """Write where the kernel takes a number; elsewhere there is no such file."""
    with contextlib.suppress(OSError), open(path, "w") as file:
        file.write(str(number))
