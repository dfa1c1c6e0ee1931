"""Events of what a program does, as the tracer inside of it tells them (see events.py)."""

from __future__ import annotations

from typing import Literal

from backend.domain.events import Dropped, Event

SocketTransport = Literal["udp", "tcp", "unix"]  # of a socket that a program made for itself
SocketKind = Literal["datagram", "stream"]  # of a unix socket
NoFin = Literal["unread", "linger", "over"]  # RST for what was not read, or by SO_LINGER; nothing
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
ThreadStep = Literal[
    "starts", "began", "ended", "joins", "joined", "sleeps", "slept", "waits", "waited", "failed",
]  # fmt: skip
SyncStep = Literal[
    "made", "waiting", "acquired", "missed", "timeout", "interrupted", "released", "set",
    "cleared", "notified", "woken", "failed",
]  # fmt: skip
SyncKind = Literal["Lock", "RLock", "Condition", "Semaphore", "BoundedSemaphore", "Event"]
Awaited = Literal["notify", "set"]
# Sockets of a kind that is not told, and packages that do without ours.
BlindSpot = Literal[
    "raw", "packet", "family",
    "confluent_kafka", "eventlet", "gevent", "grpc", "psycopg2", "pycurl", "uvloop", "zmq",
]  # fmt: skip
AwaitedInLibrary = Literal["others", "ready", "line", "loop"]


class Call(Event, frozen=True, kw_only=True, tag="call"):
    """A socket call of a program, as `tracing/sockets.py` tells it.

    A call that can block has two events with one number `n`: `phase` enter and return. `socket` is
    the number of the socket in its run; `offset` the place of the first byte in the TCP stream of
    that socket and direction, absent where it is not known; `unseen` how many bytes went just
    before it by a way that is not told. With TLS `bytes` counts what is encrypted, if anything went
    over the wire, `plain` what the program gave or got, of which `data` is the beginning. `full`
    says that a datagram filled its buffer, which may have cut it; `held` how many others hold the
    socket that is closed, `elsewhere` that one of them is in another process; `taken` up to which
    place what came has been taken, where that is more than is told; `no_fin` why it sends
    none (Linux, tcp_close): bytes were left unread, or SO_LINGER has 0 seconds, and it sends an RST
    (RFC 9293, 3.10.4); or the connection was over already, and it sends nothing. `child` is the
    process that told it, if it was forked from the program. A unix socket has a `kind`; one of
    datagrams need not have a name: `inode` is what the kernel knows it by, `peer_inode` that of the
    socket to which it is connected, absent where a call names another `peer`. `local_file` and
    `peer_file` are the files, by device and inode, to which such names lead that are paths.
    `error` is the name of the errno, or `timeout`, or the class of what Python raised, then with
    the `arguments` as they were given; `via` what the program's line calls where that is another
    (`readline`).
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
    via: str | None = None
    local: str | None = None
    peer: str | None = None
    kind: SocketKind | None = None
    inode: int | None = None
    peer_inode: int | None = None
    local_file: str | None = None
    peer_file: str | None = None
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
    full: bool | None = None
    unseen: int | None = None
    plain: int | None = None
    elsewhere: bool | None = None
    taken: int | None = None
    no_fin: NoFin | None = None
    child: int | None = None
    arguments: str | None = None


class Thread(Event, frozen=True, kw_only=True, tag="thread"):
    """A thread of a program: it began, ended, joins another, sleeps (`tracing/threads.py`).

    It `waits` in a `call` of the library, as its line has it (`messages.get`), `until` other
    threads do something, a descriptor is ready, or a line is typed (`tracing/waits.py`); it has
    `waited`, with an `error`: `timeout`, or what was raised. It has `joined` one that has not
    `ended` where the time was over, or an `error` came. A task of asyncio is told as a thread is;
    it waits until the event "loop" goes on with it (`tracing/tasks.py`).
    """

    run: str
    event: ThreadStep
    thread: str
    tid: int
    other: str | None = None
    ended: bool | None = None
    until: AwaitedInLibrary | None = None
    child: int | None = None
    call: str | None = None
    error: str | None = None
    arguments: str | None = None
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
    child: int | None = None
    call: str | None = None
    error: str | None = None
    arguments: str | None = None
    file: str | None = None
    line: int | None = None


class Blind(Event, frozen=True, kw_only=True, tag="blind"):
    """A program does something that is not told (`tracing/blind.py`): once in each process."""

    run: str
    what: BlindSpot
    thread: str
    tid: int
    child: int | None = None
    file: str | None = None
    line: int | None = None
    via: str | None = None


# What the tracer inside of a program tells.
TraceEvent = Call | Thread | Sync | Blind | Dropped
