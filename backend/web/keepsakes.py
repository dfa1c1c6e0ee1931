"""What a request may reach of what people keep: a part of the seam (web/playground.py)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Path

from backend.domain.permissions import Action
from backend.runtime.keepsakes import DraftPlace, KeptRecording, Recordings
from backend.runtime.room import Room
from backend.web.playground import CallerHere, LabHere, PlaygroundHere, RoomToKeep, room_to

RecordingId = Annotated[str, Path(description="The id of a recording that this room keeps.")]
ProgramName = Annotated[
    str,
    Path(
        pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$",
        description="The name of a program of one's own.",
        examples=["my_server.py"],
    ),
]


def _recordings_to(action: Action) -> Any:
    room_here = room_to(action)

    async def recordings_of(playground: PlaygroundHere, room: Room = room_here) -> Recordings:
        return Recordings(room=room, store=playground.store, settings=playground.settings)

    return Depends(recordings_of)


def _recording_to(action: Action) -> Any:
    room_here = room_to(action)

    async def recording_of(
        recording: RecordingId, playground: PlaygroundHere, room: Room = room_here
    ) -> KeptRecording:
        return KeptRecording(room=room, id=recording, store=playground.store)

    return Depends(recording_of)


RecordingsHere = Annotated[Recordings, _recordings_to("look")]
RecordingsToKeep = Annotated[Recordings, _recordings_to("keep")]
RecordingHere = Annotated[KeptRecording, _recording_to("look")]
RecordingToKeep = Annotated[KeptRecording, _recording_to("keep")]


async def draft_place_of(
    program: ProgramName,
    lab: LabHere,
    room: RoomToKeep,
    caller: CallerHere,
    playground: PlaygroundHere,
) -> DraftPlace:
    """Return where the caller keeps this program of theirs."""
    return DraftPlace(
        room=room,
        person=caller.person_id or "",
        lab=lab.id,
        program=program,
        store=playground.store,
        limit_bytes=playground.settings.draft_limit_bytes,
    )


DraftPlaceHere = Annotated[DraftPlace, Depends(draft_place_of)]
