"""What people keep on purpose: recordings of a room, and drafts of their own programs."""

from __future__ import annotations

import asyncio
import secrets
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from msgspec.structs import replace

from backend.domain.errors import InvalidRequest
from backend.domain.labs import Lab
from backend.domain.people import clean_name
from backend.domain.recorded_take import RecordedTake, find_take
from backend.domain.recording import VERSION, Header, lab_ids, read_header
from backend.domain.remembered import Draft, RecordingInfo
from backend.domain.takes import board_of
from backend.domain.timeline import Cursor
from backend.runtime.room import Room
from backend.runtime.store.store import Store
from backend.settings import Settings

ID_BYTES = 8
PIECE_BYTES = 65536


def record(room: Room, settings: Settings, take: RecordedTake | None = None) -> Iterator[bytes]:
    """Yield a recording of what a room's history holds now, or of one take: a header, then events.

    Each piece is read when it is asked for. What comes meanwhile is not part of it; what goes
    meanwhile is a gap.
    """
    info = room.info()
    start, limit = Cursor(0), settings.events_kept
    header = Header(
        version=VERSION,
        room=info.id,
        clock_offset_s=info.clock_offset_s,
        lab_ids=lab_ids(room.hub.read(start, limit), info.runs),
        runs=info.runs,
    )
    lines = room.hub.lines(start, limit)  # begins now
    if take is None:
        yield header.encoded() + b"\n"
        yield from lines
        return
    runs = tuple(run for run in info.runs if run.id in take.runs)
    header = replace(header, lab_ids=(take.lab,), runs=runs, lab=take.lab, take=take.number)
    yield header.encoded() + b"\n"
    for piece in lines:
        yield b"".join(line for line in piece.splitlines(keepends=True) if take.holds(line))


def take_of(room: Room, settings: Settings, lab: Lab, number: int | None) -> RecordedTake:
    """Find a take in what a room's history holds now. Raises InvalidRequest."""
    pieces = room.hub.lines(Cursor(0), settings.events_kept)
    return find_take(
        lab,
        number,
        lines=(line for piece in pieces for line in piece.splitlines()),
        runs=room.info().runs,
        present=room.takes.numbers().get(board_of(lab), 1),
    )


@dataclass(frozen=True, kw_only=True)
class Recordings:
    """The recordings that a room keeps."""

    room: Room
    store: Store
    settings: Settings

    async def all(self) -> tuple[RecordingInfo, ...]:
        """Return them, the newest first. Raises NotKept."""
        return await self.store.recordings(self.room.id)

    async def keep(
        self, name: str, *, by: str | None, take: RecordedTake | None = None
    ) -> RecordingInfo:
        """Keep the history, or one take of it. Raises InvalidRequest, LimitReached, NotKept."""
        name = clean_name(name)
        content = b"".join(record(self.room, self.settings, take))
        file = await asyncio.to_thread(zlib.compress, content)
        header = read_header(content)
        recording = RecordingInfo(
            id=secrets.token_hex(ID_BYTES),
            room=self.room.id,
            name=name,
            by=by,
            made_at=time.time(),
            events=sum(line.startswith(b'{"seq":') for line in content.splitlines()),
            size_bytes=len(content),
            labs=header.lab_ids,
        )
        await self.store.keep_recording(recording, file)
        return recording


@dataclass(frozen=True, kw_only=True)
class KeptRecording:
    """One recording of a room."""

    room: Room
    id: str
    store: Store

    async def read(self) -> tuple[RecordingInfo, Iterator[bytes]]:
        """Return what it is, and its file in pieces. Raises UnknownRecording, NotKept."""
        info, file = await self.store.recording(self.room.id, self.id)
        return info, _unpacked(file)

    async def change(
        self, *, name: str | None = None, deleted: bool | None = None
    ) -> RecordingInfo:
        """Rename, delete or bring back. Raises InvalidRequest, UnknownRecording, NotKept."""
        name = None if name is None else clean_name(name)
        return await self.store.change_recording(self.room.id, self.id, name=name, deleted=deleted)


@dataclass(frozen=True, kw_only=True)
class DraftPlace:
    """Where one person keeps a program of theirs for a lab."""

    room: Room
    person: str  # their id, empty where people have none
    lab: str
    program: str
    store: Store
    limit_bytes: int

    async def read(self) -> Draft:
        """Return the draft. Raises UnknownDraft, NotKept."""
        return await self.store.draft(self.room.id, self.person, self.lab, self.program)

    async def keep(self, text: str) -> Draft:
        """Keep this in place of what was here. Raises InvalidRequest, LimitReached, NotKept."""
        try:
            size_bytes = len(text.encode())
        except UnicodeEncodeError as error:
            raise InvalidRequest(
                f"Expected Unicode characters, got a lone surrogate at {error.start}."
            ) from None
        if size_bytes > self.limit_bytes:
            raise InvalidRequest(f"Expected at most {self.limit_bytes} bytes, got {size_bytes}.")
        draft = Draft(program=self.program, text=text, saved_at=time.time())
        await self.store.keep_draft(self.room.id, self.person, self.lab, draft)
        return draft

    async def forget(self) -> None:
        """Forget what is here, if anything. Raises NotKept."""
        await self.store.forget_draft(self.room.id, self.person, self.lab, self.program)


def _unpacked(file: bytes) -> Iterator[bytes]:
    """Yield what zlib has compressed, piece by piece."""
    unpacking = zlib.decompressobj()
    packed = file
    while packed:
        yield unpacking.decompress(packed, PIECE_BYTES)
        packed = unpacking.unconsumed_tail
    yield unpacking.flush()
