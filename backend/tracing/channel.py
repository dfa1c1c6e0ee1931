"""The trace channel: the one inherited socket over which a traced program tells what it does.

It never blocks the program: `tell` appends to a bounded queue, a writer thread of our own empties
it, and what did not fit is counted and told. The other end may vanish at any time; then the
`on_close` of the watcher thread decides what becomes of the program.

Both threads are made with `_thread`, and the socket is used by its number only, so that neither
shows in `threading.enumerate()` or among the program's sockets.
"""

from __future__ import annotations

import _thread
import json
import os
import signal
import time
from collections import deque
from collections.abc import Callable
from typing import Any

QUEUE_LIMIT = 20_000
FLUSH_S = 1.0
BATCH = 500
READ_BYTES = 4096

Record = dict[str, Any]


class Channel:
    """Sends records, one JSON object a line, in the order in which they were told."""

    def __init__(self, fd: int, *, on_close: Callable[[], None]) -> None:
        os.set_inheritable(fd, False)
        self._fd = fd
        self._on_close = on_close
        self._queue: deque[Record] = deque()
        self._dropped = 0
        self._closed = False
        self._signalled = False
        self._wake = _thread.allocate_lock()
        self._wake.acquire()
        self._idle = _thread.allocate_lock()
        os.register_at_fork(after_in_child=self._close)
        # A signal to the process may be handed to any thread (signal(7)): to the program's, never
        # to ours, or a main thread that waits in a call would not be woken by it.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        _thread.start_new_thread(self._write_all, ())
        _thread.start_new_thread(self._watch, ())
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def tell(self, record: Record) -> None:
        """Queue a record; count it instead, when the queue is full."""
        if self._closed:
            return
        if len(self._queue) >= QUEUE_LIMIT:
            self._dropped += 1
            return
        self._queue.append(record)
        if not self._signalled:
            self._signalled = True
            try:
                self._wake.release()
            except RuntimeError:  # another thread was quicker: the writer is awake
                pass

    def flush(self) -> None:
        """Wait, at most FLUSH_S, until everything that was told is written."""
        deadline = time.monotonic() + FLUSH_S
        while (self._queue or self._dropped) and not self._closed:
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                return
            self.tell_writer()
            time.sleep(min(0.001, remaining))
        if self._idle.acquire(timeout=max(0.0, deadline - time.monotonic())):
            self._idle.release()

    def tell_writer(self) -> None:
        """Wake the writer thread, if it sleeps."""
        if self._wake.locked():
            try:
                self._wake.release()
            except RuntimeError:
                pass

    def _close(self) -> None:
        if not self._closed:
            self._closed = True
            os.close(self._fd)

    def _write_all(self) -> None:
        encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode
        while not self._closed:
            self._wake.acquire()
            self._signalled = False
            with self._idle:
                while self._queue or self._dropped:
                    dropped, self._dropped = self._dropped, 0
                    batch = [self._queue.popleft() for _ in range(min(BATCH, len(self._queue)))]
                    if dropped:
                        batch.append({"type": "dropped", "what": "calls", "count": dropped})
                    lines = "".join(encode(record) + "\n" for record in batch)
                    if not self._write(lines.encode("utf-8", "replace")):
                        return

    def _write(self, data: bytes) -> bool:
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
