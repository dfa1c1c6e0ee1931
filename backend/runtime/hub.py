"""A room's timeline with its viewers: whoever follows is sent each new event.

A viewer is a number in the timeline, nothing more (audience.py). One that is slow costs nothing,
and gets a gap when the history is shorter than its delay.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Iterator, Sequence
from typing import Protocol

from backend.domain.errors import LimitReached
from backend.domain.events import ClientReceived, ClientSent, Event, Publish
from backend.domain.remembered import RoomMemory
from backend.domain.timeline import Cursor, Excerpt, Timeline
from backend.domain.traced_events import Call, Sync, Thread
from backend.runtime.audience import Audience, Batch, Place, Viewer
from backend.runtime.beat import Beat
from backend.settings import Settings

# Of these come many at a time. They are written up together, soon, or before anybody looks: what is
# done once for all of them is not done on the way of a byte.
OF_MANY = frozenset({Call, ClientReceived, ClientSent, Sync, Thread})
GATHER_S = 0.005
GATHERED_AT_MOST = 256
EPOCH_BYTES = 8  # two histories of a room never get the same one


class HistoryLog(Protocol):
    """Where a history is kept beyond this process."""

    def note_events(self, first: int, lines: Sequence[bytes], oldest: int) -> None:
        """Note events from a number on; those before `oldest` are let go."""

    def begin_history(self, epoch: str) -> None:
        """Note that the history was cleared."""


def new_epoch() -> str:
    """Return the identity of a new history."""
    return secrets.token_hex(EPOCH_BYTES)


class Hub:
    """Publishes events; lets viewers read and follow them."""

    def __init__(
        self,
        settings: Settings,
        note: Publish | None = None,
        *,
        log: HistoryLog | None = None,
        memory: RoomMemory | None = None,
    ) -> None:
        """`log` is told all that is published, `memory` has what was published before."""
        self._settings = settings
        self._note = note  # is told of all events, for what counts them
        self._log = log
        self._history = self._make_timeline(memory.epoch if memory else new_epoch())
        self._gathered: list[Event] = []
        self._gathering: asyncio.TimerHandle | None = None
        if memory is not None:
            stretches = ((each.first, each.lines) for each in memory.history)
            self._history.restore(stretches, memory.last_seq)
        self._audience = Audience(self._batch_after, settings.batch_interval_s)
        self._beat = Beat(settings.batch_interval_s, self._audience.serve_current)
        self._batch: Batch | None = None  # the newest, and where it is from
        self._batch_key: _Key | None = None
        self._viewers = 0
        self._is_ending = False

    @property
    def epoch(self) -> str:
        """The identity of the history: another one after a restart that lost something."""
        return self._timeline.epoch

    @property
    def last_seq(self) -> int:
        """The number of the newest event."""
        return self._timeline.last_seq

    @property
    def held_bytes(self) -> int:
        """Size of the history."""
        return self._timeline.held_bytes

    @property
    def viewers(self) -> int:
        """How many follow."""
        return self._viewers

    def _make_timeline(self, epoch: str) -> Timeline:
        return Timeline(
            epoch=epoch,
            limit_events=self._settings.events_kept,
            limit_bytes=self._settings.events_kept_bytes,
        )

    def clear(self) -> None:
        """Forget the history: another one begins, and whoever follows is told so by a gap."""
        self._write_up()
        self._history = self._make_timeline(new_epoch())
        if self._log is not None:
            self._log.begin_history(self._timeline.epoch)
        self._beat.ask()

    def publish(self, *events: Event) -> int:
        """Add events to the history; return the number of the last of them."""
        if self._note is not None:
            self._note(*events)
        self._gathered += events
        seq = self._history.last_seq + len(self._gathered)
        if len(self._gathered) >= GATHERED_AT_MOST or not OF_MANY.issuperset(map(type, events)):
            self._write_up()
        elif self._gathering is None:
            loop = asyncio.get_running_loop()
            self._gathering = loop.call_later(GATHER_S, self._end_gathering)
        self._beat.ask()
        return seq

    @property
    def _timeline(self) -> Timeline:
        """The history with all that was published: nobody sees what has only been gathered."""
        self._write_up()
        return self._history

    def _end_gathering(self) -> None:
        self._gathering = None
        self._write_up()

    def _write_up(self) -> None:
        """Take what was gathered into the history."""
        if self._gathered:
            events, self._gathered = self._gathered, []
            lines = self._history.extend(events)
            if self._log is not None:
                first = self._history.last_seq - len(lines) + 1
                self._log.note_events(first, lines, self._history.first_seq)

    def read(self, cursor: Cursor, limit_events: int) -> Excerpt:
        """Return at most so many events after that cursor."""
        return self._timeline.read(
            cursor, limit_events=limit_events, limit_bytes=self._settings.events_kept_bytes
        )

    def lines(self, cursor: Cursor, limit_events: int) -> Iterator[bytes]:
        """Yield at most so many events after that cursor, up to the newest of now, as JSON lines.

        They come in pieces of at most `download_piece_bytes`, or one event, each read from the
        history when it is asked for; a gap tells what has gone from there before.
        """
        for excerpt in self._timeline.pieces(
            cursor,
            limit_events=limit_events,
            piece_events=self._settings.batch_limit_events,
            piece_bytes=self._settings.download_piece_bytes,
        ):
            yield b"".join(line + b"\n" for line in excerpt.lines)

    async def wait(self, cursor: Cursor, within_s: float) -> None:
        """Return once there is something after that cursor, or the time is over.

        What comes first is let gather for `batch_interval_s`. Raises LimitReached when too many
        follow already.
        """
        with self._viewing():
            if self._has_news(cursor):
                return
            try:
                async with asyncio.timeout(within_s):
                    while not (self._has_news(cursor) or self._is_ending):
                        await self._beat.wait()
            except TimeoutError:
                return
            await asyncio.sleep(self._settings.batch_interval_s)

    def end_waits(self) -> None:
        """Let whoever waits go, now and from now on: the room ends."""
        self._write_up()
        self._is_ending = True
        self._beat.ask()

    def _has_news(self, cursor: Cursor) -> bool:
        excerpt = self._timeline.read(cursor, limit_events=1, limit_bytes=1)
        return excerpt.gap is not None or bool(excerpt.events)

    @contextlib.contextmanager
    def _viewing(self) -> Iterator[None]:
        """Count one who follows. Raises LimitReached."""
        if self._viewers >= self._settings.viewers_per_room:
            raise LimitReached("viewers", self._settings.viewers_per_room)
        self._viewers += 1
        try:
            yield
        finally:
            self._viewers -= 1

    @contextlib.contextmanager
    def follow(self, viewer: Viewer, cursor: Cursor) -> Iterator[Place]:
        """Send somebody JSON arrays of the events after that cursor.

        Who is up to date gets the next one at the beat, together with all others; who is behind
        gets the rest as fast as they take it. Raises LimitReached when too many follow already.
        """
        with self._viewing(), self._beat.felt():
            place = self._audience.add(viewer, Cursor(cursor.after, cursor.epoch or self.epoch))
            try:
                yield place
            finally:
                self._audience.remove(place)

    def _batch_after(self, cursor: Cursor) -> Batch | None:
        """Return the batch after a cursor, the same one to all who stand there; None at the end."""
        key = (cursor, self.epoch, self.last_seq)
        if self._batch_key == key:
            return self._batch
        excerpt = self._timeline.read(
            cursor,
            limit_events=self._settings.batch_limit_events,
            limit_bytes=self._settings.batch_limit_bytes,
        )
        if excerpt.gap is None and not excerpt.events:
            return None
        text = b"[" + b",".join(excerpt.lines) + b"]"
        self._batch = Batch(text, excerpt.end, is_last=excerpt.end.after == self.last_seq)
        self._batch_key = key
        return self._batch


# Where a batch is from: after which place, of which history, and where that ended then.
_Key = tuple[Cursor, str, int]
