"""The folders in which programs work, in the temporary directory; none outlives its playground.

Each playground has one folder there, and holds a lock on a file in it for as long as it lives: the
kernel lets go of the lock whatever way the playground goes (flock(2)). So the next one knows which
folders are left behind, also where several share the directory but not their process ids.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import stat
import tempfile
import time
import weakref
from collections.abc import Iterator
from pathlib import Path

PREFIX = "socketlab-"
RUN_PREFIX = "run-"
LOCK = ".in-use"
LEFT_LIMIT = 200  # folders that are cleared away at one start
LEFT_S = 5.0  # after which no further one is begun with


class Folders:
    """Makes folders for programs, in one of our own, which is made with the first."""

    def __init__(self) -> None:
        self._home: _Home | None = None

    def make(self) -> tempfile.TemporaryDirectory[str]:
        """Make a folder; whoever asked clears it away. Raises OSError."""
        if self._home is None:
            self._home = _Home(self)
        return tempfile.TemporaryDirectory(
            prefix=RUN_PREFIX, dir=self._home.path, ignore_cleanup_errors=True
        )

    def close(self) -> None:
        """Clear everything away."""
        if self._home is not None:
            self._home.close()
            self._home = None


class _Home:
    """A playground's folder, locked."""

    def __init__(self, owner: Folders) -> None:
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX))
        # Nobody who clears away sees the file before it is locked.
        new = self.path / (LOCK + ".new")
        lock = os.open(new, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
        self.close = weakref.finalize(owner, _clear_own, self.path, lock, os.getpid())
        fcntl.flock(lock, fcntl.LOCK_EX)
        new.rename(self.path / LOCK)


def _clear_own(path: Path, lock: int, owner: int) -> None:
    if os.getpid() == owner:  # and no fork of ours
        _clear(path)
    os.close(lock)


def is_of_a_playground(path: Path) -> bool:
    """Whether a folder is one in which a playground, ours or another, lets a program work."""
    return path.name.startswith(RUN_PREFIX) and path.parent.name.startswith(PREFIX)


def clear_left_behind() -> int:
    """Clear away what playgrounds left that did not end in order; return how many folders.

    Only those that are surely of a playground of this user, and of one that is gone.
    """
    end_s = time.monotonic() + LEFT_S
    cleared = 0
    for path in _left_behind():
        if cleared == LEFT_LIMIT or time.monotonic() > end_s:
            break
        with _locked(path) as is_left:
            if is_left:
                _clear(path)
                cleared += 1
    return cleared


def _left_behind() -> Iterator[Path]:
    """Yield the folders that a playground of this user may have left."""
    with contextlib.suppress(OSError), os.scandir(tempfile.gettempdir()) as entries:
        for entry in entries:
            if not entry.name.startswith(PREFIX) or not entry.is_dir(follow_symlinks=False):
                continue
            status = entry.stat(follow_symlinks=False)
            if status.st_uid == os.geteuid() and not stat.S_IMODE(status.st_mode) & 0o077:
                yield Path(entry.path)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[bool]:
    """Lock a playground's folder; say whether that could be done, because nobody has it."""
    with contextlib.ExitStack() as stack:
        try:
            lock = os.open(path / LOCK, os.O_RDWR | os.O_NOFOLLOW)
            stack.callback(os.close, lock)
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:  # it is in use, or no playground's
            yield False
        else:
            yield True


def _clear(path: Path) -> None:
    """Remove a playground's folder, the lock last: what fails is tried again at the next start."""
    with contextlib.suppress(OSError):
        for entry in os.scandir(path):
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry, ignore_errors=True)
            elif entry.name != LOCK:
                Path(entry).unlink()
        if [left.name for left in path.iterdir()] == [LOCK]:
            (path / LOCK).unlink()
            path.rmdir()
