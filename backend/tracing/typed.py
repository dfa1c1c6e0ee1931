"""Tells that a line of the program's own waits for what is typed: `input`, or `sys.stdin` itself.

The stream stays the very object that the interpreter made, with its buffers: only what these ask of
the kernel is hidden by one of ours, whether a line is read, all of it, or one after the other.
"""

from __future__ import annotations

import builtins
import functools
import io
import sys
from typing import Any

from backend.tracing.waits import LINE, WaitTeller, waiting


def install(teller: WaitTeller) -> None:
    """Make waits for standard input tell it. A stream of the program's own is left alone."""
    builtins.input = waiting(input, LINE, teller)
    stream: Any = sys.stdin
    raw = getattr(getattr(stream, "buffer", None), "raw", None)
    if type(stream) is not io.TextIOWrapper or type(raw) is not io.FileIO:
        return
    for name in ("readinto", "readall"):
        real = getattr(raw, name)
        vars(raw)[name] = _waiting_read(real, teller)


def _waiting_read(real: Any, teller: WaitTeller) -> Any:
    named: Any = functools.partial(real)
    named.__name__ = "sys.stdin"  # where the line calls nothing: `for line in sys.stdin`

    def read(*args: Any) -> Any:
        return teller.wait(LINE, named, *args)

    return read
