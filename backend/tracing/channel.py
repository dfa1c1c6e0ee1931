"""The trace channel: the one inherited socket over which a traced program tells what it does.

It never blocks the program, and takes little of its time: a call leaves a note in a bounded queue,
a writer thread of our own makes the JSON lines, and decides what is left out. A call that is still
going on after SETTLE_NS is told as entered by the writer; a short one is told whole, both phases,
when it has returned.

A program that does more than anybody could follow is told in blocks: after BURST records at a rate
over RATE a second nothing more is told until half a burst is earned again, and what was left out
is counted; what matters more than most has a RESERVE. The other end may vanish at any time; then
`on_close` decides what becomes of the program; a process that it has forked goes on untold.
"""

from __future__ import annotations

import itertools
import math
import os
import sys
import time
from collections import deque
from collections.abc import Callable

from backend.tracing import waiting
from backend.tracing.bell import Bell
from backend.tracing.frames import own_threads, starting
from backend.tracing.notes import (
    START_NS,
    Entry,
    Record,
    Return,
    compact,
    drop_all,
    dropped_record,
    entry_record,
    return_record,
)
from backend.tracing.pipe import Pipe
from backend.tracing.sites import Thread
from backend.tracing.workers import Workers, alive, start

CHILD_BITS = 24  # below the id of a process, in the numbers that it gives out
QUEUE_LIMIT = 8_000  # notes that wait for the writer; more are dropped and counted
RATE = 2_000.0  # records a second that can be told for ever
BURST = 8_000.0  # records that can be told at once, after a pause
RESERVE = 8_000  # records beyond both limits for what matters more than most
FLUSH_LOOKS = 1_000  # a millisecond apart, whether what is left at the end is written; and again
FLUSH_S = 5.0  # that they may take: who has no turn of the processor does not look, nor write
SETTLE_NS = 2_000_000  # a call that takes longer is told in two records, the first at once
PAUSE_S = 0.004  # before each look of the writer: what happens meanwhile is written in one go
REPORT_DROPPED_S = 0.25  # between two reports of what was dropped
BATCH = 64  # rendered in one go: as long the program may have to wait for the interpreter lock

_monotonic = time.monotonic
_monotonic_ns = time.monotonic_ns
_sleep = time.sleep  # a program may have another one


class Channel:
    """Sends notes as JSON lines, in the order in which calls return and records are told.

    `threads` are all of the program's, each with the call that it is inside of. `notes`,
    `capacity`, `lost`, `lost_bytes`, `awake` and `wake` are for who cannot afford `add_return`.
    `hurry` rings where somebody waits for what was noted last; `workers` may start before `open`.
    """

    __slots__ = (
        "_bytes_reported", "_capacity_for_sure", "_dropped", "_dropped_bytes", "_dropped_reported",
        "_earned", "_ending", "_entries", "_is_writing", "_on_close", "_reported", "_threads",
        "_tokens", "_wake", "awake", "capacity", "child", "first_number", "hurry", "lost",
        "lost_bytes", "notes", "numbers", "pipe", "run", "run_json", "workers",
    )  # fmt: skip

    def __init__(self, threads: dict[int, Thread], *, on_close: Callable[[], None]) -> None:
        self.run, self.run_json = "", ""
        self.numbers = itertools.count(1)  # of calls, in the order in which they are told
        self.notes: deque[Return | Record] = deque()
        self.child, self.first_number = 0, 1
        self.pipe = Pipe()
        self._on_close = on_close
        self._threads = threads
        self.workers = Workers(self._write_all, self._watch)
        self._wake, self.hurry = Bell(), Bell()
        self._begin()
        os.register_at_fork(after_in_child=self.go_on_in_child)

    def open(self, fd: int, run: str) -> None:
        """Tell of a run, from now on, to a descriptor. What was noted before was nobody's."""
        self.run, self.run_json = run, compact(run)  # and of which process, if it is a child
        self._begin()
        self.pipe.open(fd)
        self.workers.start()

    def _begin(self) -> None:
        self.capacity = QUEUE_LIMIT  # nothing while the program does more than anybody could follow
        self.awake = self._ending = False
        self.lost = 0  # records for which there was no room; only ever counts up
        self.lost_bytes = 0  # that the calls among them moved
        self._capacity_for_sure = QUEUE_LIMIT + RESERVE
        self._is_writing = True
        self._entries: dict[int, Entry] = {}  # by id of the call; its return is still to be told
        self._tokens, self._earned, self._reported = BURST, _monotonic(), 0.0
        self._dropped = self._dropped_reported = 0  # only ever count up, as do the others
        self._dropped_bytes = self._bytes_reported = 0

    def go_on_in_child(self) -> None:
        """Tell of a process that was forked; what its parent has noted is its parent's to tell."""
        if not self.run_json:  # forked by the fork server: it is nobody's child
            return
        self.child = os.getpid()
        self.first_number = self.child << CHILD_BITS
        self.run_json = f'{compact(self.run)},"child":{self.child}'
        self.numbers = itertools.count(self.first_number)
        for what in (self.notes, self._threads, own_threads, starting, alive):
            what.clear()
        self._wake, self.hurry = Bell(), Bell()
        self._begin()
        self._is_writing = False

    def tell(self, line: str) -> None:
        """Queue a record (one JSON object); count it instead, when there are too many."""
        self._put(Record(line, 0.0), self.capacity)

    def tell_surely(self, line: str) -> None:
        """Queue a record that matters more than most: it has a reserve."""
        self._put(Record(line, -RESERVE), self._capacity_for_sure)

    def add_return(self, note: Return, *, is_told: bool) -> None:
        """Note that a call which can block has returned; `is_told`, that its beginning is told."""
        if len(self.notes) >= self.capacity and not is_told:
            self.lost += 2
            self.lost_bytes += note[2] or 0
        else:  # if it is told, its return must be, too, or the thread would seem to wait for ever
            self._put(note, sys.maxsize)

    def add_whole(self, note: Return) -> None:
        """Note that a call which cannot block has returned."""
        self._put(note, self.capacity)

    def _put(self, note: Return | Record, capacity: int) -> None:
        if len(self.notes) >= capacity:
            self.lost += 1  # one step for the interpreter: no call in between
        else:
            self.notes.append(note)
        if not self.awake:
            self.wake()

    def wake(self) -> None:
        """Wake the writer thread. In a child it is started by what is noted first."""
        self.awake = True
        if not self._is_writing and not self.pipe.is_closed:
            self._is_writing = True
            if not start(self._write_all):  # Python 3.12 and later, at their end: `flush` writes
                self._is_writing = self.awake = False
        self._wake.ring()

    def flush(self) -> None:
        """Wait until all is written; count what is left after a while, and wait as long again."""
        self._ending = True
        if self._is_writing or self._has_work():
            self._wait_for_writer()
        if self._is_busy():
            count, size = drop_all(self.notes, self._entries)
            self.lost, self.lost_bytes = self.lost + count, self.lost_bytes + size
            self._wait_for_writer()
        self._ending = False  # an exec may fail

    def _wait_for_writer(self) -> None:
        self.wake()  # it may have found nothing to do before what is left was counted
        looks, deadline = FLUSH_LOOKS, _monotonic() + FLUSH_S
        while self._is_busy() and looks and _monotonic() < deadline:
            looks -= 1
            _sleep(0.001)
            if not self._is_writing and self.pipe.has_room():
                self._write()

    def _is_busy(self) -> bool:
        # Between two looks of the writer it is not awake, though there is work.
        return not self.pipe.is_closed and (self.awake or self._has_work())

    # What the writer thread does

    def _write_all(self) -> None:
        while True:
            self._wake.wait(self._patience_s())
            self.awake = True
            while self._has_work() and not self.pipe.is_closed:
                self.hurry.wait(PAUSE_S)
                if not self._write():
                    return
            self.awake = False
            if self._has_work() and not self.pipe.is_closed:  # noted since the last look
                self.wake()

    def _write(self) -> bool:
        """Write what there is now; return whether anybody is there to read it."""
        self._earn()
        is_read = self._write_notes() and self._write_inside() and self._write_dropped()
        if not is_read and self.child:  # which nobody ends because its reader has gone
            self.pipe.close()
            self.capacity = self._capacity_for_sure = 0
            self.notes.clear()
        return is_read

    def _has_work(self) -> bool:
        has_words = self.notes or self._count_dropped() or (not self.capacity and not self._ending)
        return bool(has_words or waiting.is_any(self._threads) or self._patience_s() == 0)

    def _patience_s(self) -> float:
        is_over = self._ending or self.pipe.is_closed
        return -1 if is_over else waiting.patience_s(self._threads)

    def _count_dropped(self) -> int:
        return self._dropped + self.lost - self._dropped_reported

    def _earn(self) -> None:
        now = _monotonic()
        self._tokens = min(BURST, self._tokens + (now - self._earned) * RATE)
        self._earned = now
        if not self.capacity and self._tokens >= BURST / 2 and not self.pipe.is_closed:
            self.capacity = QUEUE_LIMIT

    def _write_notes(self) -> bool:
        """Write what has been noted up to now."""
        before = math.inf if self._ending else _monotonic_ns() - waiting.AGAIN_NS
        self.notes.extend(waiting.take_old(self._threads, before))
        left = len(self.notes)
        while left:
            lines: list[str] = []
            for _ in range(min(left, BATCH)):
                left -= 1
                try:
                    note = self.notes.popleft()
                except IndexError:  # the rest was dropped, at the end of the program
                    left = 0
                    break
                if isinstance(note, Record):
                    if self._admit(1, note.least_tokens):
                        lines.append(note.line)
                    continue
                call = note[0]
                entry = self._entries.pop(id(call), None)
                is_whole = entry is None and call[START_NS] is not None
                if self._admit(1 + is_whole, -math.inf if entry else 0.0):
                    n = entry.number if entry else next(self.numbers)
                    lines += self._render(note, n, is_whole=is_whole)
                else:
                    self._dropped_bytes += note[2] or 0
            if not self.pipe.write(lines):
                return False
        return True

    def _render(self, note: Return, n: int, *, is_whole: bool) -> list[str]:
        """Make the records of a call that has returned; a defect of ours costs this one only."""
        try:
            return [return_record(self.run_json, n, note, is_whole=is_whole)]
        except Exception:
            self._dropped += 1 + is_whole
            self._dropped_bytes += note[2] or 0
            return []

    def _admit(self, records: int, least: float) -> bool:
        """Take tokens for records while more than `least` are left; count the records if not."""
        if self._tokens > least and (self.capacity or least):
            self._tokens -= records
            return True
        if least == 0.0:
            self.capacity = 0
        self._dropped += records
        return False

    def _write_inside(self) -> bool:
        """Tell which calls go on for some time; that costs no token, there is one a thread."""
        lines = []
        for thread, call in waiting.settled_calls(self._threads, _monotonic_ns() - SETTLE_NS):
            thread.told_call = call
            if thread.inside is call and id(call) not in self._entries:
                self._entries[id(call)] = entry = Entry(next(self.numbers), call)
                lines.append(entry_record(self.run_json, *entry))
        if self.capacity and self._tokens > 0:  # else later, when there is room
            for line in waiting.look_at_tasks(self._threads):
                self.tell_surely(line)  # it will not be found again
        return self.pipe.write(lines)

    def _write_dropped(self) -> bool:
        now = _monotonic()
        is_soon = now - self._reported < REPORT_DROPPED_S
        dropped = self._count_dropped()
        if not dropped or (not self.capacity and is_soon and not self._ending):
            return True
        size = self._dropped_bytes + self.lost_bytes - self._bytes_reported
        self._dropped_reported += dropped
        self._bytes_reported += size
        self._reported = now
        return self.pipe.write([dropped_record(self.run_json, now, dropped, size)])

    def _watch(self) -> None:
        self.pipe.wait_for_end()
        if not self.pipe.is_closed:
            self._on_close()
