"""Arguments of a call as they are told: bounded, and without running anything of the program's.

What is no plain value is told by its class only: its `repr` is the program's own code, which might
print, wait or fail.
"""

from __future__ import annotations

import operator
import socket
from collections.abc import Callable, Mapping, Sequence
from typing import Any

TEXT_LIMIT = 40  # characters or bytes of one value
COUNT_LIMIT = 6  # members of a collection, or arguments of a call
DEPTH_LIMIT = 2  # collections within each other
BITS_LIMIT = 128  # of an integer
ARGUMENTS_LIMIT = 200  # characters of all arguments of a call

_NUMBERS: tuple[type, ...] = (bool, int, float, complex)
_TEXTS: tuple[type, ...] = (str, bytes, bytearray)
_CONSTANTS: tuple[type, ...] = (socket.AddressFamily, socket.SocketKind, socket.MsgFlag)
_BRACKETS: dict[type, tuple[str, str]] = {tuple: ("(", ")"), list: ("[", "]")}


def shown_arguments(args: Sequence[object], kwargs: Mapping[str, object]) -> str:
    """Return arguments as they stand in a call."""
    parts = [shown(value) for value in args[:COUNT_LIMIT]]
    names = list(kwargs)[:COUNT_LIMIT]
    parts += [f"{clean(name)[:TEXT_LIMIT]}={shown(kwargs[name])}" for name in names]
    if len(args) > COUNT_LIMIT or len(kwargs) > COUNT_LIMIT:
        parts.append("…")
    text = ", ".join(parts)
    return text if len(text) <= ARGUMENTS_LIMIT else text[: ARGUMENTS_LIMIT - 1] + "…"


def shown(value: Any, depth: int = DEPTH_LIMIT) -> str:
    """Return a bounded `repr` of a value that is plain, the name of the class of any other."""
    kind = type(value)
    if value is None or value is Ellipsis:
        return repr(value)
    if kind is int and value.bit_length() > BITS_LIMIT:
        return f"<int of {value.bit_length()} bits>"
    if kind in _NUMBERS:
        return repr(value)
    if kind in _CONSTANTS:  # of the library: as the program writes them
        name = attempt(object.__getattribute__, value, "_name_")
        return clean(name) if type(name) is str else int.__repr__(value)
    if kind in _TEXTS:
        text = repr(value[:TEXT_LIMIT])
        return text if len(value) <= TEXT_LIMIT else text + "…"
    if kind in _BRACKETS:
        left, right = _BRACKETS[kind]
        if not depth:
            return f"{left}…{right}"
        parts = [shown(member, depth - 1) for member in value[:COUNT_LIMIT]]
        parts += ["…"] if len(value) > COUNT_LIMIT else []
        end = "," if kind is tuple and len(value) == 1 else ""
        return left + ", ".join(parts) + end + right
    return f"<{clean(type.__dict__['__name__'].__get__(kind))[:TEXT_LIMIT]}>"


def clean(text: str) -> str:
    """Return a text that can be told: what is no character (half of a pair) is written out."""
    return str.__str__(text).encode("utf-8", "backslashreplace").decode("utf-8")


def index_of(value: Any) -> int | None:
    """Return the integer that C makes of a value that it has taken; None if that is unknown."""
    if isinstance(value, int):
        return int.__index__(value)
    index: int | None = attempt(operator.index, value)
    return index


def attempt(work: Callable[..., Any], *args: Any) -> Any:
    """Return what telling needs of a thing of the program's; None if that fails now."""
    try:
        return work(*args)
    except Exception:
        return None
