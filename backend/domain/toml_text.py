"""A TOML text that is read table by table, where what a table is shows by its keys alone.

All that is wrong is told, with line, key and what is allowed, as toml_reading tells it.
"""

from __future__ import annotations

import tomllib
from typing import Any, TypeVar

import msgspec

from backend.domain.toml_lines import KeyPath
from backend.domain.toml_reading import convert, in_both, problem_at, syntax_problem

T = TypeVar("T", bound=msgspec.Struct)


class TomlText:
    """A text, its data, and the problems that were found so far.

    Raises ValueError for what is no TOML; it says the line. `one_language`: Russian or English
    alone stands for both.
    """

    def __init__(self, text: str, *, one_language: bool = False) -> None:
        try:
            data: dict[str, Any] = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise ValueError(str(syntax_problem(text, str(error)))) from None
        self.data = in_both(data) if one_language else data
        self.problems: list[str] = []
        self._text = text

    def tell(self, path: KeyPath, problem: str) -> None:
        """Take note of a problem at a key."""
        self.problems.append(str(problem_at(self._text, path, problem)))

    def read(self, kind: type[T], value: object, path: KeyPath = ()) -> T | None:
        """Return a table as this struct; None, with all its problems told, if it is none."""
        read, found = convert(value, kind, path)
        for place, problem in found:
            self.tell(place, problem)
        return read
