"""Events of a class: its people come and go, its host changes the room (see events.py).

And what becomes known of programs that the playground has not started.
"""

from __future__ import annotations

from typing import Literal

from backend.domain.events import Event
from backend.domain.people import Policy, Role

MemoryState = Literal["kept", "failing", "none"]


class PersonJoined(Event, frozen=True, kw_only=True, tag="person.joined"):
    """Somebody came into the room for the first time."""

    person: str
    name: str
    role: Role


class PersonRenamed(Event, frozen=True, kw_only=True, tag="person.renamed"):
    """Somebody has another name now."""

    person: str
    name: str


class PersonMuted(Event, frozen=True, kw_only=True, tag="person.muted"):
    """Somebody may not send any more, or may again."""

    person: str
    muted: bool


class PersonOnline(Event, frozen=True, kw_only=True, tag="person.online"):
    """Somebody's page is connected, or is no more."""

    person: str
    online: bool


class PersonLeft(Event, frozen=True, kw_only=True, tag="person.left"):
    """Somebody left for good; `removed`: because the host removed them."""

    person: str
    removed: bool


class MemoryChanged(Event, frozen=True, kw_only=True, tag="memory.changed"):
    """Whether what happens is remembered: `reason` says why not, `lost` how many events went."""

    state: MemoryState
    reason: str | None = None
    lost: int = 0


class PeerNamed(Event, frozen=True, kw_only=True, tag="peer.named"):
    """A program at an address that has no name of its own was given one; empty takes it away.

    With `pid` the machine itself has found which process of its own has a socket there.
    """

    address: str
    name: str
    pid: int | None = None


class RoomChanged(Event, frozen=True, kw_only=True, tag="room.changed"):
    """The room has this name, policy and door now."""

    name: str
    policy: Policy
    locked: bool


class RoomShown(Event, frozen=True, kw_only=True, tag="room.shown"):
    """The host shows a room, this one or a desk, to everybody; without `room` no more."""

    room: str | None = None
    lab: str | None = None


class RoomClosing(Event, frozen=True, kw_only=True, tag="room.closing"):
    """The room ends in `in_s` seconds, in 0 now, for a reason in words; without: it stays."""

    in_s: float | None = None
    reason: str
