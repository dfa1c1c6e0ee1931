"""Where in its stream the bytes of a call stand: counted, or asked of the kernel, or not known.

As long as one thread at a time is in a direction of a stream, and uses it by its socket only,
counting is right and costs next to nothing. Once two are there at once, or the socket is used by
its number or by another process, too, each call asks the kernel before and after; and a place that
even then is not certain is not told. Nothing here takes a step of the program's away: a lock of
ours is held only around a call that gives little, and nobody waits longer for it than for a thread
that has not had its turn of the processor: not for one that the kernel holds up.
"""

from __future__ import annotations

import _thread
import time
from typing import TYPE_CHECKING, Any

from backend.tracing.kernel import has_room, sent_of, taken_of

if TYPE_CHECKING:
    from backend.tracing.traces import Trace

BY_KERNEL: Any = object()  # who is inside, where the kernel is asked
NOWHERE = -1  # a place that is not known

_SMALL_BYTES = 16_384  # what the kernel takes at once
_LOCK_S = 0.05
_LOCK_LOOKS = 20  # each after _LOCK_S: whether it is the kernel that holds up who has the lock
_LEAVE_S = 0.005  # for a thread that is inside, when a second one comes
_LOOK_S = 0.000_05

_allocate_lock = _thread.allocate_lock
_monotonic = time.monotonic
_sleep = time.sleep


class Sending:
    """One call that gives bytes to a TCP stream, from before it to after it; `me` is its thread."""

    __slots__ = (
        "_is_alone",
        "_is_counted",
        "_lock",
        "_me",
        "_real",
        "_sock",
        "_start",
        "_trace",
    )

    def __init__(self, trace: Trace, sock: Any, real: Any, size: int, me: Any) -> None:
        self._trace = trace
        self._sock = sock
        self._real = real
        self._me = me
        self._lock: Any = None
        owner = trace.sender
        self._is_counted = owner is None
        if self._is_counted:
            trace.sender = me
            self._start: int | None = trace.sent
            return
        ask_of_sending(trace)
        self._is_alone = owner is BY_KERNEL or (owner is not me and _has_left(owner))
        if size <= _SMALL_BYTES:  # whoever gives so little is hardly ever held up
            self._take_turn()
        trace.asking += 1
        self._is_alone = self._is_alone and trace.asking == 1
        self._start = sent_of(sock, real)

    def _take_turn(self) -> None:
        """Take the lock, if that can be had without waiting for what the other end does."""
        trace = self._trace
        if trace.turn is self._me:  # a signal handler's call, within the one that has the lock
            return
        for _ in range(_LOCK_LOOKS):
            lock = trace.lock
            if lock.acquire(True, _LOCK_S):
                self._lock, trace.turn = lock, self._me
                return
            if not has_room(self._sock, self._real):
                return
        if trace.lock is lock:  # who has it may never come back: nobody else is to wait for that
            trace.lock = _allocate_lock()

    def end(self, size: int) -> tuple[int, int]:
        """Return the place of the first of its bytes, and how many before were not seen."""
        trace = self._trace
        if self._is_counted:
            return end_counted(trace, self._sock, self._real, size, self._me), 0
        now, start = sent_of(self._sock, self._real), self._start
        self._release()
        if start is None or now is None or now - start != size:
            trace.unplaced += size
            return NOWHERE, 0
        is_sure = self._is_alone and not trace.is_forked
        unseen = start - trace.sent - trace.unplaced if is_sure else 0
        trace.sent, trace.unplaced = start + size, 0
        return start, max(0, unseen)

    def fail(self, limit: int) -> int | None:
        """Return how many bytes have left before it failed; None: not known."""
        now = sent_of(self._sock, self._real)
        start = self._start
        if self._is_counted:
            is_sole = leave_counted(self._trace, self._me)
            start = self._trace.sent if is_sole else self._trace.sent_before
        else:
            self._release()
        size = None if now is None or start is None else now - start
        return size if size is not None and 0 <= size <= limit else None

    def _release(self) -> None:
        self._trace.asking -= 1
        if self._lock is not None:
            if self._trace.turn is self._me:
                self._trace.turn = None
            self._lock.release()
            self._lock = None


def ask_of_sending(trace: Trace) -> None:
    """Ask the kernel from now on where what is sent stands, also of the call that is inside."""
    if trace.sender is not BY_KERNEL:
        trace.sent_before = trace.sent
        trace.asking += trace.sender is not None
        trace.sender = BY_KERNEL


def ask_of_reading(trace: Trace) -> None:
    """Ask the kernel from now on where what is taken stands, also of the call that is inside."""
    if trace.receiver is not BY_KERNEL:
        trace.received_before = trace.received
        trace.receiver = BY_KERNEL


def end_counted(trace: Trace, sock: Any, real: Any, size: int, me: Any) -> int:
    """Return the place of bytes that were given while nobody else was there, as it seemed."""
    place = trace.sent
    if not leave_counted(trace, me):
        place = trace.sent_before
        if sent_of(sock, real) != place + size:  # not only have others come: they have sent, too
            trace.unplaced += size
            return NOWHERE
    trace.sent = place + size
    return place


class Reading:
    """One call that takes bytes from a TCP stream, from before it to after it."""

    __slots__ = ("_is_counted", "_me", "_real", "_sock", "_start", "_trace")

    def __init__(self, trace: Trace, sock: Any, real: Any, me: Any) -> None:
        self._trace = trace
        self._sock = sock
        self._real = real
        self._me = me
        self._is_counted = trace.receiver is None
        if self._is_counted:
            trace.receiver = me
            return
        ask_of_reading(trace)
        self._start = taken_of(sock, real, trace.received)

    def end(self, size: int, *, is_kept: bool = False) -> int:
        """Return the place of the first of its bytes; `is_kept`: they are still to be taken."""
        if self._is_counted:
            return end_counted_reading(
                self._trace, self._sock, self._real, 0 if is_kept else size, self._me
            )
        start = self._start
        expected = (start or 0) + (0 if is_kept else size)
        now = taken_of(self._sock, self._real, expected)
        if is_kept and now is not None:
            return now if now == start else NOWHERE
        # One more: a byte of urgent data, which it has passed over. Fewer: while that is in front,
        # the kernel counts up to it only (tcp_inq).
        if now is None or start is None or now - start > size + 1:
            return NOWHERE
        self._trace.received = now
        return now - size

    def fail(self) -> None:
        """Take note that it has taken nothing."""
        if self._is_counted and self._trace.receiver is self._me:
            self._trace.receiver = None


def leave_counted(trace: Trace, me: Any) -> bool:
    """Take note that a call which was counted is over; return whether nobody else has come."""
    if trace.sender is me:
        trace.sender = None
        return True
    trace.asking -= 1
    return False


def end_counted_reading(trace: Trace, sock: Any, real: Any, size: int, me: Any) -> int:
    """Return the place of bytes that were taken while nobody else was there, as it seemed."""
    place = trace.received
    if trace.receiver is me:
        trace.receiver = None
    else:
        place = trace.received_before
        if taken_of(sock, real, place + size) != place + size:
            return NOWHERE
    trace.received = place + size
    return place


class Wire:
    """One call that uses a TCP stream by its number, in both directions: one of TLS.

    One that `sends` is to be ended by `end_sending`, also where it has failed.
    """

    __slots__ = ("_is_alone", "_real", "_sent", "_sock", "_taken", "_trace")

    def __init__(self, trace: Trace, sock: Any, real: Any, *, sends: bool) -> None:
        self._trace, self._sock, self._real = trace, sock, real
        ask_of_sending(trace)
        ask_of_reading(trace)
        trace.asking += sends
        self._is_alone = trace.asking == 1
        self._sent, self._taken = sent_of(sock, real), taken_of(sock, real, trace.received)

    def end_sending(self) -> tuple[int, int, int]:
        """Return how many bytes have gone out, their place, and how many before were not seen."""
        trace, now, start = self._trace, sent_of(self._sock, self._real), self._sent
        is_alone = self._is_alone and trace.asking == 1
        trace.asking -= 1
        if now is None or start is None or not is_alone:
            return 0, NOWHERE, 0
        unseen = 0 if trace.is_forked else max(0, start - trace.sent - trace.unplaced)
        trace.sent, trace.unplaced = now, 0
        return now - start, start, unseen

    def end_reading(self) -> tuple[int, int]:
        """Return how many bytes have come in, and their place."""
        start = self._taken
        now = taken_of(self._sock, self._real, self._trace.received)
        if now is None or start is None:
            return 0, NOWHERE
        self._trace.received = now
        return now - start, start


def _has_left(thread: Any) -> bool:
    """Wait a little until a thread has come out of its call; return whether it has."""
    call = thread.inside
    deadline = _monotonic() + _LEAVE_S
    while call is not None and thread.inside is call:
        if _monotonic() > deadline:
            return False
        _sleep(_LOOK_S)
    return True
