"""Lets the program close what it likes, as daemons do, but for the trace channel.

Without us no descriptor of that number is open: to close it or to copy it fails so, a range is
closed around it, and what is to have its number gets it (close(2), dup(2)).
"""

from __future__ import annotations

import errno
import os
import sys
from typing import Any

from backend.tracing.arguments import index_of
from backend.tracing.pipe import Pipe
from backend.tracing.stand_ins import StandIn


def install(pipe: Pipe) -> None:
    """Keep `os.close`, `os.closerange`, `os.dup` and `os.dup2` off the channel's descriptor."""
    real_close, real_range = os.close, os.closerange
    real_dup, real_dup2 = os.dup, os.dup2

    def close(*args: Any, **kwargs: Any) -> None:
        _require_other(pipe, args, kwargs)
        real_close(*args, **kwargs)

    def closerange(*args: Any, **kwargs: Any) -> None:
        ours = _number(pipe)
        if len(args) == 2 and not kwargs and ours is not None:
            low, high = map(index_of, args)
            if low is not None and high is not None and low <= ours < high:
                real_range(low, ours)
                real_range(ours + 1, high)
                return
        real_range(*args, **kwargs)

    def dup(*args: Any, **kwargs: Any) -> int:
        _require_other(pipe, args, kwargs)
        return real_dup(*args, **kwargs)

    def dup2(*args: Any, **kwargs: Any) -> int:
        _require_other(pipe, args, kwargs)
        ours = _number(pipe)
        target = args[1] if len(args) > 1 else kwargs.get("fd2")
        if ours is not None and index_of(target) == ours:
            pipe.move()
        return real_dup2(*args, **kwargs)

    for stand_in in (
        StandIn(close, real_close),
        StandIn(closerange, real_range),
        StandIn(dup, real_dup),
        StandIn(dup2, real_dup2),
    ):
        for module in (os, sys.modules[os.name]):  # `posix` is where they come from
            setattr(module, stand_in.__name__, stand_in)


def _require_other(pipe: Pipe, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Raise what the kernel says of a descriptor that is not open, if it is the channel's."""
    ours = _number(pipe)
    given = args[0] if args else kwargs.get("fd")
    if ours is not None and index_of(given) == ours:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))


def _number(pipe: Pipe) -> int | None:
    return None if pipe.is_closed else pipe.fd
