"""Program text as lines of coloured HTML, one element a line, so that each line can be lit.

Pygments names the tokens; css/code.css colours the classes. Every line is whole by itself: a
token that goes on over lines (a docstring) is opened anew in each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from markupsafe import Markup, escape
from pygments.lexers import get_lexer_for_filename
from pygments.token import STANDARD_TYPES, _TokenType

Piece = tuple[str, str]  # class of the colour or "", text
Line = tuple[Piece, ...]

PLAIN = frozenset({"", "w", "n", "o", "p"})  # spaces, names, signs: in the colour of the text


@lru_cache(maxsize=256)
def listing(file_name: str, source: str) -> tuple[Markup, ...]:
    """Return the lines of a program as HTML."""
    return tuple(mark(line, ()) for line in colour_lines(file_name, source))


@lru_cache(maxsize=256)
def colour_lines(file_name: str, source: str) -> tuple[Line, ...]:
    """Return the lines of a program, each as pieces of text with the class of their colour."""
    lines = list(_lines(file_name, source))
    while lines and not lines[-1]:
        lines.pop()
    return tuple(tuple(line) for line in lines)


def mark(line: Line, marks: Iterable[tuple[int, int]]) -> Markup:
    """Return a line as HTML with <mark> around the characters of each mark (from, before)."""
    parts, at = [], 0
    for start, end in marks:
        parts.append(_html(_cut(line, at, start)))
        parts.append(Markup("<mark>{}</mark>").format(_html(_cut(line, start, end))))
        at = end
    return Markup("").join([*parts, _html(_cut(line, at, None))])


def _lines(file_name: str, source: str) -> Iterator[list[Piece]]:
    lexer = get_lexer_for_filename(file_name, stripnl=False, ensurenl=False)
    line: list[Piece] = []
    for kind, text in lexer.get_tokens(source):
        for number, part in enumerate(text.split("\n")):
            if number:
                yield line
                line = []
            if part:
                line.append((_class_of(kind), part))
    yield line


def _cut(line: Line, start: int, end: int | None) -> Iterator[Piece]:
    """Yield what of a line stands from one character up to another one."""
    at = 0
    for name, text in line:
        part = text[max(start - at, 0) : None if end is None else max(end - at, 0)]
        at += len(text)
        if part:
            yield name, part


def _html(pieces: Iterable[Piece]) -> Markup:
    return Markup("").join(
        Markup('<span class="{}">{}</span>').format(name, text) if name else escape(text)
        for name, text in pieces
    )


def _class_of(kind: _TokenType) -> str:
    """Return the short class of a token or of the nearest kind above it that has one."""
    while kind not in STANDARD_TYPES and kind.parent is not None:
        kind = kind.parent
    name = STANDARD_TYPES.get(kind, "")
    return "" if name in PLAIN else f"tok-{name}"
