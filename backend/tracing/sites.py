"""Where in the lab's own code a call comes from, and in which thread.

The lab's own code is every file in the program's folder, and every other, that is neither the
standard library nor installed nor ours. For a call that the standard library makes on the lab's
behalf (`serve_forever` → `accept`, `readline` → `recv_into`) it is the lab's line that waits, and
what that line calls is told as `via`.
"""

from __future__ import annotations

import itertools
import os
import sys
import sysconfig
import threading
from collections.abc import Collection
from types import CodeType, FrameType
from typing import Any, NamedTuple

from backend.tracing.arguments import clean, shown
from backend.tracing.frames import IS_KNOWN as ARE_HIDDEN
from backend.tracing.naming import GENERATED, called_name, called_path
from backend.tracing.notes import Call, compact

SITES_LIMIT = 1024
NAME_LIMIT = 200  # characters of a name that is told, of a thread or of a file


class Site(NamedTuple):
    """A line of the lab's own code; `json` is its part of a record."""

    file: str
    line: int
    json: str


class Thread:
    """A thread; `json` is its part of a record.

    `inside` is the call that it is inside of, if that can block; `told` the last call of which the
    beginning is told. The thread takes its call out first and looks for `told` then, the teller
    does both in the other order: so one of them sees what the other does. `idle`: see waiting.py.
    `ident` is known as long as it is this thread's, and `json` has the name that it bears.
    """

    __slots__ = ("ident", "idle", "inside", "json", "name", "number", "shown", "tasks", "told_call")
    name: Any  # as `threading` has it
    shown: str
    json: str

    def __init__(self, number: int) -> None:
        self.number = number
        self.ident: int | None = None
        self.inside: Call | None = None
        self.told_call: Call | None = None
        self.idle: list[tuple[Call, int]] = []
        self.tasks: Any = None  # of the event loop that it runs: see tasks.py
        self.call(None)

    @classmethod
    def with_name(cls, name: str) -> Thread:
        """Return one with the next number: a task, say, which has a lane as threads have."""
        made = cls(next(_numbers))
        made.call(name)
        return made

    def call(self, name: Any) -> None:
        """Give it a name."""
        self.name = f"thread {self.number}" if name is None else name
        self.shown = told_name(self.name) + _of_child
        self.json = f',"thread":{compact(self.shown)},"tid":{self.number}'


def told_name(name: Any) -> str:
    """Return a name as it is told: bounded, and nothing but characters."""
    text = clean(name) if isinstance(name, str) else shown(name)
    return text if len(text) <= NAME_LIMIT else text[: NAME_LIMIT - 1] + "…"


def _short(code: CodeType) -> str:
    """Return the name of a function of the library that is called; of one within it, its own."""
    outer = getattr(code, "co_qualname", code.co_name).partition(".<locals>")[0]
    return outer.rpartition(".")[2]


NOWHERE = Site("", 0, "")

# Who used a socket: the code, the JSON of its lines by instruction, and the thread. It may be asked
# as long as `Thread.ident` is the asker's.
Origin = tuple[CodeType | None, dict[int, str], Any]
NO_ORIGIN: Origin = (None, {}, None)

_OURS = os.path.dirname(os.path.abspath(__file__))
_OTHERS = tuple(
    os.path.realpath(path) + os.sep
    for path in {
        *(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")),
        _OURS,
    }
    if path
)
_get_frame = sys._getframe
_numbers = itertools.count(1)
_of_child = ""  # what stands behind the name of each thread of a process that was forked
_active: dict[int, Any] = threading._active  # type: ignore[attr-defined]


def caller() -> FrameType | None:
    """Return the innermost frame that is none of ours; None if the interpreter itself calls us."""
    try:
        frame: FrameType | None = _get_frame(1)
    except ValueError:
        return None
    while frame is not None and is_ours(frame.f_code):
        frame = frame.f_back
    return frame


def is_ours(code: CodeType) -> bool:
    """Whether a frame is one of ours, where they cannot be hidden."""
    return os.path.dirname(code.co_filename) == _OURS


class Sites:
    """Names files and threads, each looked up once.

    `places` and `threads` are for who cannot afford a call: the JSON of lines of the lab's own code
    by id of the code, then instruction; and threads by ident; as far as they have been looked up.
    """

    def __init__(self) -> None:
        self.base = ""
        self._others = _OTHERS
        self._names: dict[str, str | None] = {}
        os.register_at_fork(after_in_child=self.go_on_in_child)
        # By id of the code (its hash takes longer than all the rest) and instruction. The code is
        # kept with its sites, so that its id does not come again for another.
        self._sites: dict[tuple[int, int], tuple[Site, CodeType]] = {}
        self._through: dict[tuple[int, int], Site] = {}  # the same where the library is between
        self._paths: dict[tuple[int, int], str] = {}  # what is called there
        self.places: dict[int, dict[int, str]] = {}
        self.all_threads: dict[int, Thread] = {}
        self.threads: dict[int, Thread] = {}  # those that bear the name that `threading` knows

    def open(self, program: str) -> None:
        """Take that program's own code for the lab's."""
        path = os.path.realpath(program)
        folder = path if os.path.isdir(path) else os.path.dirname(path)  # one with a __main__.py
        self.base = os.path.join(folder, "")
        # A program may have its environment beside it, or be a part of one.
        self._others = tuple(path for path in _OTHERS if not self.base.startswith(path))
        self._names.clear()

    def go_on_in_child(self) -> None:
        """Number and name threads of a process that was forked apart from those of others."""
        global _numbers, _of_child
        if not self.base:  # forked by the fork server: it is nobody's child
            return
        pid = os.getpid()
        _numbers, _of_child = itertools.count(pid << 24), f" ({pid})"
        for each in [*self.threads]:
            self.forget_name(each)
        self.all_threads.clear()

    def own_name(self, filename: str) -> str | None:
        """Return how a file of the lab is shown, None for any other file."""
        try:
            return self._names[filename]
        except KeyError:
            pass
        path = os.path.realpath(filename)
        name: str | None = None
        # "<…>": made by exec, or frozen into the interpreter
        if not filename.startswith("<") and not path.startswith(self._others):
            name = told_name(path.removeprefix(self.base))
        self._names[filename] = name
        return name

    def here(self) -> Site:
        """Return the line of the program's own code that is being executed, or NOWHERE."""
        try:
            frame = _get_frame(1)
        except ValueError:  # the interpreter itself calls: an exit handler, say
            return NOWHERE
        return self.of(frame)

    def of(self, frame: FrameType | None) -> Site:
        """Return the line of the innermost frame of the lab's own code, or NOWHERE."""
        innermost = frame
        while frame is not None:
            code, instruction = frame.f_code, frame.f_lasti
            known = self._sites.get((id(code), instruction))
            site = self._site(code, instruction, frame.f_lineno) if known is None else known[0]
            if site is not NOWHERE:
                return site if frame is innermost else self._via(site, code, instruction)
            frame = frame.f_back
        return NOWHERE

    def call_of_library(self, name: str, brief: Collection[CodeType]) -> tuple[str, str] | None:
        """Return the line of the lab's own code that is being executed, and what it calls, as JSON.

        `name` is what is called if the library is not between. None where there is no such line,
        or what it calls is one of `brief`.
        """
        try:
            frame: FrameType | None = _get_frame(1)
        except ValueError:
            return None
        under = None
        while frame is not None:
            code, instruction = frame.f_code, frame.f_lasti
            key = id(code), instruction
            known = self._sites.get(key)
            site = self._site(code, instruction, frame.f_lineno) if known is None else known[0]
            if site is not NOWHERE:
                if under is not None and [each for each in brief if each is under]:
                    return None
                path = self._paths.get(key)
                return site.json, self._path(key, code, under, name) if path is None else path
            if ARE_HIDDEN or not is_ours(code):
                under = code
            frame = frame.f_back
        return None

    def _path(self, key: tuple[int, int], code: CodeType, under: CodeType | None, name: str) -> str:
        written = called_path(code, key[1])
        if written is None:
            written = name if under is None else _short(under)
        found = self._paths[key] = f',"call":{compact(told_name(written))}'
        return found

    def _via(self, site: Site, code: CodeType, instruction: int) -> Site:
        """Return a site with what its code calls, for a call that this makes in its turn."""
        found = self._through.get((id(code), instruction))
        if found is None:
            name = called_name(code, instruction)
            via = "" if name is None else f',"via":{compact(told_name(name))}'
            found = self._through[id(code), instruction] = site._replace(json=site.json + via)
        return found

    def _site(self, code: CodeType, instruction: int, line: int) -> Site:
        name = self.own_name(code.co_filename)
        site = NOWHERE
        if name is not None:
            site = Site(name, line, f',"file":{compact(name)},"line":{compact(line)}')
        if len(self._sites) >= SITES_LIMIT:
            self.places.clear()
            self._through.clear()
            self._paths.clear()
            self._sites.clear()
        self._sites[id(code), instruction] = site, code
        if site is not NOWHERE:
            self.places.setdefault(id(code), {})[instruction] = site.json
        return site

    def is_own(self, frame: FrameType | None) -> bool:
        """Whether this very frame is the lab's own code, or was made by `exec` for a module of it.

        A dataclass makes its `__init__` that way, in the namespace of the module that it stands in.
        """
        if frame is None:
            return False
        filename: Any = frame.f_code.co_filename
        if filename == GENERATED:
            filename = dict.get(frame.f_globals, "__file__")
        return type(filename) is str and self.own_name(filename) is not None

    def is_caller_own(self) -> bool:
        """Whether the lab's own code has called what asks this, not the library on its behalf."""
        return self.is_own(caller())

    def thread(self, ident: int) -> Thread:
        """Return number and name of a thread; the number is never used again."""
        known = _active.get(ident)
        found = self.all_threads.get(ident)
        if found is None:
            found = self.all_threads[ident] = Thread(next(_numbers))
        if known is not None:
            if known._name != found.name:
                found.call(known._name)
            self.threads[ident] = found
            found.ident = ident
        return found

    def name_thread(self, ident: int, name: str | None) -> None:
        """Give a thread that begins its number, and a name if it has none."""
        call = self.all_threads[ident] = Thread(next(_numbers))
        call.call(name or None)

    def forget_name(self, ident: int | None) -> None:
        """Note that a thread has been given another name."""
        if ident is not None and (found := self.threads.get(ident)) is not None:
            found.ident = None  # first: it may be asked meanwhile
            self.threads.pop(ident, None)

    def forget_thread(self, ident: int) -> None:
        """Note that a thread has ended: its ident may come again for another."""
        self.all_threads.pop(ident, None)
        self.forget_name(ident)
