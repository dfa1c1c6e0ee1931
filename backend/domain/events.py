"""Events: frozen values, one class a type, encoded once.

Each event carries `t`, its time in seconds on CLOCK_MONOTONIC (comparable between processes of one
machine, clock_gettime(2)). Its number, `seq`, is given by the timeline that it enters.
Payloads are the first PAYLOAD_LIMIT_BYTES as base64 in `data`, beside the true size in `bytes`.
"""

from __future__ import annotations

from base64 import b64encode
from typing import Literal

import msgspec

from backend.domain.errors import ErrorCode

PAYLOAD_LIMIT_BYTES = 2048

Transport = Literal["udp", "tcp"]
SocketTransport = Literal["udp", "tcp", "unix"]  # of a socket that a program made for itself
Stream = Literal["stdout", "stderr", "stdin"]
Surplus = Literal["output", "calls", "messages"]  # what was too much to tell
Phase = Literal["enter", "return"]
BlockingCall = Literal[
    "accept", "connect", "connect_ex", "recv", "recv_into", "recvfrom", "recvfrom_into",
    "recvmsg", "recvmsg_into", "send", "sendall", "sendfile", "sendmsg", "sendto",
]  # fmt: skip
InstantCall = Literal[
    "bind", "close", "detach", "dup", "listen", "setblocking", "setsockopt", "settimeout",
    "shutdown", "socket", "socketpair",
]  # fmt: skip
SocketCall = Literal[BlockingCall, InstantCall]
ThreadStep = Literal["starts", "began", "ended", "joins", "joined", "sleeps", "slept"]
SyncStep = Literal[
    "made", "waiting", "acquired", "missed", "timeout", "interrupted", "released", "set",
    "cleared", "notified", "woken",
]  # fmt: skip
SyncKind = Literal["Lock", "RLock", "Condition", "Semaphore", "BoundedSemaphore", "Event"]
Awaited = Literal["notify", "set"]
ProblemCode = Literal[
    ErrorCode, "crashed", "restarted", "excess", "reset", "unreachable", "too_big", "timeout",
    "bad_message", "failed", "foreign", "idle",
]  # fmt: skip


def payload(data: bytes | bytearray | memoryview) -> str:
    """Return the part of the data that an event tells, as base64."""
    return b64encode(data[:PAYLOAD_LIMIT_BYTES]).decode("ascii")


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """An error as data: a code for scripts, a message for people."""

    code: ProblemCode
    message: str


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type"):
    """One thing that happened."""

    t: float


class RunStarted(Event, frozen=True, kw_only=True, tag="run.started"):
    """A process was made; `owner` and `name` are whose, where people have names."""

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


class Call(Event, frozen=True, kw_only=True, tag="call"):
    """A socket call of a program, as `tracing/sockets.py` tells it.

    A call that can block has two events with one number `n`: `phase` enter and return. `socket` is
    the number of the socket in its run; `offset` the place of the first byte in the TCP stream of
    that socket and direction; `error` the name of the errno, or `timeout`.
    """

    run: str
    call: SocketCall
    n: int
    socket: int
    transport: SocketTransport
    thread: str
    tid: int
    phase: Phase | None = None
    file: str | None = None
    line: int | None = None
    local: str | None = None
    peer: str | None = None
    error: str | None = None
    bytes: int | None = None
    data: str | None = None
    offset: int | None = None
    accepted: int | None = None
    address: str | None = None
    backlog: int | None = None
    how: str | None = None
    option: str | None = None
    value: float | bool | None = None
    flags: str | None = None
    held: int | None = None


class Thread(Event, frozen=True, kw_only=True, tag="thread"):
    """A thread of a program: it began, ended, joins another, sleeps (`tracing/threads.py`)."""

    run: str
    event: ThreadStep
    thread: str
    tid: int
    other: str | None = None
    ended: bool | None = None
    file: str | None = None
    line: int | None = None


class Sync(Event, frozen=True, kw_only=True, tag="sync"):
    """What a thread did to a lock, semaphore, event or condition (`tracing/locks.py`).

    `object` is its number in the run; `name` what the program calls it, or its kind with a number
    where that is not certain; `waiting` and `woke` are numbers of threads.
    """

    run: str
    event: SyncStep
    thread: str
    tid: int
    object: int
    kind: SyncKind
    name: str | None = None
    value: int | None = None
    until: Awaited | None = None
    waiting: tuple[int, ...] | None = None
    woke: tuple[int, ...] | None = None
    file: str | None = None
    line: int | None = None


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


# What the tracer inside of a program tells.
TraceEvent = Call | Thread | Sync | Dropped
