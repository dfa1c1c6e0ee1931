"""A program that calls all that is traced with arguments of many kinds, most of them wrong.

It prints a line for each call: what came of it, an error with its words and what it came from.
"""

from __future__ import annotations

import _thread
import array
import functools
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple


class Index:
    def __index__(self) -> int:
        return 0


class Bad:
    def __index__(self) -> int:
        raise LookupError("no index")

    def __float__(self) -> float:
        raise LookupError("no float")

    def __bool__(self) -> bool:
        raise LookupError("no truth")

    def __iter__(self) -> Iterator[int]:
        raise LookupError("no iterator")

    def __repr__(self) -> str:
        raise LookupError("no repr")

    def __hash__(self) -> int:
        raise LookupError("no hash")

    def __lt__(self, other: object) -> bool:
        raise LookupError("no order")

    __gt__ = __le__ = __ge__ = __lt__


class Text(str):
    __slots__ = ()

    def __str__(self) -> str:
        raise LookupError("no text")

    __repr__ = __str__


class Pair(tuple[Any, ...]):
    __slots__ = ()

    def __getitem__(self, key: Any) -> Any:
        raise LookupError("no item")


def broken() -> Iterator[bytes]:
    yield b"x"
    raise LookupError("no more")


HOST = "127.0.0.1"
# Values are made anew for each call: some are used up.
VALUES: dict[str, Callable[[], Any]] = {
    "None": lambda: None,
    "text": lambda: "5",
    "no text": lambda: "",
    "half a character": lambda: "\udcff\udcfe",
    "a text of one's own": lambda: Text(HOST),
    "bytes": lambda: b"\xff\0",
    "bytes of one's own": lambda: type("Bytes", (bytes,), {})(b"x"),
    "bytearray": lambda: bytearray(b"xyz"),
    "memoryview": lambda: memoryview(b"xyz"),
    "every other byte": lambda: memoryview(b"xyz")[::2],
    "numbers": lambda: array.array("i", [1, 2]),
    "no numbers": lambda: array.array("i"),
    "0": lambda: 0,
    "-1": lambda: -1,
    "False": lambda: False,
    "an int of one's own": lambda: type("Int", (int,), {"__repr__": Bad.__repr__})(0),
    "-2.5": lambda: -2.5,
    "infinite": lambda: float("inf"),
    "no number": lambda: float("nan"),
    "2**31": lambda: 2**31,
    "2**70": lambda: 2**70,
    "complex": lambda: 1j,
    "an index": Index,
    "a float": type("Float", (), {"__float__": lambda _: 0.0}),
    "bad": Bad,
    "a class": lambda: Index,
    "list": list,
    "list of bytes": lambda: [b"x", bytearray(b"y")],
    "iterator of bytes": lambda: iter([b"x", bytearray(b"y")]),
    "broken iterator": broken,
    "no tuple": tuple,
    "address": lambda: (HOST, 0),
    "list as address": lambda: [HOST, 0],
    "port as text": lambda: (HOST, "50501"),
    "port as an index": lambda: (HOST, Index()),
    "port that is bad": lambda: (HOST, Bad()),
    "port too high": lambda: (HOST, 65536),
    "bytes as host": lambda: (HOST.encode(), 0),
    "host of one's own": lambda: (Text(HOST), 0),
    "address of one's own": lambda: Pair((HOST, 0)),
    "three": lambda: (HOST, 0, 0),
    "nobody": lambda: (None, None),
}
Given = tuple[tuple[Any, ...], dict[str, Any]]


def arguments(skipped: frozenset[str], turn: int) -> Iterator[tuple[str, Given]]:
    """Yield sets of arguments: none, one of each kind, and each in another place, by turns."""
    if not skipped:
        yield "nothing", ((), {})
    for name, make in VALUES.items():
        if name in skipped:
            continue
        turn += 1
        yield name, ((make(),), {})
        yield (
            (f"1, {name}", ((1, make()), {})),
            (f"{name}, address", ((make(), (HOST, 9)), {})),
            (f"False, {name}, 0", ((False, make(), 0), {})),
            (f"timeout={name}", ((), {"timeout": make()})),
        )[turn % 4]
    yield "four", ((1, 2, 3, 4), {})
    yield "what nobody knows", ((1,), {"nobody": 1})


def stream(family: int = socket.AF_INET, kind: int = socket.SOCK_STREAM) -> socket.socket:
    sock = socket.socket(family, kind)
    sock.setblocking(False)
    return sock


def datagrams() -> socket.socket:
    return stream(kind=socket.SOCK_DGRAM)


def unix() -> socket.socket:
    return stream(socket.AF_UNIX)


PEERS: list[socket.socket] = []


def pair() -> socket.socket:
    """Return one that is connected, and may wait: so its calls go the quick way."""
    left, right = socket.socketpair()
    right.sendall(b"hello")
    PEERS[:] = [right]
    return left


def held() -> threading.Condition:
    condition = threading.Condition()
    condition.acquire()
    return condition


def is_set() -> threading.Event:
    event = threading.Event()
    event.set()
    return event


def done() -> threading.Thread:
    thread = threading.Thread(target=int)
    thread.start()
    thread.join()
    return thread


def taken() -> Any:
    lock = threading.Lock()
    lock.acquire()
    return lock


INSTANT = ("bind", "listen", "shutdown", "setsockopt", "settimeout", "setblocking", "dup", "detach")
LINKING = ("connect", "connect_ex", "accept")
MOVING = (
    "recv", "recvfrom", "recv_into", "recvfrom_into", "recvmsg", "recvmsg_into",
    "send", "sendall", "sendto", "sendmsg", "sendfile",
)  # fmt: skip
SOCKETS = [
    (stream, (*INSTANT, *LINKING, "recv", "sendall", "sendto")),
    (datagrams, ("bind", "connect", "sendto", "recvfrom", "sendmsg")),
    (unix, ("bind", "connect", "connect_ex")),
    (pair, MOVING),
]
LOCKS = [
    (threading.Lock, ("acquire", "release", "__enter__", "locked")),
    (threading.RLock, ("acquire", "release", "__enter__")),
    (taken, ("release", "__exit__")),
    (threading.Condition, ("acquire", "release", "wait", "notify", "notify_all")),
    (held, ("notify", "notify_all", "wait", "release")),
    (threading.Event, ("set", "clear", "is_set")),
    (is_set, ("wait",)),
    (threading.Semaphore, ("acquire", "release", "__enter__")),
    (threading.BoundedSemaphore, ("acquire", "release")),
    (threading.Thread, ("start", "join")),
    (done, ("start", "join")),
    (threading.current_thread, ("join",)),
]
MAKERS: list[tuple[str, Callable[..., Any]]] = [
    ("socket.socket", socket.socket),
    *((name, getattr(threading, name)) for name in ("Lock", "RLock", "Condition", "Event")),
    *((name, getattr(threading, name)) for name in ("Semaphore", "BoundedSemaphore")),
    ("allocate_lock", _thread.allocate_lock),
    ("start_new_thread", _thread.start_new_thread),
    ("sleep", time.sleep),
]
UNBOUND = [
    (cls, name)
    for cls, names in (
        (socket.socket, (*INSTANT, *LINKING, *MOVING)),
        (threading.Condition, ("wait", "notify")),
        (threading.Event, ("set", "wait")),
        (threading.Semaphore, ("acquire", "release")),
        (threading.Thread, ("start", "join")),
    )
    for name in names
]
# What would take for ever.
FOR_EVER = frozenset({"None", "2**31"})
SKIPPED = dict.fromkeys(("wait", "acquire", "join", "__enter__", "sleep"), FOR_EVER) | {
    "release": FOR_EVER | {"2**70"}
}


class Called(NamedTuple):
    name: str
    make: Callable[[], Any]
    """Makes what has the method anew, or the function."""
    method: str = ""

    def __call__(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> object:
        thing = self.make()
        if not self.method:
            return thing(*args, **kwargs)
        if isinstance(thing, socket.socket):  # in the words of a method that is called in place
            return getattr(type(thing), self.method)(thing, *args, **kwargs)
        return getattr(thing, self.method)(*args, **kwargs)


def callables() -> list[Called]:
    """Return all that is called."""
    return [
        *(
            Called(f"{getattr(make, '__name__', make)}.{name}", make, name)
            for make, names in (*SOCKETS, *LOCKS)
            for name in names
        ),
        *(Called(name, functools.partial(lambda it: it, maker)) for name, maker in MAKERS),
    ]


def came_from(error: BaseException | None) -> str:
    parts = []
    while error is not None:
        parts.append(f"{type(error).__name__}: {error}")
        error = error.__context__
    return " < ".join(parts)


def main() -> None:
    threading.excepthook = lambda *_: None
    for turn, called in enumerate(callables()):
        skipped = SKIPPED.get(called.method or called.name, frozenset())
        for label, given in arguments(skipped, turn):
            what = f"{called.name}({label})"
            try:
                result = called(*given)
            except Exception as error:
                print(f"{what}: {came_from(error)}")
            else:
                print(f"{what} gives a {type(result).__name__}")
    for cls, name in UNBOUND:
        for args in ((), (5,), (None, 1), (Bad(), 1, 2)):
            try:
                getattr(cls, name)(*args)
            except Exception as error:
                print(f"{cls.__name__}.{name} of {len(args)}: {came_from(error)}")
    print("done")


if __name__ == "__main__":
    main()
