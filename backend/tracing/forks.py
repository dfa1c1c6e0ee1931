"""Lets the interpreter warn of a fork beside threads as if none of them were ours.

Python 3.12 and later count the threads of the whole process at `os.fork`, and warn if there is more
than one. Where the program has only one, the warning is kept off, for as long as the call takes.
"""

from __future__ import annotations

import _thread
import os
import re
import sys
import warnings
from typing import Any

from backend.tracing import workers
from backend.tracing.arguments import attempt
from backend.tracing.stand_ins import StandIn

_TASKS = "/proc/self/task"
_LINKS_OF_EMPTY = 2  # a folder has one link for each folder in it (proc(5)), and two of its own
_OTHERS = re.compile(r"This process \(pid=\d+\) is multi-threaded, use of \w+\(\) may lead to")
_KEEP_OFF = ("ignore", _OTHERS, DeprecationWarning, None, 0)  # as `warnings.filterwarnings` has it
_count, _stat = _thread._count, os.stat


def install() -> None:
    """Have the forks of programs warn as without us."""
    if sys.version_info < (3, 12):
        return
    systems: list[Any] = [os, __import__(os.name)]
    for name in ("fork", "forkpty"):
        real = getattr(os, name, None)
        for system in systems if real else ():
            setattr(system, name, _forking(real))


def _forking(real: Any) -> Any:
    def fork(*args: Any, **kwargs: Any) -> Any:
        if _threads_of_program() > 1:
            return real(*args, **kwargs)
        filters = _filters()
        filters.insert(0, _KEEP_OFF)
        try:
            return real(*args, **kwargs)
        finally:  # in the child, too
            if _KEEP_OFF in filters:
                filters.remove(_KEEP_OFF)

    return StandIn(fork, real)


def _threads_of_program() -> int:
    """Return how many threads there are without ours, also those that Python knows nothing of."""
    status = attempt(_stat, _TASKS)
    seen = 0 if status is None else status.st_nlink - _LINKS_OF_EMPTY
    return max(seen, 1 + _count()) - len(workers.alive)


def _filters() -> list[Any]:
    """Return the filters that count: those of the module, where the program has loaded it."""
    module = sys.modules.get("warnings", warnings)
    filters: list[Any] = vars(module).get("filters", warnings.filters)
    return filters if type(filters) is list else []
