"""Makes a child of the fork server what a fresh interpreter is, and executes the program in it.

What the compiler has to say of the program's source, an error or a warning, is left to a fresh
interpreter, which then takes this one's place (execve(2)): it says it in its own words.
"""

from __future__ import annotations

import os
import sys
import threading
import warnings
from _frozen_importlib_external import SourceFileLoader
from types import CodeType
from typing import NoReturn

from backend.tracing import boot, order
from backend.tracing.modules import Apart
from backend.tracing.order import Order


def become(given: Order, path: str, args: list[str], apart: Apart) -> None:
    """Run a program to the end of its main module; what that raises is raised."""
    code = _compile(path)
    if code is None:
        _start_anew(given, path, args)
    server = sys.argv[0]
    sys.argv[:] = [path, *args]
    sys.orig_argv[1:] = sys.argv
    threading.main_thread()._set_native_id()  # type: ignore[attr-defined]
    boot.install(given, path)
    apart.hide()
    _forget_searches(server)
    sys.path_importer_cache[path] = None
    sys.path.insert(0, os.path.dirname(os.path.realpath(path)))
    main = sys.modules["__main__"].__dict__
    main["__file__"] = path
    main["__loader__"] = SourceFileLoader("__main__", path)
    exec(code, main)  # noqa: S102 -- the program itself


def _forget_searches(server: str) -> None:
    """Forget what was searched for the server's sake only."""
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    ours = os.path.join(root, "backend", "")
    for folder in list(sys.path_importer_cache):
        is_ours = folder == root or os.path.join(folder, "").startswith(ours)
        if folder == server or (is_ours and folder not in sys.path):
            del sys.path_importer_cache[folder]


def _compile(path: str) -> CodeType | None:
    """Return the code of a program, None if there is anything to say of its source."""
    try:
        with open(path, "rb") as file:
            source = file.read()
        source.decode()  # of a file, unlike of bytes, all has to be right, also comments (PEP 263)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            code: CodeType = compile(source, path, "exec", dont_inherit=True)
    except (OSError, SyntaxError, ValueError, Warning, RecursionError, MemoryError):
        return None
    return code


def _start_anew(given: Order, path: str, args: list[str]) -> NoReturn:
    os.set_inheritable(given.channel, True)
    os.execve(sys.executable, [sys.executable, path, *args], order.add(given, os.environ))
