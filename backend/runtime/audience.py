"""Who follows a timeline: a place in it each, and somebody to send arrays of events to.

Who is up to date is served at the beat, all in one go, and gets the same array, made and wrapped
once. Who is behind is served between the beats, one array each in turn, as fast as they take them,
with room for everything else in between; from the last of them to a beat an interval passes, too.
Who has not yet taken what they were sent costs nothing.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from backend.domain.timeline import Cursor


class Viewer(Protocol):
    """One who follows. None of these raises or waits."""

    def send(self, batch: Batch) -> bool:
        """Send an array of events; return whether more may be sent at once.

        Where it may not, `Place.go_on` says when.
        """

    def fail(self, defect: Exception) -> None:
        """Note that nothing more comes, for a defect of ours."""


@dataclass(eq=False)
class Batch:
    """A JSON array of events for all who stand at one place; `end` is where they stand then.

    `is_last`: nothing came after them when it was made.
    """

    text: bytes
    end: Cursor
    is_last: bool
    _wrapped: bytes | None = None

    def wrapped(self, wrap: Callable[[bytes], bytes]) -> bytes:
        """Return the text as it goes out. It is wrapped once, so all have to wrap it alike."""
        if self._wrapped is None:
            self._wrapped = wrap(self.text)
        return self._wrapped


class Place:
    """Where one who follows stands."""

    __slots__ = ("_audience", "cursor", "rests_until_s", "viewer")

    def __init__(self, audience: Audience, viewer: Viewer, cursor: Cursor) -> None:
        self.viewer = viewer
        self.cursor = cursor
        self.rests_until_s = 0.0  # on the clock of the event loop
        self._audience = audience

    def go_on(self) -> None:
        """Let the viewer have more, who can take it again."""
        self._audience.go_on(self)


class Audience:
    """All who follow one timeline. `next_batch` reads it; None at its end.

    A place is current, behind, or resting; or its viewer has to take what was sent first.
    """

    def __init__(self, next_batch: Callable[[Cursor], Batch | None], interval_s: float) -> None:
        self._next_batch = next_batch
        self._interval_s = interval_s
        self._places: set[Place] = set()
        self._current: dict[Place, None] = {}  # have everything, and wait for the beat
        self._resting: dict[Place, None] = {}  # the same, but not for a beat that comes at once
        self._behind: deque[Place] = deque()
        self._turn: asyncio.Handle | None = None  # of the first of those

    def add(self, viewer: Viewer, cursor: Cursor) -> Place:
        """Let one follow from there on."""
        place = Place(self, viewer, cursor)
        self._places.add(place)
        self.go_on(place)
        return place

    def remove(self, place: Place) -> None:
        """Let one follow no more."""
        self._places.discard(place)
        self._current.pop(place, None)
        self._resting.pop(place, None)
        if place in self._behind:
            self._behind.remove(place)

    def go_on(self, place: Place) -> None:
        """Let one who can take something have what comes next, when their turn comes."""
        has_all = place in self._current or place in self._resting
        if place in self._places and not has_all and place not in self._behind:
            self._line_up(place)

    # At the beat

    def serve_current(self) -> bool:
        """Send what is new to all who had everything; return whether some are to wait for it."""
        self._end_rests()
        start: Cursor | None = None
        batch: Batch | None = None
        for place in list(self._current):
            try:
                if place.cursor is not start:
                    start = place.cursor
                    batch = self._next_batch(start)
                if batch is None:
                    continue
                place.cursor = batch.end
                is_ready = place.viewer.send(batch)
                if is_ready and batch.is_last:
                    continue
                del self._current[place]
                if is_ready:
                    self._line_up(place)
            except Exception as defect:
                self._fail(place, defect)
        return bool(self._resting)

    def _end_rests(self) -> None:
        now_s = asyncio.get_running_loop().time()
        for place in [each for each in self._resting if each.rests_until_s <= now_s]:
            del self._resting[place]
            self._current[place] = None

    # In turn

    def _line_up(self, place: Place) -> None:
        self._behind.append(place)
        self._ask_for_turn()

    def _ask_for_turn(self) -> None:
        if self._turn is None:
            self._turn = asyncio.get_running_loop().call_soon(self._serve_first_behind)

    def _serve_first_behind(self) -> None:
        self._turn = None
        if not self._behind:
            return
        place = self._behind.popleft()
        try:
            self._serve(place)
        except Exception as defect:
            self._fail(place, defect)
        if self._behind:
            self._ask_for_turn()

    def _serve(self, place: Place) -> None:
        batch = self._next_batch(place.cursor)
        if batch is None:
            self._current[place] = None
            return
        place.cursor = batch.end
        is_ready = place.viewer.send(batch)
        if is_ready and batch.is_last:
            place.rests_until_s = asyncio.get_running_loop().time() + self._interval_s
            self._resting[place] = None
        elif is_ready:
            self._line_up(place)

    def _fail(self, place: Place, defect: Exception) -> None:
        self.remove(place)
        place.viewer.fail(defect)
