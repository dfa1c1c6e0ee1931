"""Locks, events and semaphores are called as the program calls them, or by kind and number."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from tests.tracing.runs import traced

HEAD = """
import threading, _thread, functools
from threading import Lock, Semaphore as Permits
"""


def names(tmp_path: Path, text: str) -> list[str]:
    program = tmp_path / "program.py"
    program.write_text(HEAD + dedent(text))
    outcome, records = traced(program)
    assert (outcome.status, outcome.err) == (0, "")
    return [r["name"] for r in records if r["type"] == "sync" and r["event"] == "made"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("printing = threading.Lock()", "printing"),
        ("low = _thread.allocate_lock()", "low"),
        ("turn: threading.Condition = threading.Condition()", "turn"),
        ("seats = Permits(value=3)", "seats"),
        ("first = second = Lock()", "first"),
        ("if (found := Lock()): pass", "found"),
        ("lock = None or Lock()", "lock"),
        ("def f():\n    ready = threading.Event()\nf()", "ready"),
        ("def f():\n    global kept\n    kept = Lock()\nf()", "kept"),
        ("def f():\n    x = Lock()\n    return lambda: x\nf()", "x"),
        ("class Seats(Permits): pass\nseats = Seats(3)", "seats"),
        ("class K:\n    shared = Lock()", "shared"),
        ("class K: pass\nK.inner = K\nK.inner.lock = Lock()", "K.inner.lock"),
        ("class K: pass\ndef f(thing):\n    thing.lock = Lock()\nf(K)", "thing.lock"),
    ],
)
def test_a_name_is_the_target_of_the_assignment(tmp_path: Path, text: str, expected: str) -> None:
    assert names(tmp_path, text) == [expected]


ROOM = """
class Room:
    def __init__(self, other=None):
        self.seats = threading.Semaphore(3)
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("room = Room()", ["room.seats"]),
        ("def f():\n    hall = Room()\nf()", ["hall.seats"]),
        ("room = Room()\nroom = Room()", ["room.seats", "room.seats #2"]),
        ("room = Room(Room())", ["self.seats", "room.seats"]),
        ("rooms = [Room(), Room()]", ["self.seats", "self.seats #2"]),
        ("rooms = list(map(Room, 'ab'))", ["self.seats", "self.seats #2"]),
        ("make = functools.partial(Room)\nroom = make()", ["self.seats"]),
        ("class Big(Room): pass\nroom = Big()", ["self.seats"]),
        (
            "class House:\n    def __init__(self):\n        self.hall = Room()\nhome = House()",
            ["home.hall.seats"],
        ),
    ],
)
def test_an_object_s_own_is_called_by_the_object(
    tmp_path: Path, text: str, expected: list[str]
) -> None:
    assert names(tmp_path, ROOM + text) == expected


DATACLASS = """
from dataclasses import dataclass, field
@dataclass
class Room:
    people: list = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    ready: threading.Event = field(default_factory=threading.Event)
    changed: threading.Condition = field(default_factory=threading.Condition)
    seats: threading.Semaphore = field(default_factory=threading.Semaphore)
"""
FIELDS = ("lock", "ready", "changed", "seats")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("room = Room()", [f"room.{name}" for name in FIELDS]),
        ("room = Room(lock=None)", [f"room.{name}" for name in FIELDS[1:]]),
        ("rooms = {1: Room()}", [f"self.{name}" for name in FIELDS]),
        ("lock = Lock() if names else None", ["lock"]),
        ("exec('lock = Lock()', {'Lock': Lock})", []),
    ],
)
@pytest.mark.parametrize("how", ["@dataclass", "@dataclass(frozen=True)"])
def test_a_default_factory_of_a_dataclass_is_the_program_s_own(
    tmp_path: Path, how: str, text: str, expected: list[str]
) -> None:
    """Code that was made by exec in a namespace of no file is nobody's."""
    text = "names = [1]\n" + DATACLASS.replace("@dataclass", how) + text
    assert names(tmp_path, text) == expected


SETTING = """
from dataclasses import dataclass
@dataclass(frozen=True)
class Room:
    size: int = 3
    def __post_init__(self):
        object.__setattr__(self, "lock", Lock())
        object.__setattr__(self, "seats", Permits(self.size))
        object.__setattr__(
            self, "ready", threading.Event() if self.size else None)
@dataclass
class House:
    def __post_init__(self):
        self.lock = Lock()
class Plain:
    def __init__(self):
        object.__setattr__(self, "lock", Lock())
        setattr(self, "other", Lock())
        object.__setattr__(self, "a" + str(self), Lock())
        self.__post_init__()
    def __post_init__(self):
        self.third = Lock()
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("room = Room()", ["room.lock", "room.seats", "room.ready"]),
        ("rooms = [Room()]", ["self.lock", "self.seats", "self.ready"]),
        ("def f():\n    hall = House()\nf()", ["hall.lock"]),
        ("plain = Plain()", ["plain.lock", "Lock #1", "Lock #2", "self.third"]),
        ("house = House()\nhouse.__post_init__()", ["house.lock", "self.lock"]),
    ],
)
def test_one_that_is_set_where_an_object_is_frozen_has_that_name(
    tmp_path: Path, text: str, expected: list[str]
) -> None:
    assert names(tmp_path, SETTING + text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "locks = [Lock(), Lock()]",
        "locks = [Lock() for _ in range(2)]",
        "both = Lock(), Lock()",
        "table = {}\ntable['a'] = Lock()\ntable['b'] = Lock()",
        "def make(): return Lock()\none = make()\ntwo = make()",
        "make = functools.partial(Lock)\none = make()\ntwo = make()",
        "one = (lambda: Lock())()\ntwo = (lambda: Lock())()",
        "free = Lock().locked()\ntaken = Lock().acquire()",
        f"{'x' * 61} = Lock()\nsome = [Lock()]",
    ],
)
def test_what_has_no_certain_name_has_its_kind_and_a_number(tmp_path: Path, text: str) -> None:
    assert names(tmp_path, text) == ["Lock #1", "Lock #2"]


def test_what_c_code_makes_is_not_called_by_what_is_made_of_it(tmp_path: Path) -> None:
    assert names(tmp_path, "three = list(map(Permits, [1, 2]))") == ["Semaphore #1", "Semaphore #2"]


def test_each_kind_counts_from_1(tmp_path: Path) -> None:
    text = "things = [Lock(), threading.Event(), Lock(), threading.RLock()]"
    assert names(tmp_path, text) == ["Lock #1", "Event #1", "Lock #2", "RLock #1"]


def test_a_name_that_comes_again_has_a_number(tmp_path: Path) -> None:
    assert names(tmp_path, "for _ in range(3): turn = Lock()") == ["turn", "turn #2", "turn #3"]


def test_names_in_long_code_are_found_too(tmp_path: Path) -> None:
    """An index above 255 takes a prefix of its own."""
    many = "\n".join(f"v{n} = {n}.5" for n in range(300))
    assert names(tmp_path, f"{many}\nlast = Lock()\nthreading.last = Permits()") == [
        "last",
        "threading.last",
    ]


def test_no_object_of_the_program_is_asked_for_its_name(tmp_path: Path) -> None:
    """Nothing of the program runs: no attribute is looked up, nothing compared."""
    text = """
    class Sly:
        def __getattr__(self, name): raise RuntimeError(name)
        def __eq__(self, other): raise RuntimeError
        def make(self): return Lock()
    class Meta(type):
        def __getattribute__(self, name):
            if name in ("__init__", "__dict__", "__mro__"): raise RuntimeError(name)
            return super().__getattribute__(name)
    class Odd(metaclass=Meta):
        def __init__(self): self.lock = Lock()
    sly = Sly()
    made = sly.make()
    odd = Odd()
    """
    assert names(tmp_path, text) == ["Lock #1", "odd.lock"]


FILE = """
import socket
mine, other = socket.socketpair()
reader = mine.makefile("rb")
other.sendall(b"1\\n2\\n3\\n")
"""


@pytest.mark.parametrize(
    ("text", "via"),
    [
        ("reader.readline()", "readline"),
        ("print(reader\n  .readline(9 + 1))", "readline"),
        ("read = reader.readline\nread()", "read"),
        ("class Box:\n  rfile = reader\nBox.rfile.readline()", "readline"),
        ("[0, reader.peek().strip()]", "peek"),
        ("for line in reader: break", "next"),
        ("mine.recv_into(bytearray(2))", None),
    ],
)
def test_what_the_line_calls_is_told_where_the_library_receives(
    tmp_path: Path, text: str, via: str | None
) -> None:
    program = tmp_path / "program.py"
    program.write_text(FILE + text)
    outcome, records = traced(program)
    assert (outcome.status, outcome.err) == (0, "")
    told = [r for r in records if r["type"] == "call" and r["call"] == "recv_into"]
    assert told
    assert {r.get("via") for r in told} == {via}
