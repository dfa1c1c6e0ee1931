"""A TOML text that a person wrote, read strictly: all that is wrong is told, with line and key.

    line 12: check[0].steps[3].within_s: Expected `float` <= 60.0

msgspec stops at the first mistake; here each key is read by itself, so that nobody has to mend one
to hear of the next.
"""

from __future__ import annotations

import re
import tomllib
import typing
from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

import msgspec

from backend.domain.toml_lines import KeyPath, lines_of

T = TypeVar("T", bound=msgspec.Struct)

_PLACE = re.compile(r" - at `\$(?P<path>[^`]*)`$")
_PART = re.compile(r"\.(?P<key>[A-Za-z0-9_-]+)|\[(?P<index>\d+)\]")


class TomlText:
    """A text, its data, and the problems that were found so far.

    Raises ValueError for what is no TOML; it says the line.
    """

    def __init__(self, text: str) -> None:
        self.data: dict[str, Any] = tomllib.loads(text)
        self.problems: list[str] = []
        self._lines = lines_of(text)

    def tell(self, path: KeyPath, problem: str) -> None:
        """Take note of a problem at a key."""
        line = next(
            (
                self._lines[path[:end]]
                for end in range(len(path), 0, -1)
                if path[:end] in self._lines
            ),
            1,
        )
        self.problems.append(f"line {line}: {named(path)}: {problem}" if path else problem)

    def read(self, kind: type[T], value: object, path: KeyPath = ()) -> T | None:
        """Return a table as this struct; None, with all its problems told, if it is none."""
        told = len(self.problems)
        if not isinstance(value, Mapping):
            self.tell(path, f"Expected a table, got {value!r:.60}")
            return None
        hints = _hints(kind)
        fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
        for key in value.keys() - fields.keys():
            self.tell((*path, key), f"unknown key, allowed are {', '.join(sorted(fields))}")
        for name, field in fields.items():
            if name in value:
                self._convert(value[name], hints[field.name], (*path, name))
            elif field.required:
                self.tell((*path, name), "is missing")
        if len(self.problems) > told:
            return None
        struct: T | None = self._convert(value, kind, path)
        return struct

    def _convert(self, value: object, kind: Any, path: KeyPath) -> Any:
        try:
            return msgspec.convert(value, kind)
        except msgspec.ValidationError as error:
            problem = str(error)
            place = _PLACE.search(problem)
            if place is None:
                self.tell(path, problem)
            else:
                self.tell((*path, *_parts(place["path"])), problem[: place.start()])
        return None


def named(path: KeyPath) -> str:
    """Return a path as people write it: `check[0].steps[3].send`."""
    words = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return words.removeprefix(".")


def _parts(path: str) -> KeyPath:
    return tuple(
        match["key"] if match["key"] is not None else int(match["index"])
        for match in _PART.finditer(path)
    )


@cache
def _hints(kind: type[msgspec.Struct]) -> dict[str, Any]:
    return typing.get_type_hints(kind, include_extras=True)
