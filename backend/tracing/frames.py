"""Keeps the tracer's own frames out of whatever a program can see of its stack.

CPython (3.11 and later) leaves out a frame that has not come to its first RESUME instruction yet:
from `f_back`, `sys._getframe`, `sys._current_frames`, from tracebacks, and from what a signal
handler is given (`_PyFrame_IsIncomplete` in its `pycore_frame.h`). So our functions run without
ever coming to one, and no consumer of stacks has to be patched. Only `faulthandler` shows such
frames: what it dumps when asked to is filtered.
"""

from __future__ import annotations

import faulthandler
import os
import sys
import time
from collections.abc import Callable, Iterable
from opcode import opmap
from types import CodeType, FunctionType, ModuleType
from typing import Any

own_threads: list[int] = []  # idents of the tracer's threads: a dump leaves them out
# Those that no processor has come to yet: by what ident each stands in a dump meanwhile.
starting: dict[object, int] = {}
IS_STARTERS = sys.version_info < (3, 12)  # that ident is the one of who starts it, later 0
_START_S, _LOOK_S = 0.1, 0.001  # how long a dump waits for them at most; between two looks
_NO_FRAME = b"  <no Python frame>"

_monotonic, _sleep = time.monotonic, time.sleep
_FOLDER = os.path.dirname(os.path.abspath(__file__))
_RESUMABLE = 0x20 | 0x80 | 0x200  # CO_GENERATOR, CO_COROUTINE, CO_ASYNC_GENERATOR of `inspect`
_UNIT = 2  # bytes of an instruction
# A newer interpreter, another kind of it, or one without its global lock is not known to do the
# same: there our frames show, and all else is as ever.
IS_KNOWN = (
    sys.implementation.name == "cpython"
    and (3, 11) <= sys.version_info < (3, 15)
    and "t" not in getattr(sys, "abiflags", "")
)


def hide(modules: Iterable[ModuleType]) -> None:
    """Hide the frames of all functions of these modules of ours, also of those they will make."""
    if not IS_KNOWN:
        return
    functions: set[FunctionType] = set()  # one may have two names
    for module in modules:
        for thing in vars(module).values():
            _collect(thing, module.__name__, functions)
    for function in functions:
        function.__code__ = without_resume(function.__code__)
    if hasattr(os, "memfd_create"):
        faulthandler.dump_traceback = _filter_dump(faulthandler.dump_traceback)


def _collect(thing: Any, module: str, functions: set[FunctionType]) -> None:
    """Add the functions that a thing of a module consists of, if it is defined there."""
    if isinstance(thing, property):
        for function in (thing.fget, thing.fset, thing.fdel):
            _collect(function, module, functions)
    elif getattr(thing, "__module__", None) != module:
        pass
    elif isinstance(thing, type):
        for member in vars(thing).values():
            _collect(getattr(member, "__func__", member), module, functions)
    elif isinstance(thing, FunctionType) and _is_ours(thing.__code__):
        functions.add(thing)


def _is_ours(code: CodeType) -> bool:
    return os.path.dirname(code.co_filename) == _FOLDER


def without_resume(code: CodeType) -> CodeType:
    """Return code that does the same, and the code of all functions in it, without RESUME."""
    consts = tuple(
        without_resume(const) if isinstance(const, CodeType) else const for const in code.co_consts
    )
    if code.co_flags & _RESUMABLE:  # always shown: so nothing here runs any
        return code.replace(co_consts=consts)
    raw = bytearray(code.co_code)
    at = raw[::_UNIT].index(opmap["RESUME"]) * _UNIT
    if sys.version_info >= (3, 12):
        raw[at : at + _UNIT] = opmap["NOP"], 0
        return code.replace(co_consts=consts, co_code=bytes(raw))
    table = _shift(code.co_exceptiontable)
    return code.replace(co_consts=consts, co_code=_resume_at_end(raw, at), co_exceptiontable=table)


def _resume_at_end(raw: bytearray, at: int) -> bytes:
    """Move RESUME behind all other code, where it is executed first.

    Python 3.11 specialises only code that executes it, and takes it as the event "call" of a
    profiler. Its argument, 2, and the kind of jump say not to look for signals meanwhile.
    """
    body = bytes(raw[at + _UNIT :])
    forward = len(body) // _UNIT
    back = forward + 3  # from behind the last jump: over it, its EXTENDED_ARG, RESUME, and the body
    jump = (opmap["EXTENDED_ARG"], forward >> 8, opmap["JUMP_FORWARD"], forward & 255)
    end = (
        opmap["RESUME"], 2,
        opmap["EXTENDED_ARG"], back >> 8, opmap["JUMP_BACKWARD_NO_INTERRUPT"], back & 255,
    )  # fmt: skip
    return bytes(raw[:at]) + bytes(jump) + body + bytes(end)


def _shift(table: bytes) -> bytes:
    """Move an exception table by the one instruction that the code before it has grown.

    An entry is four numbers: start, size, target, and one that says how deep the stack is. They
    stand in groups of 6 bits, the highest first; 64 says that another follows, 128 marks the
    beginning of an entry (CPython, `Objects/exception_handling_notes.txt`).
    """
    numbers: list[int] = []
    number = 0
    for byte in table:
        number = number << 6 | byte & 63
        if not byte & 64:
            numbers.append(number)
            number = 0
    shifted = bytearray()
    for index, number in enumerate(numbers):
        moved = number + 1 if index % 4 in (0, 2) else number
        groups = [moved & 63]
        while moved := moved >> 6:
            groups.append(moved & 63 | 64)
        groups[-1] |= 0 if index % 4 else 128
        shifted += bytes(reversed(groups))
    return bytes(shifted)


def _filter_dump(real: Callable[..., None]) -> Callable[..., None]:
    names = ("file", "all_threads")

    def dump_traceback(*args: Any, **kwargs: Any) -> None:
        try:
            given = {**dict(zip(names[: len(args)], args, strict=True)), **kwargs}
            file = given.pop("file", None)
            file = sys.stderr if file is None else file
            target = file if isinstance(file, int) else file.fileno()
            os.fstat(target)
        except (AttributeError, OSError, ValueError):  # the real one knows the words for it
            real(*args, **kwargs)
            return
        deadline = _monotonic() + _START_S
        while starting and _monotonic() < deadline:
            _sleep(_LOOK_S)
        dump, late = os.memfd_create(""), list(starting.values())
        try:
            real(dump, **given)
            if target is not file:
                file.flush()
            text = os.pread(dump, os.fstat(dump).st_size, 0)
            text = _leave_out_ours(text, late)
            while text:
                text = text[os.write(target, text) :]
        finally:
            os.close(dump)

    return dump_traceback


def _leave_out_ours(dump: bytes, late: list[int]) -> bytes:
    """Take our frames and threads out of a dump.

    `late` has an ident for each thread of ours that has not begun.
    """
    ours = f'  File "{_FOLDER}{os.sep}'.encode("ascii", "backslashreplace")
    threads = []
    for thread in dump.split(b"\n\n"):
        ident = _ident(thread)
        if ident in own_threads:
            continue  # also before its first frame, of which there is nothing to tell it by
        if ident in late and _NO_FRAME in thread:
            late.remove(ident)
            continue
        lines = thread.splitlines(keepends=True)
        left = [line for line in lines if not line.startswith(ours)]
        if len(left) == 1 and left != lines:  # a thread of the program that is in C only
            left.append(_NO_FRAME)
        threads.append(b"".join(left).removesuffix(b"\n"))
    return b"\n\n".join(threads) + b"\n"


def _ident(thread: bytes) -> int | None:
    """Return the ident of a thread in a dump: `Thread 0x… (most recent call first):`."""
    words = thread.split(b" ", 2)
    return int(words[1], 16) if words[0] == b"Thread" and words[1].startswith(b"0x") else None
