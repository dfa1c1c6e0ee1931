"""Ends what nobody uses: programs after a while, rooms after a longer one, announced beforehand.

A program is in use while it makes socket calls or is typed into, and as long as anybody looks at
its room; a room as long as anybody is in it, or one of its programs or desks is in use. Only in a
hosted playground: locally everything is its owner's.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Coroutine
from typing import Any

from backend.domain.events import Problem, RunEnding
from backend.domain.idle import Idleness, IdleStep
from backend.runtime.changes import Changes
from backend.runtime.room import Room
from backend.runtime.rooms import Rooms
from backend.runtime.runs import Run
from backend.settings import Settings

LOOK_S = 5.0  # between two looks, or a quarter of the notice

log = logging.getLogger(__name__)


class IdleEnds:
    """Looks at all rooms and programs again and again."""

    def __init__(self, rooms: Rooms, changes: Changes, settings: Settings) -> None:
        self._rooms = rooms
        self._changes = changes
        self._settings = settings
        self._of_runs: dict[Run, Idleness] = {}
        self._of_rooms: dict[Room, Idleness] = {}

    @contextlib.asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """Look on as long as the block lasts, where the playground is hosted."""
        if not self._settings.is_hosted:
            yield
            return
        watch = asyncio.create_task(self._watch(), name="idle ends")
        try:
            yield
        finally:
            watch.cancel()
            await asyncio.wait({watch})

    async def _watch(self) -> None:
        pause_s = min(LOOK_S, self._settings.idle_notice_s / 4)
        while True:
            await asyncio.sleep(pause_s)
            try:
                await asyncio.gather(*self._look(time.monotonic()))
            except Exception:
                log.exception("idle ends: a look failed")

    def _look(self, now: float) -> list[Coroutine[Any, Any, None]]:
        """Announce what is to be announced; return what is to be done."""
        rooms = {run: room for room in self._rooms for run in room.runs if not run.life.has_ended}
        classes = self._rooms.classes()
        limit_s = self._settings.run_idle_s
        self._of_runs = {run: self._of_runs.get(run) or self._new(limit_s, now) for run in rooms}
        limit_s = self._settings.room_idle_s
        self._of_rooms = {
            room: self._of_rooms.get(room) or self._new(limit_s, now) for room in classes
        }
        ends = [self._look_at_run(run, room, now) for run, room in rooms.items()]
        ends += [self._look_at_room(room, now) for room in classes]
        return [end for end in ends if end is not None]

    def _new(self, limit_s: float, now: float) -> Idleness:
        return Idleness(limit_s=limit_s, notice_s=self._settings.idle_notice_s, since=now)

    def _look_at_run(self, run: Run, room: Room, now: float) -> Coroutine[Any, Any, None] | None:
        idle = self._of_runs[run]
        match idle.look(now if room.hub.viewers else run.used_at, now):
            case IdleStep.ANNOUNCE | IdleStep.STAY:
                room.hub.publish(RunEnding(t=now, run=run.id, in_s=idle.ends_in_s(now)))
            case IdleStep.END:
                limit_s = self._settings.run_idle_s
                message = f"Socket Lab ended it, for nobody used it for {limit_s:g} s."
                return run.stop(why=Problem(code="idle", message=message))
        return None

    def _look_at_room(self, room: Room, now: float) -> Coroutine[Any, Any, None] | None:
        idle = self._of_rooms[room]
        reason = f"nobody has used it for {self._settings.room_idle_s:.0f} s"
        here = [room, *self._rooms.desks_of(room)]
        match idle.look(max(_used_at(each, now) for each in here), now):
            case IdleStep.ANNOUNCE | IdleStep.STAY:
                room.announce_end(reason, in_s=idle.ends_in_s(now))
            case IdleStep.END:
                return self._changes.close_room(room, reason=reason)
        return None


def _used_at(room: Room, now: float) -> float:
    """Return when a room was last used: now, as long as anybody is there."""
    if room.hub.viewers or any(person.online for person in room.people):
        return now
    return max((run.used_at for run in room.runs), default=0.0)
