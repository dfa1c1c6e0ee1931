"""What is shown, and kept, of a room: its runs and clients as they are at one moment.

They are structs of msgspec, like events: one declaration says how each is written as JSON, what is
read back from it (a word that is none of its vocabulary raises), and its JSON Schema, which the
description of the API takes over. Times are Unix time or text, never of the monotonic clock.
"""

from __future__ import annotations

import msgspec

from backend.domain.events import Problem, Transport
from backend.domain.run_life import RunState


class RunInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A run. `exit_status` is negative for a signal; `started_at` is ISO 8601, UTC, to 1 ms."""

    id: str
    room: str
    lab: str
    program: str
    state: RunState
    host: str | None
    port: int | None
    pid: int | None
    started_at: str
    exit_status: int | None
    error: Problem | None


class ClientInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A browser's socket; `local` is None until it is connected."""

    id: str
    run: str
    transport: Transport
    local: str | None
    peer: str


class RoomInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A room. Unix time of an event = its `t` + `clock_offset_s`.

    `last_seq` is the number of its newest event, in the history whose identity is `epoch`.
    """

    id: str
    epoch: str
    last_seq: int
    clock_offset_s: float
    runs: tuple[RunInfo, ...]
    clients: tuple[ClientInfo, ...]
    people: tuple[()] = ()  # nobody has a name yet
