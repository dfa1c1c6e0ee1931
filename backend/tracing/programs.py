"""The code of programs, compiled by the fork server once for all runs of the same source.

What the compiler has to say of it, an error or a warning, is not said here: then there is no code,
and whoever asked leaves it to a fresh interpreter (`fork_child.py`).
"""

from __future__ import annotations

import os
import stat
import sys
import warnings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType

KEPT = 64  # programs
LIMIT_BYTES = 64 * 1024  # of a source: to compile a longer one would hold up whoever comes next

_close = os.close  # the program's own looks what it closes


class Programs:
    """Knows the code of the programs that were run last."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[bytes, CodeType]] = {}

    def code_of(self, path: str) -> CodeType | None:
        """Return the code of a program as it is now; None: its own process has to see to it."""
        source = _read(path)
        before, code = self._kept.pop(path, (b"", None))
        if source is None:
            code = None
        elif code is None or before != source:
            code = compiled(source, path)
        if source is not None and code is not None:
            self._kept[path] = source, code
            if len(self._kept) > KEPT:
                del self._kept[next(iter(self._kept))]
        return code


def _read(path: str) -> bytes | None:
    """Return a source; None if it is long, or no plain file, which might be waited for."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError:
        return None
    try:
        status = os.fstat(fd)
        if not stat.S_ISREG(status.st_mode) or status.st_size > LIMIT_BYTES:
            return None
        source = os.read(fd, LIMIT_BYTES + 1)
    except OSError:
        return None
    finally:
        _close(fd)
    return source if len(source) <= LIMIT_BYTES else None


def compiled(source: bytes, path: str) -> CodeType | None:
    """Return the code of a source, None if there is anything to say of it."""
    # The interpreter asks this module, which is hidden from the programs.
    before = sys.modules.get(warnings.__name__)
    sys.modules[warnings.__name__] = warnings
    try:
        source.decode()  # of a file, unlike of bytes, all has to be right, also comments (PEP 263)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            code: CodeType = compile(source, path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, Warning, RecursionError, MemoryError):
        return None
    finally:
        if before is None:
            del sys.modules[warnings.__name__]
    return code
