"""A child of the fork server that is forked ahead, and waits for the order that becomes its own.

What it does before is off the way of whoever starts a program. The order comes from the playground
itself, over what is the child's trace channel later: its size in HEAD_BYTES, then directory,
program, run, bounds and arguments with NUL between them. The child ends with the fork server, and
where nobody can order anything any more.
"""

from __future__ import annotations

import os
import select

HEAD_BYTES = 4  # of an order, most significant byte first
_READ_BYTES = 64 * 1024
# As they are, before the tracing, which is the programs', stands before them.
_exit, _poll = os._exit, select.poll


def wait_for_order(channel: int, lifeline: int) -> bytes:
    """Return the order that comes on a channel; end when the lifeline, the fork server's, does."""
    waiting = _poll()
    waiting.register(channel, select.POLLIN)
    waiting.register(lifeline, 0)  # for its end, which need not be named
    if lifeline in dict(waiting.poll()):
        _exit(0)
    size = int.from_bytes(_read(channel, HEAD_BYTES), "big")
    return _read(channel, size)


def _read(channel: int, size: int) -> bytes:
    """Read so many bytes; end where they do not come."""
    data = b""
    while len(data) < size:
        part = os.read(channel, min(size - len(data), _READ_BYTES))
        if not part:
            _exit(0)
        data += part
    return data
