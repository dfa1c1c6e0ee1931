"""What a program from outside and the room say to each other, beside the events themselves.

The program's end is `socketlab trace --room`, the room's is runtime/outside.py. First comes a
Hello, which is answered with a Welcome; then lists of events; at last a Bye.
"""

from __future__ import annotations

import msgspec


class Hello(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which program it is, and `t`, the time in seconds on its machine's monotonic clock."""

    program: str
    args: tuple[str, ...]
    pid: int
    t: float


class Welcome(msgspec.Struct, frozen=True, kw_only=True):
    """The id of the run that the program is in the room."""

    run: str


class Bye(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The program has ended; its status is negative for a signal, as in subprocess."""

    exit_status: int
