"""Makes a child of the fork server what a fresh interpreter is, and executes the program in it.

What the compiler has to say of the program's source, an error or a warning, is left to a fresh
interpreter, which then takes this one's place (execve(2)): it says it in its own words. So is what
the interpreter may have to say of the names of files (`renaming.py`).
"""

from __future__ import annotations

import os
import sys
import threading
from _frozen_importlib_external import SourceFileLoader
from types import CodeType
from typing import NamedTuple, NoReturn

from backend.tracing import order
from backend.tracing.boot import Prepared
from backend.tracing.command_lines import CommandLine
from backend.tracing.order import Order
from backend.tracing.programs import compiled
from backend.tracing.renaming import HAS_HINTS, may_be_hinted

_execve = os.execve  # the program's own looks who calls it


class Request(NamedTuple):
    """A program that is to be started: what is told of it, its file, its arguments.

    `code` is None where the fork server has not compiled it.
    """

    order: Order
    path: str
    args: list[str]
    code: CodeType | None


def become(request: Request, prepared: Prepared, line: CommandLine) -> None:
    """Run a program to the end of its main module; what that raises is raised."""
    given, path, args, code = request
    if code is None:
        code = _compile(path)
    folder = os.path.dirname(os.path.realpath(path))
    if code is None or (HAS_HINTS and may_be_hinted(code, folder)):
        _start_anew(given, path, args)
    sys.argv[:] = [path, *args]
    sys.orig_argv[1:] = sys.argv
    line.write(sys.orig_argv)
    threading.main_thread()._set_native_id()  # type: ignore[attr-defined]
    prepared.begin(given, path)
    sys.path_importer_cache[path] = None
    sys.path.insert(0, folder)
    main = sys.modules["__main__"].__dict__
    main["__file__"] = path
    main["__loader__"] = SourceFileLoader("__main__", path)
    exec(code, main)  # noqa: S102 -- the program itself


def _compile(path: str) -> CodeType | None:
    """Return the code of a program, None if there is anything to say of its source."""
    try:
        with open(path, "rb") as file:
            return compiled(file.read(), path)
    except OSError:
        return None


def _start_anew(given: Order, path: str, args: list[str]) -> NoReturn:
    os.set_inheritable(given.channel, True)
    _execve(sys.executable, [sys.executable, path, *args], order.add(given, os.environ))
