"""The store that forgets at the end: for `--data none`, and where somebody else has the folder.

Rooms and histories live in the rooms themselves, so that nothing is to be done for them here;
recordings and drafts are held in memory, in the same bounds.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from backend.domain.errors import LimitReached, UnknownDraft, UnknownRecording
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
from backend.runtime.store.store import Watcher
from backend.settings import Settings


class ForgetfulStore:
    """Remembers nothing beyond its own end; `reason` says why, if nobody has asked for that."""

    def __init__(self, settings: Settings, reason: str | None = None) -> None:
        self._settings = settings
        self._info = MemoryInfo(state="none", reason=reason)
        self._recordings: dict[tuple[str, str], tuple[RecordingInfo, bytes]] = {}
        self._drafts: dict[tuple[str, str], dict[tuple[str, str], Draft]] = {}

    def info(self) -> MemoryInfo:
        """Return that nothing is remembered."""
        return self._info

    def load(self) -> StoreLoad:
        """Return that nothing waits."""
        return StoreLoad()

    def watch(self, watcher: Watcher) -> None:
        """Do nothing: it never changes."""

    async def open(self) -> tuple[RoomMemory, ...]:
        """Begin, with nothing."""
        return ()

    async def close(self) -> None:
        """End."""

    async def keep_room(self, room: RoomRecord, epoch: str) -> None:
        """Do nothing."""

    def note_room(self, room: RoomRecord, epoch: str) -> None:
        """Do nothing."""

    async def forget_room(self, room_id: str) -> None:
        """Forget what a room kept."""
        for key in [key for key in self._recordings if key[0] == room_id]:
            del self._recordings[key]
        for whose in [whose for whose in self._drafts if whose[0] == room_id]:
            del self._drafts[whose]

    async def keep_person(self, person: PersonRecord) -> None:
        """Do nothing."""

    async def forget_person(self, room_id: str, person_id: str) -> None:
        """Forget a person's drafts."""
        self._drafts.pop((room_id, person_id), None)

    def begin_history(self, room_id: str, epoch: str) -> None:
        """Do nothing."""

    def note_events(self, room_id: str, first: int, lines: Sequence[bytes], oldest: int) -> None:
        """Do nothing."""

    def note_run(self, room_id: str, run: RunRecord) -> None:
        """Do nothing."""

    def forget_run(self, room_id: str, run_id: str) -> None:
        """Do nothing."""

    def note_numbers(self, room_id: str, numbers: Numbers) -> None:
        """Do nothing."""

    async def recordings(self, room_id: str) -> tuple[RecordingInfo, ...]:
        """Return the recordings of a room, the newest first."""
        return tuple(reversed(self._kept(room_id)))

    async def recording(self, room_id: str, recording_id: str) -> tuple[RecordingInfo, bytes]:
        """Return a recording with its file, compressed by zlib. Raises UnknownRecording."""
        found = self._recordings.get((room_id, recording_id))
        if found is None or found[0].deleted:
            raise UnknownRecording(recording_id)
        return found

    async def keep_recording(self, recording: RecordingInfo, file: bytes) -> None:
        """Keep a recording. Raises LimitReached."""
        kept = self._kept(recording.room)
        if len(kept) >= self._settings.recordings_per_room:
            raise LimitReached("recordings", self._settings.recordings_per_room)
        size_bytes = sum(each.size_bytes for each in kept) + recording.size_bytes
        if size_bytes > self._settings.recordings_bytes:
            raise LimitReached("bytes of recordings", self._settings.recordings_bytes)
        self._forget_deleted(recording.room)
        self._recordings[recording.room, recording.id] = recording, file

    async def change_recording(
        self,
        room_id: str,
        recording_id: str,
        *,
        name: str | None = None,
        deleted: bool | None = None,
    ) -> RecordingInfo:
        """Rename, delete or bring back a recording; return it. Raises UnknownRecording."""
        key = (room_id, recording_id)
        if key not in self._recordings:
            raise UnknownRecording(recording_id)
        info, file = self._recordings[key]
        info = replace(
            info,
            name=info.name if name is None else name,
            deleted=info.deleted if deleted is None else deleted,
        )
        self._recordings[key] = info, file
        return info

    async def drafts(self, room_id: str, person_id: str, lab: str) -> tuple[Draft, ...]:
        """Return what a person has drafted for a lab."""
        drafts = self._drafts.get((room_id, person_id), {})
        return tuple(draft for key, draft in sorted(drafts.items()) if key[0] == lab)

    async def draft(self, room_id: str, person_id: str, lab: str, program: str) -> Draft:
        """Return one of them. Raises UnknownDraft."""
        try:
            return self._drafts[room_id, person_id][lab, program]
        except KeyError:
            raise UnknownDraft(program) from None

    async def keep_draft(self, room_id: str, person_id: str, lab: str, draft: Draft) -> None:
        """Keep a draft in place of the one before. Raises LimitReached."""
        drafts = self._drafts.setdefault((room_id, person_id), {})
        others = len(drafts.keys() - {(lab, draft.program)})
        if others >= self._settings.drafts_per_person:
            raise LimitReached("drafts", self._settings.drafts_per_person)
        drafts[lab, draft.program] = draft

    async def forget_draft(self, room_id: str, person_id: str, lab: str, program: str) -> None:
        """Forget a draft, if it is there."""
        self._drafts.get((room_id, person_id), {}).pop((lab, program), None)

    def _kept(self, room_id: str) -> list[RecordingInfo]:
        return [
            info
            for info, _file in self._recordings.values()
            if info.room == room_id and not info.deleted
        ]

    def _forget_deleted(self, room_id: str) -> None:
        """Let those go for good that were deleted before something new was kept."""
        for key, (info, _file) in [*self._recordings.items()]:
            if key[0] == room_id and info.deleted:
                del self._recordings[key]
