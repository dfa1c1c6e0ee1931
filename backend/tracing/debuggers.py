"""Keeps what ours do out of the steps of a debugger on `bdb`, as `pdb` is, and out of `coverage`.

A trace function (`sys.settrace`) is told of a hidden frame: by Python 3.11 that it is called; from
3.12 on, an exception within one as one of the frame below, the program's, and where it leaves ours,
as a return of that frame, which has not returned. And what ours call of the library is called by
the program's frame, as it seems.
"""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Callable
from opcode import opname
from types import CodeType, FrameType, ModuleType
from typing import TYPE_CHECKING, Any

from backend.tracing import notes, sites, threads
from backend.tracing.arguments import attempt
from backend.tracing.naming import called_name
from backend.tracing.sites import Sites, is_ours

if TYPE_CHECKING:
    from backend.tracing.giving import Watch

# What a frame is at when it is told that it returns, or that an exception leaves it once more.
_LEAVING = {"RETURN_VALUE", "RETURN_CONST", "RETURN_GENERATOR", "YIELD_VALUE", "RERAISE"}


def _code_of(function: Any) -> CodeType:
    code: CodeType = getattr(function, "fget", function).__code__
    return code


# What ours call of the library, by its code, or by its file: the program calls it by its name.
_CODES = {
    *map(_code_of, (socket.socket.type, socket.socket.family)),
    *map(_code_of, (threading.Thread.ident, threading.Thread.is_alive)),
    *(
        _code_of(getattr(each, name))
        for each in (sites.Site, notes.Record, notes.Entry, threads.Primitive)
        for name in ("__new__", "_replace")
    ),
}
_FILES = {_code_of(each).co_filename for each in (json.JSONEncoder.encode, os.path.dirname)}

_get_ident = threading.get_ident


def watched(sites: Sites) -> dict[str, Watch]:
    """Return what is to be called when a module, by its name, is imported."""

    def watch(follow: Callable[[ModuleType], None]) -> Watch:
        def imported(origin: str | None) -> Any:
            is_other = origin is not None and sites.own_name(origin) is None
            return follow if is_other else None

        return imported

    return {module: watch(follow) for module, follow in _FOLLOWED.items()}


def _follow_bdb(module: ModuleType) -> None:
    _filter(module.Bdb, "trace_dispatch")


def _follow_coverage(module: ModuleType) -> None:
    """Let `coverage` measure by its tracer in Python: the one in C is told all, and asks nobody."""
    core: Any = module
    real = core.Core.__init__
    _filter(core.PyTracer, "_trace")

    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        real(self, *args, **kwargs)
        if self.tracer_class.__name__ == "CTracer":
            self.tracer_class, self.file_disposition_class = core.PyTracer, core.FileDisposition
            self.supports_plugins = self.packed_arcs = False

    core.Core.__init__ = init


def _filter(tracer: Any, name: str) -> None:
    """Keep steps of ours from what a class's trace function is told."""
    real, steps = getattr(tracer, name), _Steps()

    def trace(self: Any, frame: FrameType, event: str, arg: Any, *more: Any) -> Any:
        return None if steps.is_ours(frame, event, arg) else real(self, frame, event, arg, *more)

    trace.__name__, trace.__doc__ = real.__name__, real.__doc__
    setattr(tracer, name, trace)


_FOLLOWED = {"bdb": _follow_bdb, "coverage.core": lambda module: attempt(_follow_coverage, module)}


class _Steps:
    """Tells steps of ours from those of the program, each thread's apart."""

    __slots__ = ("_calls", "_raised")

    def __init__(self) -> None:
        self._raised: dict[int, FrameType] = {}  # the last step was an exception of ours in it
        self._calls: dict[int, list[FrameType]] = {}  # of the library, by ours, one within another

    def is_ours(self, frame: FrameType, event: str, arg: Any) -> bool:
        """Whether what a frame is told is a step of ours."""
        me = _get_ident()
        raised = self._raised.pop(me, None)
        if event == "call":
            found = is_ours(frame.f_code) or self._helps(frame, me)
            if found and raised is not None:  # which has not left ours yet
                self._raised[me] = raised
            return found
        if event == "exception":
            kind, _, trace = arg
            # The end of an iterator has none in the program either.
            found = kind is not StopIteration and (trace is None or trace.tb_frame is not frame)
        else:
            found = event == "return" and raised is frame and not _leaves(frame)
        if found:
            self._raised[me] = frame
        return found

    def _helps(self, frame: FrameType, me: int) -> bool:
        """Whether a function of the library is called by one of ours."""
        calls, back, code = self._calls.setdefault(me, []), frame.f_back, frame.f_code
        while calls and calls[-1] is not back:
            calls.pop()
        if not calls and (back is None or not _is_ours_to_call(code, back)):
            return False
        calls.append(frame)
        return True


def _is_ours_to_call(code: CodeType, back: FrameType) -> bool:
    if code not in _CODES and code.co_filename not in _FILES:
        return False
    name = called_name(back.f_code, back.f_lasti)
    return name is not None and name != code.co_name


def _leaves(frame: FrameType) -> bool:
    return opname[frame.f_code.co_code[frame.f_lasti]] in _LEAVING
