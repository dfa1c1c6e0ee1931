"""When something that nobody uses ends: after a while, and not without a word before."""

from __future__ import annotations

from enum import Enum, auto


class IdleStep(Enum):
    """What is to be done about something that may be idle."""

    NOTHING = auto()
    ANNOUNCE = auto()  # it ends after the notice, unless somebody uses it
    STAY = auto()  # somebody did: it does not end
    END = auto()


class Idleness:
    """Whether something is idle: it ends `limit_s` after its last use, announced `notice_s` before.

    Times are in seconds, given by the caller; `since` is when it began to be.
    """

    def __init__(self, *, limit_s: float, notice_s: float, since: float = 0.0) -> None:
        self._since = since
        self._limit_s = limit_s
        self._notice_s = min(notice_s, limit_s)
        self._ends_at: float | None = None  # as it was announced

    def look(self, used_at: float, now: float) -> IdleStep:
        """Return what is to be done now, when it was last used at this time."""
        used_at = max(used_at, self._since)
        if self._ends_at is not None:
            if used_at + self._limit_s > self._ends_at:
                self._ends_at = None
                return IdleStep.STAY
            return IdleStep.END if now >= self._ends_at else IdleStep.NOTHING
        if now >= used_at + self._limit_s - self._notice_s:
            # Who looks late gives the whole notice nevertheless.
            self._ends_at = max(used_at + self._limit_s, now + self._notice_s)
            return IdleStep.ANNOUNCE
        return IdleStep.NOTHING

    def ends_in_s(self, now: float) -> float | None:
        """Return in how many seconds it ends, if that is announced."""
        return None if self._ends_at is None else max(0.0, self._ends_at - now)
