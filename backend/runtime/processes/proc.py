"""What Linux says about processes: whose they are and what they use (proc(5), /proc/PID/stat)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

PROC = Path("/proc")
IS_HERE = (PROC / "self" / "stat").exists()
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class Stat(NamedTuple):
    """One process. `processor_s` counts its threads, and the children that it has waited for."""

    pid: int
    parent: int
    group: int
    session: int
    processor_s: float
    threads: int
    memory_bytes: int


def stat(pid: int) -> Stat | None:
    """Return what there is to say about a process; None when it is gone."""
    try:
        fd = os.open(f"{PROC}/{pid}/stat", os.O_RDONLY)
    except OSError:
        return None
    try:
        line = os.read(fd, 4096)
    except ProcessLookupError:
        return None
    finally:
        os.close(fd)
    # The name may contain anything, also spaces and brackets: what follows the last bracket counts.
    words = line[line.rindex(b")") + 2 :].split()
    return Stat(
        pid=pid,
        parent=int(words[1]),
        group=int(words[2]),
        session=int(words[3]),
        processor_s=sum(map(int, words[11:15])) / _TICKS_PER_S,
        threads=int(words[17]),
        memory_bytes=int(words[21]) * _PAGE_BYTES,
    )


def session(leader: int) -> list[int]:
    """Return the ids of all processes of a session but the one that leads it."""
    return [pid for pid in pids() - {leader} if session_of(pid) == leader]


def session_of(pid: int) -> int | None:
    """Return which session a process is in; None when it is gone. Costs a tenth of `stat`."""
    try:
        return os.getsid(pid)
    except OSError:
        return None


def pids() -> set[int]:
    """Return the ids of all processes that we can see."""
    with os.scandir(PROC) as entries:
        return {int(entry.name) for entry in entries if entry.name.isdecimal()}
