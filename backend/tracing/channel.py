"""The trace channel: the one inherited socket over which a traced program tells what it does.

It never blocks the program, and takes little of its time: a call leaves a note in a bounded queue,
a writer thread of our own makes the JSON lines. A call that is still going on after SETTLE_S is
told as entered by the writer; a short one is told whole, both phases, when it has returned.

A program that does more than anybody could follow is told in blocks: after BURST records at a rate
over RATE a second nothing more is told until half a burst is earned again, and what was left out
is counted; what matters more than most has a RESERVE. The other end may vanish at any time; then
`on_close` decides what becomes of the program. Both threads are made with `_thread`, and the socket
is used by its number only, so that neither shows in `threading.enumerate()` or among the program's
sockets.
"""

from __future__ import annotations

import _thread
import math
import os
import signal
import time
from collections import deque
from collections.abc import Callable

from backend.tracing.notes import Begun, Returned, compact, entered, returned

QUEUE_LIMIT = 8_000
RATE = 2_000.0
BURST = 8_000.0
RESERVE = 8_000.0
FLUSH_S = 1.0
SETTLE_S = 0.002
PAUSE_S = 0.004  # between two looks of the writer: it wakes 250 times a second at the most
REPORT_DROPPED_S = 0.25
BATCH = 16  # rendered in one go: as long the program may have to wait for the interpreter lock
READ_BYTES = 4096

_start_new_thread = _thread.start_new_thread
_allocate_lock = _thread.allocate_lock
_monotonic = time.monotonic


class Channel:
    """Sends JSON lines, in the order in which calls return and records are told.

    `is_full` says that a note will be left out: a caller may save itself the making.
    """

    def __init__(self, fd: int, run: str, *, on_close: Callable[[], None]) -> None:
        os.set_inheritable(fd, False)
        self.run = run
        self._run = compact(run)
        self.is_full = False
        self._fd = fd
        self._on_close = on_close
        self._queue: deque[str | Returned] = deque()
        self._inside: dict[int, Begun] = {}  # those whose beginning nobody has told
        self._dropped = 0
        self._reported = 0.0
        self._tokens = BURST
        self._earned = _monotonic()
        self._closed = False
        self._ending = False
        self._awake = False
        self._wake = _allocate_lock()
        self._wake.acquire()
        os.register_at_fork(after_in_child=self._close)
        # A signal to the process may be handed to any thread (signal(7)): to the program's, never
        # to ours, or a main thread that waits in a call would not be woken by it.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        _start_new_thread(self._write_all, ())
        _start_new_thread(self._watch, ())
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def tell(self, line: str) -> None:
        """Queue a record (one JSON object); count it instead, when there are too many."""
        self._put(line, 1, 0.0)

    def tell_surely(self, line: str) -> None:
        """Queue a record that matters more than most: it has a reserve."""
        self._put(line, 1, -RESERVE)

    def enter(self, begun: Begun) -> None:
        """Note that a call which can block begins."""
        self._inside[begun[0]] = begun
        if not self._awake:
            self._wake_writer()

    def leave(self, begun: Begun, rest: str, size: int | None, data: bytes, offset: int) -> None:
        """Note that a call has returned; `data` is what is told of its `size` bytes."""
        at = _monotonic()
        # One step for the interpreter: either the writer tells the beginning, or this note does.
        if self._inside.pop(begun[0], None) is not None:
            self._put((begun, True, at, size, data, offset, rest), 2, 0.0)
        elif begun[1] is None:
            self._put((begun, False, at, size, data, offset, rest), 1, 0.0)
        else:  # its beginning is told: its return, too, or the thread would seem to wait for ever
            self._put((begun, False, at, size, data, offset, rest), 1, -math.inf)

    def forget(self, begun: Begun) -> bool:
        """Take back the beginning of a call that was none; return whether it is untold."""
        return self._inside.pop(begun[0], None) is not None or begun[1] is None

    def _put(self, note: str | Returned, records: int, least: float) -> None:
        """Queue a note while more tokens than `least` are left; or count its records."""
        if least == 0.0 and (self.is_full or self._tokens <= 0.0):
            self.is_full = True
            self._dropped += records
        elif self._tokens <= least or len(self._queue) >= QUEUE_LIMIT:
            self._dropped += records
        else:
            self._tokens -= records
            self._queue.append(note)
        if not self._awake:
            self._wake_writer()

    def flush(self) -> None:
        """Wait, at most FLUSH_S, until everything that was told is written."""
        deadline = _monotonic() + FLUSH_S
        self._ending = True
        self._wake_writer()
        while self._awake and not self._closed and _monotonic() < deadline:
            time.sleep(0.001)

    def _wake_writer(self) -> None:
        self._awake = True
        try:
            self._wake.release()
        except RuntimeError:  # another thread was quicker
            pass

    def _close(self) -> None:
        if not self._closed:
            self._closed = True
            self.is_full = True
            os.close(self._fd)

    # What the writer thread does

    def _write_all(self) -> None:
        while not self._closed:
            self._wake.acquire()
            while self._has_work():
                self._earn()
                if not (self._write_queue() and self._write_inside() and self._write_dropped()):
                    return
                if not self._queue:
                    time.sleep(PAUSE_S)
            self._awake = False
            if self._has_work():  # noted between the last look and this line
                self._wake_writer()

    def _has_work(self) -> bool:
        is_resting = self.is_full and not self._ending
        return bool(self._queue or self._dropped or self._inside or is_resting)

    def _earn(self) -> None:
        now = _monotonic()
        self._tokens = min(BURST, self._tokens + (now - self._earned) * RATE)
        self._earned = now
        if self.is_full and self._tokens >= BURST / 2 and not self._closed:
            self.is_full = False

    def _write_queue(self) -> bool:
        lines = []
        for _ in range(min(BATCH, len(self._queue))):
            note = self._queue.popleft()
            lines.append(note if isinstance(note, str) else returned(self._run, note))
        return self._write(lines)

    def _write_inside(self) -> bool:
        """Tell which calls go on for some time; that costs no token, there is one a thread."""
        settled = _monotonic() - SETTLE_S
        lines = []
        for begun in list(self._inside.values()):
            n, began = begun[:2]
            is_settled = began is not None and began < settled
            if is_settled and self._inside.pop(n, None) is not None:
                lines.append(entered(self._run, begun))
        return self._write(lines)

    def _write_dropped(self) -> bool:
        now = _monotonic()
        is_soon = now - self._reported < REPORT_DROPPED_S
        if not self._dropped or (self.is_full and is_soon and not self._ending):
            return True
        dropped, self._dropped, self._reported = self._dropped, 0, now
        fields = {"type": "dropped", "t": now, "run": self.run, "what": "calls"}
        return self._write([compact({**fields, "count": dropped, "bytes": 0})])

    def _write(self, lines: list[str]) -> bool:
        data = "".join(line + "\n" for line in lines).encode("utf-8", "replace")
        while data:
            try:
                data = data[os.write(self._fd, data) :]
            except OSError:  # the other end is gone: the watcher acts on it
                return False
        return True

    def _watch(self) -> None:
        try:
            while os.read(self._fd, READ_BYTES):
                pass
        except OSError:
            pass
        if not self._closed:
            self._on_close()
