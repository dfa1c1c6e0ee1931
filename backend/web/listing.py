"""Program text as lines of coloured HTML, one element a line, so that each line can be lit.

Pygments names the tokens; css/code.css colours the classes. Every line is whole by itself: a
token that goes on over lines (a docstring) is opened anew in each.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from markupsafe import Markup, escape
from pygments.lexers import get_lexer_for_filename
from pygments.token import STANDARD_TYPES, _TokenType

PLAIN = frozenset({"", "w", "n", "o", "p"})  # spaces, names, signs: in the colour of the text


@lru_cache(maxsize=256)
def listing(file_name: str, source: str) -> tuple[Markup, ...]:
    """Return the lines of a program as HTML."""
    lines = [Markup("").join(pieces) for pieces in _lines(file_name, source)]
    while lines and not lines[-1]:
        lines.pop()
    return tuple(lines)


def _lines(file_name: str, source: str) -> Iterator[list[Markup]]:
    lexer = get_lexer_for_filename(file_name, stripnl=False, ensurenl=False)
    line: list[Markup] = []
    for kind, text in lexer.get_tokens(source):
        for number, piece in enumerate(text.split("\n")):
            if number:
                yield line
                line = []
            if piece:
                line.append(_coloured(kind, piece))
    yield line


def _coloured(kind: _TokenType, text: str) -> Markup:
    name = _class_of(kind)
    if not name:
        return escape(text)
    return Markup('<span class="{}">{}</span>').format(name, text)


def _class_of(kind: _TokenType) -> str:
    """Return the short class of a token or of the nearest kind above it that has one."""
    while kind not in STANDARD_TYPES and kind.parent is not None:
        kind = kind.parent
    name = STANDARD_TYPES.get(kind, "")
    return "" if name in PLAIN else f"tok-{name}"
