"""What a program is called by its command line, short enough for the head of a lifeline."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence

LIMIT = 40  # characters
PLAYGROUND = "Socket Lab"  # the page looks for it (frontend/static/js/model/held-port.js)
_PYTHON = re.compile(r"^python[0-9.]*$")
_WITH_VALUE = ("-W", "-X")  # options of the interpreter that are two words


def program_name(words: Sequence[str]) -> str:
    """Return `nc` for `/usr/bin/nc -N …`; an interpreter is what it runs: `python client.py`."""
    if not words or not words[0]:
        return ""
    name = posixpath.basename(words[0]).removeprefix("-")  # of a login shell
    if _PYTHON.match(name):
        name = " ".join(["python", *_what_python_runs(words[1:])])
    return _cut(name)


def name_in_a_playground(words: Sequence[str]) -> str:
    """Return what a lab's program is called elsewhere: `Socket Lab: udp/hello server.py`."""
    path = next((word for word in words[1:] if word.endswith(".py")), "")
    *_, group, lab, file = ["", "", *path.split("/")]
    return _cut(f"{PLAYGROUND}: {group}/{lab} {file}")


def _cut(name: str) -> str:
    return name if len(name) <= LIMIT else f"{name[: LIMIT - 1]}…"


def _what_python_runs(words: Sequence[str]) -> list[str]:
    rest = iter(words)
    for word in rest:
        if word == "-m":
            return [word, next(rest, "")]
        if word == "-c":
            return [word]
        if word in _WITH_VALUE:
            next(rest, "")
        elif not word.startswith("-"):
            return [posixpath.basename(word)]
    return []
