"""The store: what rooms ask of it, whatever it is made of.

What is awaited is durable when it returns, or raises NotKept. What is noted returns at once and is
durable within a second; when that fails, it waits, in bounds, and what has no room is counted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from backend.domain.remembered import (
    Draft,
    MemoryInfo,
    Numbers,
    PersonRecord,
    RecordingInfo,
    RoomMemory,
    RoomRecord,
    RunRecord,
    StoreLoad,
)

Watcher = Callable[[MemoryInfo], None]


class Store(Protocol):
    """Remembers rooms and what happened in them."""

    def info(self) -> MemoryInfo:
        """Return whether it remembers now."""

    def load(self) -> StoreLoad:
        """Return what waits to be kept."""

    def watch(self, watcher: Watcher) -> None:
        """Call this whenever that changes."""

    async def open(self) -> tuple[RoomMemory, ...]:
        """Begin; return what is remembered. Raises NotKept."""

    async def close(self) -> None:
        """Keep what was noted, and end; in bounded time."""

    async def keep_room(self, room: RoomRecord, epoch: str) -> None:
        """Keep a room as it is now."""

    def note_room(self, room: RoomRecord, epoch: str) -> None:
        """Note a room as it is now; it is kept before what is noted of it after this."""

    async def forget_room(self, room_id: str) -> None:
        """Forget a room with everything in it."""

    async def keep_person(self, person: PersonRecord) -> None:
        """Keep a person as they are now."""

    async def forget_person(self, room_id: str, person_id: str) -> None:
        """Forget a person with their drafts."""

    def begin_history(self, room_id: str, epoch: str) -> None:
        """Note that a room's history was cleared and goes on in another epoch."""

    def note_events(self, room_id: str, first: int, lines: Sequence[bytes], oldest: int) -> None:
        """Note events from a number on; those before the number `oldest` are forgotten."""

    def note_run(self, room_id: str, run: RunRecord) -> None:
        """Note a run as it is now."""

    def forget_run(self, room_id: str, run_id: str) -> None:
        """Note that a run is forgotten."""

    def note_numbers(self, room_id: str, numbers: Numbers) -> None:
        """Note the last numbers that a room gave."""

    async def recordings(self, room_id: str) -> tuple[RecordingInfo, ...]:
        """Return the recordings of a room, the newest first, without those that were deleted."""

    async def recording(self, room_id: str, recording_id: str) -> tuple[RecordingInfo, bytes]:
        """Return a recording with its file, compressed by zlib. Raises UnknownRecording."""

    async def keep_recording(self, recording: RecordingInfo, file: bytes) -> None:
        """Keep a recording. Raises LimitReached."""

    async def change_recording(
        self,
        room_id: str,
        recording_id: str,
        *,
        name: str | None = None,
        deleted: bool | None = None,
    ) -> RecordingInfo:
        """Rename, delete or bring back a recording; return it. Raises UnknownRecording."""

    async def drafts(self, room_id: str, person_id: str, lab: str) -> tuple[Draft, ...]:
        """Return what a person has drafted for a lab."""

    async def draft(self, room_id: str, person_id: str, lab: str, program: str) -> Draft:
        """Return one of them. Raises UnknownDraft."""

    async def keep_draft(self, room_id: str, person_id: str, lab: str, draft: Draft) -> None:
        """Keep a draft in place of the one before. Raises LimitReached."""

    async def forget_draft(self, room_id: str, person_id: str, lab: str, program: str) -> None:
        """Forget a draft, if it is there."""
