"""What is told of the bytes that a call moved: the first of them, of whatever holds bytes.

Whatever C takes as bytes is taken here; when it can be read no more nothing is told of it, and the
program does not notice.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from backend.tracing.arguments import attempt, index_of

PAYLOAD_LIMIT_BYTES = 2048


class Kept:
    """The buffers of an iterable, which may be read only once: kept as C reads them."""

    def __init__(self, buffers: Any) -> None:
        self._buffers = buffers
        self.kept: list[Any] = []

    def __iter__(self) -> Kept:
        self._buffers = iter(self._buffers)
        return self

    def __next__(self) -> Any:
        buffer = next(self._buffers)
        self.kept.append(buffer)
        return buffer


def keep_buffers(args: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the arguments, of a call with buffers, so that these can be looked at later."""
    if len(args) < 2 or isinstance(args[1], (list, tuple)) or not hasattr(args[1], "__iter__"):
        return args
    return (args[0], Kept(args[1]), *args[2:])


def preview(data: Any, n: int) -> bytes:
    """Return the first bytes of a buffer, as many as are told of `n`."""
    n = min(n, PAYLOAD_LIMIT_BYTES)
    if type(data) is bytes:
        return data[:n]
    return (attempt(_bytes_of, data, n) or b"") if n else b""


def _bytes_of(data: Any, n: int) -> bytes:
    return memoryview(data).cast("B")[:n].tobytes()


def size_of(data: Any) -> int:
    """Return the size of a buffer in bytes; 0 of one that cannot be read any more."""
    return len(data) if type(data) is bytes else attempt(_count_bytes, data) or 0


def size_of_all(buffers: Any) -> int:
    """Return the size of some buffers; what can be read only once may be of any size."""
    known = isinstance(buffers, (list, tuple))
    return sum(map(size_of, buffers)) if known else sys.maxsize


def _count_bytes(data: Any) -> int:
    return memoryview(data).nbytes


def join(buffers: Any) -> bytes:
    """Return as much of some buffers as is told."""
    parts, left = [], PAYLOAD_LIMIT_BYTES
    for buffer in buffers.kept if type(buffers) is Kept else buffers:
        part = preview(buffer, min(left, size_of(buffer)))
        parts.append(part)
        left -= len(part)
        if not left:
            break
    return b"".join(parts)


def head_of_file(n: int, file: Any, offset: Any = 0) -> bytes:
    """Return the first bytes of what has been sent of a file, as many as are told."""
    return os.pread(file.fileno(), min(n, PAYLOAD_LIMIT_BYTES), index_of(offset) or 0)
