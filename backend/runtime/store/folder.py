"""The data folder: where it is, and whose. It belongs to one playground at a time.

Whoever has it holds a lock on a file in it, which says who that is: the kernel lets go of the lock
whatever way the playground goes (flock(2)).
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from backend.domain.errors import DataRefused, FolderTaken

DATABASE = "socketlab.sqlite"
LOCK = "in-use.json"


def default_folder() -> Path:
    """Return the folder of this user's data, where the platform has it."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "socketlab"
    named = os.environ.get("XDG_DATA_HOME", "")
    # XDG Base Directory Specification: a path that is not absolute is to be ignored.
    base = Path(named) if named.startswith("/") else Path.home() / ".local" / "share"
    return base / "socketlab"


class DataFolder:
    """A folder that we have; `close` gives it back."""

    def __init__(self, path: Path, *, address: str) -> None:
        """Take a folder, which is made if need be. Raises FolderTaken, DataRefused."""
        self.path = path
        self.database = path / DATABASE
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = os.open(path / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise DataRefused(f"The data folder {path} cannot be used: {error.strerror}.") from None
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = _read(self._lock)
            os.close(self._lock)
            who = "another playground"
            if holder:
                who = f"the playground on {holder['address']} (process {holder['pid']})"
            raise FolderTaken(f"The data folder {path} belongs to {who}.") from None
        # Who we are is a courtesy: where the disk is full or read-only the lock is all.
        with contextlib.suppress(OSError):
            holder = {"pid": os.getpid(), "address": address, "since": time.time()}
            os.ftruncate(self._lock, 0)
            os.pwrite(self._lock, json.dumps(holder).encode() + b"\n", 0)

    def close(self) -> None:
        """Let the next one have the folder."""
        if self._lock >= 0:
            with contextlib.suppress(OSError):
                os.ftruncate(self._lock, 0)
            os.close(self._lock)
            self._lock = -1


def _read(lock: int) -> dict[str, Any]:
    """Return what the holder wrote of itself, nothing where it did not."""
    try:
        holder = json.loads(os.pread(lock, 4096, 0))
    except (OSError, ValueError):
        return {}
    has_all = isinstance(holder, dict) and {"pid", "address"} <= holder.keys()
    return holder if has_all else {}
