"""Counts what happened in all rooms since the start, from their events alone. Pure.

Bytes over the bridge that were too many to be told are in the events that say so; so nothing is
missed, and nothing on the way of a byte has to count.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from backend.domain.events import (
    ClientReceived,
    ClientSent,
    Dropped,
    Event,
    RunCrashed,
    RunExited,
    RunFailed,
    RunListening,
    RunRunning,
    RunStarted,
)

# How long starts took: up to so many seconds, each; the last one has no bound.
START_BOUNDS_S = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0)

_LOOKED_INTO = frozenset(
    {
        ClientSent, ClientReceived, Dropped, RunStarted, RunListening, RunRunning, RunExited,
        RunCrashed, RunFailed,
    }
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Census:
    """How much of everything there is now; `classes` are rooms that are no desks."""

    classes: int
    desks: int
    people_online: int
    runs: Counter[str]
    clients: int
    viewers: int


class Tally:
    """Grows with each event that it is told."""

    def __init__(self) -> None:
        self._events: Counter[type[Event]] = Counter()
        self.dropped: Counter[str] = Counter()  # by what was too much
        self.bridge_bytes: Counter[str] = Counter()  # "sent" to labs, "received", "untold"
        self.starts = [0] * (len(START_BOUNDS_S) + 1)
        self.starts_s = 0.0
        self._starting: dict[tuple[str, str], float] = {}

    @property
    def events(self) -> Counter[str]:
        """How many there were, by type."""
        return Counter({str(kind.__struct_config__.tag): n for kind, n in self._events.items()})

    def note(self, room: str, *events: Event) -> None:
        """Count events of a room."""
        for event in events:
            kind = type(event)
            self._events[kind] += 1
            if kind in _LOOKED_INTO:
                self._look_into(room, event)

    def _look_into(self, room: str, event: Event) -> None:
        match event:
            case ClientSent():
                self.bridge_bytes["sent"] += event.bytes
            case ClientReceived():
                self.bridge_bytes["received"] += event.bytes
            case Dropped():
                self.dropped[event.what] += event.count
                if event.client is not None:
                    self.bridge_bytes["untold"] += event.bytes
            case RunStarted():
                self._starting[room, event.run] = event.t
            case RunListening() | RunRunning():
                self._note_start(room, event.run, event.t)
            case RunExited() | RunCrashed() | RunFailed():
                self._starting.pop((room, event.run), None)

    def _note_start(self, room: str, run: str, t: float) -> None:
        began = self._starting.pop((room, run), None)
        if began is not None:
            took_s = t - began
            self.starts[sum(took_s > bound for bound in START_BOUNDS_S)] += 1
            self.starts_s += took_s
