"""On which line of a TOML text each of its keys stands, so that what is wrong can be shown there.

The text has been read by tomllib before: what is looked for here are places, not mistakes.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict

KeyPath = tuple[str | int, ...]  # ("check", 0, "steps", 2, "send"); elements are counted from 0

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'
    r"|'''(?:.|\n)*?'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_SPACE = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SCALAR = re.compile(r"[^,\]}\n#]*")


def lines_of(text: str) -> dict[KeyPath, int]:
    """Return the line of each key and element of a valid TOML text; the first line is 1."""
    return _Places(text).find()


class _Places:
    """One way through the text, from its first character to its last."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._line_ends = [match.start() for match in re.finditer("\n", text)]
        self._lines: dict[KeyPath, int] = {}
        self._tables: defaultdict[KeyPath, int] = defaultdict(int)  # [[…]] so far, by path

    def find(self) -> dict[KeyPath, int]:
        table: KeyPath = ()
        self._skip_space()
        while self._at < len(self._text):
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self._pair(table)
            self._skip_space()
        return self._lines

    def _header(self) -> KeyPath:
        """Read `[a.b]` or `[[a.b]]`; return the path of the table that begins."""
        is_array = self._text.startswith("[[", self._at)
        start = self._at
        self._at += 2 if is_array else 1
        names = self._names()
        self._at += 2 if is_array else 1
        path: KeyPath = ()
        for name in names[:-1]:
            path = (*path, name)
            if path in self._tables:
                path = (*path, self._tables[path] - 1)
        path = (*path, names[-1])
        self._note(path, start)
        if is_array:
            self._tables[path] += 1
            path = (*path, self._tables[path] - 1)
            self._note(path, start)
        return path

    def _pair(self, table: KeyPath) -> None:
        start = self._at
        path = table
        for name in self._names():
            path = (*path, name)
            self._note(path, start)
        self._at = self._text.index("=", self._at) + 1
        self._value(path)

    def _names(self) -> list[str]:
        """Read a key, which may have dots."""
        names = []
        while True:
            self._skip_space()
            match = _STRING.match(self._text, self._at) or _BARE.match(self._text, self._at)
            if match is None:
                raise ValueError(f"no key at {self._at}")
            names.append(match.group().strip("\"'"))
            self._at = match.end()
            self._skip_space()
            if not self._text.startswith(".", self._at):
                return names
            self._at += 1

    def _value(self, path: KeyPath) -> None:
        self._skip_space()
        if self._text.startswith(("[", "{"), self._at):
            self._elements(path, "]" if self._text[self._at] == "[" else "}")
            return
        match = _STRING.match(self._text, self._at) or _SCALAR.match(self._text, self._at)
        assert match is not None  # a scalar may be empty
        self._at = match.end()

    def _elements(self, path: KeyPath, end: str) -> None:
        """Read an array, or an inline table."""
        self._at += 1
        count = 0
        while True:
            self._skip_space()
            if self._text.startswith(end, self._at):
                self._at += 1
                return
            if end == "}":
                self._pair(path)
            else:
                self._note((*path, count), self._at)
                self._value((*path, count))
            count += 1
            self._skip_space()
            if self._text.startswith(",", self._at):
                self._at += 1

    def _note(self, path: KeyPath, at: int) -> None:
        self._lines.setdefault(path, bisect_right(self._line_ends, at - 1) + 1)

    def _skip_space(self) -> None:
        match = _SPACE.match(self._text, self._at)
        assert match is not None  # it may be empty
        self._at = match.end()
