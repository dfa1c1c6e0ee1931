"""Where in the lab's own code a call comes from, and in which thread.

The lab's own code is every file in the program's folder, and every other, that is neither the
standard library nor installed nor ours. For a call that the standard library makes on the lab's
behalf (`serve_forever` → `accept`) it is the lab's line that waits.
"""

from __future__ import annotations

import itertools
import os
import sysconfig
import threading
from types import FrameType
from typing import Any

Site = tuple[str, int]
NOWHERE: Site = ("", 0)

_OTHERS = tuple(
    os.path.realpath(path) + os.sep
    for path in {
        *(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")),
        os.path.dirname(__file__),
    }
    if path
)
_numbers = itertools.count(1)
_active: dict[int, Any] = threading._active  # type: ignore[attr-defined]


class Sites:
    """Names files and threads, each looked up once."""

    def __init__(self, program: str) -> None:
        self._base = os.path.join(os.path.dirname(os.path.realpath(program)), "")
        # A program may have its environment beside it, or be a part of one.
        self._others = tuple(path for path in _OTHERS if not self._base.startswith(path))
        self._names: dict[str, str | None] = {}
        self._threads: dict[int, tuple[int, str]] = {}

    def own_name(self, filename: str) -> str | None:
        """Return how a file of the lab is shown, None for any other file."""
        try:
            return self._names[filename]
        except KeyError:
            pass
        path = os.path.realpath(filename)
        name: str | None = None
        # "<…>": made by exec, or frozen into the interpreter
        if not filename.startswith("<") and not path.startswith(self._others):
            name = path.removeprefix(self._base)
        self._names[filename] = name
        return name

    def of(self, frame: FrameType | None) -> Site:
        """Return file and line of the innermost frame of the lab's own code, or NOWHERE."""
        names = self._names
        while frame is not None:
            filename = frame.f_code.co_filename
            name = names[filename] if filename in names else self.own_name(filename)
            if name is not None:
                return name, frame.f_lineno
            frame = frame.f_back
        return NOWHERE

    def is_own(self, frame: FrameType | None) -> bool:
        """Whether this very frame is the lab's own code."""
        return frame is not None and self.own_name(frame.f_code.co_filename) is not None

    def thread(self, ident: int) -> tuple[int, str]:
        """Return number and name of a thread; the number is never used again."""
        known = _active.get(ident)
        found = self._threads.get(ident)
        if found is not None and (known is None or known._name == found[1]):
            return found
        number = next(_numbers) if found is None else found[0]
        found = self._threads[ident] = (number, known.name if known else f"thread {number}")
        return found

    def name_thread(self, ident: int, name: str | None) -> None:
        """Give a thread that begins its number, and a name if it has none."""
        number = next(_numbers)
        self._threads[ident] = (number, name or f"thread {number}")

    def forget_thread(self, ident: int) -> None:
        """Note that a thread has ended: its ident may come again for another."""
        self._threads.pop(ident, None)
