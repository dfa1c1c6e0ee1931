"""The program's own names: of a lock or semaphore that it has just made, of what a line calls.

They are read off the code that is being executed. Where the very next instruction stores what the
call returned, its target is the name (`lock`, `self.seats`); where the call stands in the
`__init__` of an object that is stored the same way, the object's name takes the place of `self`
(`room.seats`).
Nothing of the program is run for it, no file is read, and what is not certain has no name here.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from opcode import opmap, opname
from types import CodeType, FrameType

NAME_LIMIT = 60  # characters of a name; a longer one is none
GENERATED = "<string>"  # the file name of code that was made by exec, as a dataclass's `__init__`

_UNIT = 2  # bytes of an instruction
_ARGUMENT_BITS = 8
_CACHE = opmap.get("CACHE", -1)  # from 3.11 on
_EXTENDED = opmap["EXTENDED_ARG"]
_IS_KNOWN = sys.implementation.name == "cpython" and (3, 11) <= sys.version_info < (3, 15)
_SHIFT_ATTR = 1 if sys.version_info >= (3, 12) else 0  # the lowest bit: whether it is a method
_members = type.__dict__["__dict__"].__get__  # of a class, also where its metaclass has other ideas
_PARENTS_LIMIT = 8  # objects within objects
# Two in one, from Python 3.13 on: the number of the first variable, and that of the second.
_FIRST_BITS, _SECOND = 4, 15
_SECOND_LOADS = ("_FAST_LOAD_FAST", "_LOAD_FAST_BORROW")
# Of the instructions that stand where a call begins, those that leave its callee what it is.
_LEAVES_CALLEE = ("KW_NAMES", "LOAD_CONST", "NOP", "PRECALL", "PUSH_NULL")


def name_of_result(frame: FrameType | None, maker: object) -> str | None:
    """Return how the code of a frame calls what its present call of `maker` will return."""
    if frame is None or not _IS_KNOWN or _called(frame) is not maker:
        return None
    name = _target(frame, _PARENTS_LIMIT)
    return name if name is not None and len(name) <= NAME_LIMIT else None


def called_name(code: CodeType, instruction: int) -> str | None:
    """Return the name of the function or method that this code calls there; `next` for a loop."""
    step = _step(code.co_code, instruction) if _IS_KNOWN else None
    if step is not None and step.name == "FOR_ITER":
        return "next"
    path = called_path(code, instruction)
    return None if path is None else path.rpartition(".")[2]


def called_path(code: CodeType, instruction: int) -> str | None:
    """Return what this code calls there, as it is written: `messages.get`, `select.select`.

    Where the way to it is no mere names (`queues[0].get`), only the last of them.
    """
    if not _IS_KNOWN:
        return None
    names: list[str] | None = None
    for step in _callee(code, instruction):
        if step.name in ("LOAD_ATTR", "LOAD_METHOD"):
            shift = _SHIFT_ATTR if step.name == "LOAD_ATTR" else 0
            names = [*(names or ()), code.co_names[step.argument >> shift]]
        elif step.name not in _LEAVES_CALLEE:
            variable = _variable(code, step, "LOAD_")
            names = None if variable is None else [variable]
    path = ".".join(names or ())
    return path if 0 < len(path) <= NAME_LIMIT else None


def awaited_path(code: CodeType, instruction: int) -> str | None:
    """Return what this code awaits there: `reader.read`, `self.task`, `lock.__aenter__`."""
    if not _IS_KNOWN:
        return None
    steps: list[_Step] = []
    found: list[_Step] = []  # what has made the thing that is awaited, and what stands before it
    step = _step(code.co_code, 0)
    while step is not None and step.at <= instruction:
        if step.name == "GET_AWAITABLE":
            found = steps[-2:]
        if step.name != "NOP":
            steps.append(step)
        step = _step(code.co_code, step.end)
    if len(found) < 2:
        return None
    before, last = found
    if last.name.startswith("CALL"):
        return called_path(code, last.at)
    if last.name == "BEFORE_ASYNC_WITH":
        thing = _thing(code, before)
        return None if thing is None else f"{thing}.__aenter__"
    return _thing(code, last)


def _thing(code: CodeType, step: _Step) -> str | None:
    """Return what an instruction loads last, as it is written."""
    if step.name.endswith(_SECOND_LOADS):
        return _local(code, step.argument & _SECOND)
    if step.name != "LOAD_ATTR":
        return _variable(code, step, "LOAD_")
    owner, name = called_path(code, step.at), code.co_names[step.argument >> _SHIFT_ATTR]
    return None if owner is None else f"{owner}.{name}"


class _Step:
    """An instruction: what it does, its argument, and where it stands."""

    __slots__ = ("argument", "at", "end", "name")

    def __init__(self, name: str, argument: int, at: int, end: int) -> None:
        self.name = name
        self.argument = argument
        self.at = at
        self.end = end


def _step(raw: bytes, at: int) -> _Step | None:
    """Return the next instruction from a place on, None at the end of the code."""
    argument = 0
    while at < len(raw):
        code, low = raw[at], raw[at + 1]
        at += _UNIT
        if code == _CACHE:
            continue
        argument = argument << _ARGUMENT_BITS | low
        if code != _EXTENDED:
            return _Step(opname[code], argument, at - _UNIT, at)
    return None


def _target(frame: FrameType, deep: int) -> str | None:
    """Return what the result of a frame's present call is stored as, if that is the next thing."""
    code = frame.f_code
    raw = code.co_code
    step = _step(raw, frame.f_lasti + _UNIT)
    while step is not None and step.name in ("COPY", "JUMP_FORWARD"):
        # `a = b = Lock()`, `(a := Lock())`; `a = Lock() if … else b`
        distance = step.argument * _UNIT if step.name == "JUMP_FORWARD" else 0
        step = _step(raw, step.end + distance)
    if step is None:
        return None
    if (name := _variable(code, step, "STORE_")) is not None:
        return name
    if step.name in ("CALL", "PRECALL"):
        owner, attributes = _set_by_call(code, step)
    else:
        owner, attributes = _variable(code, step, "LOAD_"), _attributes(code, raw, step.end)
    if owner is None or attributes is None:
        return None
    if code.co_argcount and owner == code.co_varnames[0]:
        owner = _name_of_self(frame, deep - 1) or owner
    return f"{owner}.{attributes}"


def _set_by_call(code: CodeType, call: _Step) -> tuple[str | None, str | None]:
    """Return object and attribute that a call sets: `object.__setattr__(self, "lock", Lock())`.

    So do frozen dataclasses.
    """
    steps = _callee(code, call.at)
    if not steps or call.argument != 3 or steps[-1].name not in ("LOAD_ATTR", "LOAD_METHOD"):
        return None, None
    shift = _SHIFT_ATTR if steps[-1].name == "LOAD_ATTR" else 0
    thing = _step(code.co_code, steps[-1].end)
    name = None if thing is None else _step(code.co_code, thing.end)
    is_set = code.co_names[steps[-1].argument >> shift] == "__setattr__"
    if thing is None or name is None or not is_set or name.name != "LOAD_CONST":
        return None, None
    attribute = code.co_consts[name.argument]
    begins = [(line, column) for line, _, column, _ in code.co_positions()]
    place = name.at // _UNIT
    if begins[place] in begins[place + 1 : call.at // _UNIT]:  # `"a" + b`
        return None, None
    return _variable(code, thing, "LOAD_"), attribute if type(attribute) is str else None


def _attributes(code: CodeType, raw: bytes, at: int) -> str | None:
    """Return the attributes that are followed from a place on to the one that is stored."""
    names: list[str] = []
    while True:
        step = _step(raw, at)
        if step is None or step.name not in ("LOAD_ATTR", "STORE_ATTR"):
            return None
        if step.name == "STORE_ATTR":
            return ".".join([*names, code.co_names[step.argument]])
        names.append(code.co_names[step.argument >> _SHIFT_ATTR])
        at = step.end


def _name_of_self(frame: FrameType, deep: int) -> str | None:
    """Return what the object is called of which a frame runs the `__init__`."""
    back = frame.f_back
    if frame.f_code.co_name == "__post_init__" and back is not None:
        made = back.f_code  # by `dataclass`, which calls it at the end of its `__init__`
        if made.co_filename != GENERATED or not made.co_argcount:
            return None
        if called_path(made, back.f_lasti) != f"{made.co_varnames[0]}.__post_init__":
            return None
        frame, back = back, back.f_back
    if frame.f_code.co_name != "__init__":
        return None
    if back is None or deep < 0:
        return None
    kind = _called(back)
    if not issubclass(type(kind), type):
        return None
    init = _members(kind).get("__init__")
    if type(init) is not types.FunctionType or init.__code__ is not frame.f_code:
        return None
    return _target(back, deep)


def _variable(code: CodeType, step: _Step, what: str) -> str | None:
    """Return the variable that an instruction loads or stores, None if it does something else."""
    name, argument = step.name, step.argument
    if not name.startswith(what):
        return None
    kind = name.removeprefix(what)
    if kind == "GLOBAL":
        return code.co_names[argument >> 1 if what == "LOAD_" else argument]
    if kind == "NAME":
        return code.co_names[argument]
    if kind.count("FAST") > 1:  # two in one; the first counts
        argument >>= _FIRST_BITS
    return _local(code, argument) if kind == "DEREF" or kind.startswith("FAST") else None


def _local(code: CodeType, number: int) -> str:
    name_of: Callable[[int], str] = code._varname_from_oparg  # type: ignore[attr-defined]
    return name_of(number)


def _called(frame: FrameType) -> object:
    """Return what a frame is calling: a global name, or a member of a global module; else None.

    The callee is loaded where the expression of the call begins. When C code calls on the program's
    behalf, as in `list(map(Lock, …))`, it is the C code that is found here.
    """
    callee: object = None
    for step in _callee(frame.f_code, frame.f_lasti):
        callee = _loaded(frame, step, callee)
    return callee


def _callee(code: CodeType, instruction: int) -> list[_Step]:
    """Return the instructions that load what a call of this code is a call of."""
    raw = code.co_code
    positions = list(code.co_positions())
    last = instruction // _UNIT
    while last > 0 and raw[last * _UNIT] == _CACHE:
        last -= 1
    if last >= len(positions) or None in positions[last]:  # -X no_debug_ranges
        return []
    line, _, column, _ = positions[last]
    steps: list[_Step] = []
    end = 0
    for index in range(last):
        begin, _, left, _ = positions[index]
        at = index * _UNIT
        if begin == line and left == column and at >= end and raw[at] != _CACHE:
            step = _step(raw, at)
            if step is None:
                return []
            end = step.end
            steps.append(step)
    return steps


def _loaded(frame: FrameType, step: _Step, before: object) -> object:
    """Return what is to be called after an instruction of a call's expression."""
    code = frame.f_code
    if step.name in ("LOAD_GLOBAL", "LOAD_NAME"):
        name = code.co_names[step.argument >> 1 if step.name == "LOAD_GLOBAL" else step.argument]
        return frame.f_globals.get(name)
    if step.name in ("LOAD_ATTR", "LOAD_METHOD"):
        shift = _SHIFT_ATTR if step.name == "LOAD_ATTR" else 0
        if type(before) is not types.ModuleType:
            return None
        return vars(before).get(code.co_names[step.argument >> shift])
    if step.name == "LOAD_DEREF" and code.co_filename == GENERATED:
        # A default factory of a dataclass. Nobody else looks at the variables of such code.
        return frame.f_locals.get(_variable(code, step, "LOAD_") or "")
    return before if step.name in _LEAVES_CALLEE else None
