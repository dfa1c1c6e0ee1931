"""Keeps the tracer's own frames out of what a program shows of its errors.

They are there in the tracebacks of exceptions that a traced call has let through; the interpreter's
hooks and the `traceback` module leave them out.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from importlib.machinery import ModuleSpec, PathFinder
from types import CodeType, ModuleType, TracebackType
from typing import Any

_FOLDER = os.path.dirname(os.path.abspath(__file__))


def _is_ours(code: CodeType) -> bool:
    return os.path.dirname(code.co_filename) == _FOLDER


def hide(error: BaseException) -> None:
    """Take the tracer's frames out of the tracebacks of an error and of all that led to it."""
    seen: set[int] = set()
    pending: list[BaseException | None] = [error]
    while pending:
        one = pending.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        one.__traceback__ = trace = _next_of_program(one.__traceback__)
        while trace is not None:
            following = _next_of_program(trace.tb_next)
            trace.tb_next = following
            trace = following
        pending += [one.__cause__, one.__context__, *getattr(one, "exceptions", ())]


def _next_of_program(trace: TracebackType | None) -> TracebackType | None:
    while trace is not None and _is_ours(trace.tb_frame.f_code):
        trace = trace.tb_next
    return trace


def install() -> None:
    """Hide them from what threads, finalizers and the `traceback` module show."""
    hook, unraisable = threading.excepthook, sys.unraisablehook

    def excepthook(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            hide(args.exc_value)
        hook(args)

    def unraisablehook(args: Any) -> None:
        if args.exc_value is not None:
            hide(args.exc_value)
        trace = _next_of_program(args.exc_traceback)
        unraisable(type(args)((args.exc_type, args.exc_value, trace, args.err_msg, args.object)))

    threading.excepthook = excepthook
    sys.unraisablehook = unraisablehook
    if "traceback" in sys.modules:
        _patch(sys.modules["traceback"])
    else:
        sys.meta_path.insert(0, _WhenImported())


class _WhenImported:
    """Patches `traceback` when the program imports it, as few do; it costs some milliseconds."""

    def find_spec(self, name: str, *_where: object) -> ModuleSpec | None:
        """Find that one module, once."""
        if name != "traceback":
            return None
        sys.meta_path.remove(self)
        spec = PathFinder.find_spec(name)
        if spec is not None:
            loader: Any = spec.loader
            load = loader.exec_module

            def exec_module(module: ModuleType) -> None:
                load(module)
                _patch(module)

            loader.exec_module = exec_module
        return spec


def _patch(module: ModuleType) -> None:
    for name in ("walk_tb", "_walk_tb_with_full_positions"):
        if hasattr(module, name):
            setattr(module, name, _without_ours(getattr(module, name)))


def _without_ours(walk: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
    def walked(trace: TracebackType | None) -> Iterator[Any]:
        return (step for step in walk(trace) if not _is_ours(step[0].f_code))

    return walked
