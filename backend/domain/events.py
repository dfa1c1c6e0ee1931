"""Events: frozen values, one class a type, encoded once.

Each event carries `t`, its time in seconds on CLOCK_MONOTONIC (comparable between processes of one
machine, clock_gettime(2)). Its number, `seq`, is given by the timeline that it enters.
Payloads are the first PAYLOAD_LIMIT_BYTES as base64 in `data`, beside the true size in `bytes`.
"""

from __future__ import annotations

from binascii import b2a_base64
from typing import Literal, Protocol

import msgspec

from backend.domain.errors import ErrorCode

PAYLOAD_LIMIT_BYTES = 2048

Transport = Literal["udp", "tcp"]
Stream = Literal["stdout", "stderr", "stdin"]
Surplus = Literal["output", "calls", "messages"]  # what was too much to tell
ProblemCode = Literal[
    ErrorCode, "crashed", "restarted", "excess", "reset", "unreachable", "too_big", "timeout",
    "bad_message", "failed", "foreign", "idle",
]  # fmt: skip


def payload(data: bytes | bytearray | memoryview) -> str:
    """Return the part of the data that an event tells, as base64."""
    return b2a_base64(data[:PAYLOAD_LIMIT_BYTES], newline=False).decode("ascii")


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """An error as data: a code for scripts, a message for people."""

    code: ProblemCode
    message: str


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type"):
    """One thing that happened."""

    t: float


class Publish(Protocol):
    """What takes events into a timeline, in their order."""

    def __call__(self, *events: Event) -> object:
        """Take events."""


class RunStarted(Event, frozen=True, kw_only=True, tag="run.started"):
    """A process was made, not before `t`, and before its first call.

    `owner` and `name` are whose it is, where people have names.
    """

    run: str
    lab: str
    program: str
    pid: int
    args: tuple[str, ...]
    owner: str | None = None
    name: str | None = None


class RunListening(Event, frozen=True, kw_only=True, tag="run.listening"):
    """A server holds its port: bind(2) for UDP, listen(2) for TCP."""

    run: str
    host: str
    port: int
    transport: Transport


class RunRunning(Event, frozen=True, kw_only=True, tag="run.running"):
    """A client or demo program began."""

    run: str


class RunSlowed(Event, frozen=True, kw_only=True, tag="run.slowed"):
    """The program uses more of the processor than it may, and is slowed; or it is no more."""

    run: str
    slowed: bool


class RunEnding(Event, frozen=True, kw_only=True, tag="run.ending"):
    """Nobody uses the program: it ends in `in_s` seconds, if it is not used; without: it stays."""

    run: str
    in_s: float | None = None


class RunPlaced(Event, frozen=True, kw_only=True, tag="run.placed"):
    """A program from outside is one of this lab's: it said so, or it talks on the lab's port."""

    run: str
    lab: str


class RunStopping(Event, frozen=True, kw_only=True, tag="run.stopping"):
    """Somebody asked the run to end: `by` is a person's id, `why` what else than a person did."""

    run: str
    by: str | None = None
    why: Problem | None = None


class RunExited(Event, frozen=True, kw_only=True, tag="run.exited"):
    """The process ended by itself with status 0, or because it was stopped.

    `exit_status` is negative for a signal, as in subprocess; None for a program that runs elsewhere
    and was lost sight of. `error` says that a restart of the playground ended it.
    """

    run: str
    exit_status: int | None = None
    error: Problem | None = None


class RunCrashed(Event, frozen=True, kw_only=True, tag="run.crashed"):
    """The process ended by itself with an error."""

    run: str
    exit_status: int
    error: Problem


class RunFailed(Event, frozen=True, kw_only=True, tag="run.failed"):
    """The program could not start, or a defect of ours ended it."""

    run: str
    error: Problem
    exit_status: int | None = None


class Output(Event, frozen=True, kw_only=True, tag="output"):
    """A piece of text that a program printed (stdout, stderr) or was typed into it (stdin)."""

    run: str
    stream: Stream
    text: str


class Dropped(Event, frozen=True, kw_only=True, tag="dropped"):
    """That much was not told, because it was more than anybody could read."""

    what: Surplus
    count: int
    bytes: int
    run: str | None = None
    client: str | None = None


class TakeBegan(Event, frozen=True, kw_only=True, tag="take.began"):
    """The board of a lab was cleared: what comes now is its take with this number."""

    lab: str
    take: int


class ClientOpened(Event, frozen=True, kw_only=True, tag="client.opened"):
    """A browser's socket exists; `owner` and `name` are whose, where people have names.

    `number` is its own in the lab's take (domain/takes.py).
    """

    client: str
    run: str
    transport: Transport
    local: str
    peer: str
    number: int | None = None
    owner: str | None = None
    name: str | None = None


class ClientSent(Event, frozen=True, kw_only=True, tag="client.sent"):
    """The kernel took these bytes from a client."""

    client: str
    run: str
    bytes: int
    data: str


class ClientReceived(Event, frozen=True, kw_only=True, tag="client.received"):
    """A client received these bytes: one datagram, or one piece of the stream."""

    client: str
    run: str
    bytes: int
    data: str


class ClientEof(Event, frozen=True, kw_only=True, tag="client.eof"):
    """The lab closed its sending side (TCP FIN)."""

    client: str
    run: str


class ClientShutdown(Event, frozen=True, kw_only=True, tag="client.shutdown"):
    """The client closed its sending side (TCP FIN); answers still arrive."""

    client: str
    run: str


class ClientFailed(Event, frozen=True, kw_only=True, tag="client.failed"):
    """The kernel refused something to a client."""

    client: str
    run: str
    code: ProblemCode
    message: str


class ClientClosed(Event, frozen=True, kw_only=True, tag="client.closed"):
    """A browser's socket is gone."""

    client: str
    run: str
