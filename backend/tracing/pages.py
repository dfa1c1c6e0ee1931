"""The pages of memory that programs write to as they begin, beside what the fork server shares.

Each is copied at the first write to it (fork(2)), one fault after the other, which takes a third of
a start. So the fork server looks which pages its children have as their own (proc(5), pagemap), and
a spare child has the kernel copy them all while it waits (madvise(2), MADV_POPULATE_WRITE).
"""

from __future__ import annotations

import os
from array import array
from collections.abc import Callable, Iterable, Iterator

LOOKS = 2  # at children: what both have written to, most will
LIMIT = 1200  # pages; a child that has more of its own has done more than begin
MADV_POPULATE_WRITE = 23  # Linux 5.14; an older one refuses it, and nothing is lost
# Of an entry of pagemap: 8 bytes a page.
_ENTRY = 8
_PRESENT, _OF_FILE, _EXCLUSIVE = 1 << 63, 1 << 61, 1 << 56
_MAP_LIMIT = 64 << 20  # bytes of a mapping that is looked at

_open, _close = os.open, os.close  # the program's own looks what it opens and closes


class Pages:
    """Knows which pages children write to, once it has looked at some.

    To be made before the modules of the library are hidden: it needs ctypes.
    """

    def __init__(self) -> None:
        self._size = os.sysconf("SC_PAGE_SIZE")
        self._advise = _find_madvise()
        self._left = 0 if self._advise is None else LOOKS
        self._found: set[int] | None = None  # their numbers
        self._ranges: list[tuple[int, int]] = []  # address, bytes

    @property
    def is_looking(self) -> bool:
        """Whether it wants to look at another child, of which nothing was copied before."""
        return self._left > 0

    def look(self, pid: int) -> None:
        """Look at a child that has begun and now waits for something."""
        try:
            own = self._own_pages(pid)
        except OSError:  # nobody may look, or it has just gone: there are few of those
            self._left = 0
            return
        if not 0 < len(own) <= LIMIT:  # none of a zombie
            return
        self._left -= 1
        self._found = own if self._found is None else self._found & own
        if not self._left:
            self._ranges = [
                (first * self._size, count * self._size) for first, count in _runs(self._found)
            ]

    def copy(self) -> None:
        """Have this process's own copy of them made, in one go; nothing changes in them."""
        if self._advise is not None:
            for address, size in self._ranges:
                self._advise(address, size, MADV_POPULATE_WRITE)

    def _own_pages(self, pid: int) -> set[int]:
        """Return which pages a child has as its own, of those that we have, too."""
        found: set[int] = set()
        wanted, mask = _PRESENT | _EXCLUSIVE, _PRESENT | _EXCLUSIVE | _OF_FILE
        fd = _open(f"/proc/{pid}/pagemap", os.O_RDONLY | os.O_CLOEXEC)
        try:
            for first, count in self._written_maps():
                entries = array("Q", os.pread(fd, count * _ENTRY, first * _ENTRY))
                found.update([first + n for n, each in enumerate(entries) if each & mask == wanted])
        finally:
            _close(fd)
        return found

    def _written_maps(self) -> Iterator[tuple[int, int]]:
        """Yield the first page and the number of pages of each mapping of ours that is written."""
        with open("/proc/self/maps", encoding="utf-8", errors="replace") as file:
            for line in file:
                addresses, rights, _ = line.split(maxsplit=2)
                start, end = [int(each, 16) for each in addresses.split("-")]
                if rights == "rw-p" and end - start <= _MAP_LIMIT:
                    yield start // self._size, (end - start) // self._size


def _find_madvise() -> Callable[[int, int, int], object] | None:
    """Return madvise(2), None where an interpreter cannot call it."""
    try:
        import ctypes
    except ImportError:
        return None
    found = ctypes.CDLL(None).madvise
    found.argtypes = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int
    return found


def _runs(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Return runs of successive numbers, each as its first one and how many there are."""
    runs: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if runs and number == sum(runs[-1]):
            runs[-1] = runs[-1][0], runs[-1][1] + 1
        else:
            runs.append((number, 1))
    return runs
