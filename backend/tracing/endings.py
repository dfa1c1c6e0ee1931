"""Tells the last calls of a program that ends without the interpreter's own end.

`os._exit`, `exec`, `os.abort` and a deadly signal to itself end a process at once: what is noted is
written before. A deadly signal from elsewhere gives no time for that; then what was noted in the
last few milliseconds is missing.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

from backend.tracing.arguments import attempt
from backend.tracing.channel import Channel
from backend.tracing.stand_ins import StandIn

_ENDS = ("_exit", "abort", "execv", "execve")
_SIGNALS = ("kill", "killpg")
_HARMLESS = {
    getattr(signal, name)
    for name in ("SIGCHLD", "SIGCONT", "SIGURG", "SIGWINCH", "SIGTSTP", "SIGSTOP")
    if hasattr(signal, name)
}


def install(channel: Channel) -> None:
    """Put what ends a process at once behind a flush of the channel."""
    systems: list[Any] = [os, __import__(os.name)]
    for name in (*_ENDS, *_SIGNALS):
        real = getattr(os, name, None)
        if real is None:
            continue
        wrapped = _after_flush(real, channel, _is_deadly if name in _SIGNALS else _always)
        for system in systems:
            setattr(system, name, wrapped)
    module: Any = signal
    module.raise_signal = _after_flush(signal.raise_signal, channel, _is_deadly_here)


def _after_flush(real: Any, channel: Channel, ends: Callable[..., bool]) -> Any:
    def call(*args: Any, **kwargs: Any) -> Any:
        if attempt(ends, *args):
            attempt(channel.flush)
        return real(*args, **kwargs)

    return StandIn(call, real)


def _always(*_args: object) -> bool:
    return True


def _is_deadly(target: int, number: int) -> bool:
    """Whether a signal to a process, or a group, is one that ends this process."""
    is_ours = target in (0, os.getpid(), os.getpgrp(), -os.getpgrp())
    return is_ours and _is_deadly_here(number)


def _is_deadly_here(number: int) -> bool:
    if number == 0 or number in _HARMLESS:
        return False
    return number == getattr(signal, "SIGKILL", None) or (
        signal.getsignal(number) is signal.SIG_DFL
    )
