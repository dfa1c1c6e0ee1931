"""What outlives a playground: rooms, people, runs, histories, recordings, drafts.

The values here are what the store takes and gives back, whatever it is made of. Times are Unix
time; lines of a history are events as they went out (domain/timeline.py).
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from backend.domain.class_events import MemoryState
from backend.domain.people import Policy, Role
from backend.domain.room_info import RunInfo, Shown
from backend.domain.takes import LabTake


class MemoryInfo(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a playground remembers: `reason` says why it does not, `lost` how many events went.

    `failing` is what passes: what happens is kept for later, as much as there is room for.
    """

    state: MemoryState
    reason: str | None = None
    lost: int = 0


class StoreLoad(msgspec.Struct, frozen=True, kw_only=True):
    """How the store is: what waits, the first of it for `lag_s` seconds; what was lost."""

    memory: MemoryState = "none"
    lost_events: int = 0
    waiting_events: int = 0
    lag_s: float = 0.0


class RoomRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A room, or a desk: then `parent` is its room and `owner` the person whose it is."""

    id: str
    code: str | None = None
    name: str = ""
    policy: Policy = "together"
    locked: bool = False
    parent: str | None = None
    owner: str | None = None
    shown: Shown | None = None
    peers: dict[str, str] = {}
    made_at: float = 0.0


class PersonRecord(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody of a room; of their credential only the hash is kept."""

    room: str
    id: str
    name: str
    role: Role
    muted: bool
    token_hash: bytes


class StartRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody asked to start, as they asked for it: to start the same again."""

    lab: str
    program: str
    port: int | None
    args: tuple[str, ...]


class RunRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A run as it was last seen, and what was asked for."""

    info: RunInfo
    request: StartRequest


class Numbers(msgspec.Struct, frozen=True, kw_only=True):
    """The last numbers that a room gave: to a run, a client, a person; the takes of its labs."""

    run: int = 0
    client: int = 0
    person: int = 0
    takes: dict[str, LabTake] = {}


class Stretch(msgspec.Struct, frozen=True, kw_only=True):
    """Events of a history without a hole between them, from the number `first` on."""

    first: int
    lines: Sequence[bytes]

    @property
    def last(self) -> int:
        """The number of the last one."""
        return self.first + len(self.lines) - 1


class RoomMemory(msgspec.Struct, frozen=True, kw_only=True):
    """All that is remembered of one room; `last_seq` also where its events are gone."""

    record: RoomRecord
    epoch: str
    last_seq: int
    numbers: Numbers
    people: tuple[PersonRecord, ...]
    runs: tuple[RunRecord, ...]
    history: tuple[Stretch, ...]


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A learner's own program for a lab, as it was last saved."""

    program: str
    text: str
    saved_at: float


class RecordingInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A recording that a room keeps; `by` is the id of whoever kept it, where people have one.

    `size_bytes` is that of the file. One that was deleted comes back as long as `deleted` says so.
    """

    id: str
    room: str
    name: str
    by: str | None
    made_at: float
    events: int
    size_bytes: int
    labs: tuple[str, ...]
    deleted: bool = False
