"""What is shown, and kept, of a room: its runs and clients as they are at one moment.

They are structs of msgspec, like events: one declaration says how each is written as JSON, what is
read back from it (a word that is none of its vocabulary raises), and its JSON Schema, which the
description of the API takes over. Times are Unix time or text, never of the monotonic clock.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from backend.domain.events import Problem, Transport
from backend.domain.people import PersonInfo, Policy
from backend.domain.run_state import RunState

RunKind = Literal["process", "tab", "outside"]


class RunInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A run. `exit_status` is negative for a signal; `started_at` is ISO 8601, UTC, to 1 ms.

    `owner` is the id of the person who started it, where people have names.
    """

    id: str
    room: str
    lab: str
    program: str
    kind: RunKind = "process"
    owner: str | None = None
    state: RunState
    host: str | None
    port: int | None
    pid: int | None
    started_at: str
    exit_status: int | None
    error: Problem | None


class ClientInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A browser's socket; `local` is None until it is connected, `owner` a person's id.

    `number` is its own in the lab's take.
    """

    id: str
    run: str
    transport: Transport
    local: str | None
    peer: str
    number: int | None = None
    owner: str | None = None


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What the host shows to everybody: a room, this one or a desk, and a lab in it."""

    room: str
    lab: str | None = None


class RoomInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A room. Unix time of an event = its `t` + `clock_offset_s`.

    `last_seq` is the number of its newest event, in the history whose identity is `epoch`. `code`
    is what a guest says to come in; the local room and desks have none. `peers` are the names given
    to addresses, `takes` the numbers of the labs' present takes; the first of each is not named.
    """

    id: str
    code: str | None = None
    name: str = ""
    policy: Policy = "together"
    locked: bool = False
    shown: Shown | None = None
    epoch: str
    last_seq: int
    clock_offset_s: float
    runs: tuple[RunInfo, ...]
    clients: tuple[ClientInfo, ...]
    people: tuple[PersonInfo, ...] = ()
    peers: dict[str, str] = {}
    takes: dict[str, int] = {}
