"""The tree of errors: codes that scripts match, messages with their numbers."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path
from typing import get_args

import pytest

from backend.domain import errors
from backend.domain.errors import (
    BadInput,
    Defect,
    ErrorCode,
    LabFailure,
    LimitReached,
    PortInUse,
    SocketLabError,
    UnknownProgram,
)

ROOT = Path(__file__).parents[2]
TREE = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, SocketLabError)
]


def drawn() -> dict[str, str | None]:
    """Return each error of the drawing with the one that it hangs from."""
    assert errors.__doc__ is not None
    parents: dict[str, str | None] = {}
    above: list[str] = []
    for line in errors.__doc__.splitlines():
        found = re.match(r"^    ([│├└─ ]*)([A-Z]\w+(?:, [A-Z]\w+)*)", line)
        if found:
            depth = len(found[1]) // 4
            names = found[2].split(", ")
            parents |= dict.fromkeys(names, above[depth - 1] if depth else None)
            above[depth:] = names[-1:]
    return parents


def test_the_drawing_is_the_tree() -> None:
    existing = {
        kind.__name__: None if kind is SocketLabError else kind.__bases__[0].__name__
        for kind in TREE
    }
    assert drawn() == existing


def test_every_error_is_declared_here() -> None:
    """Whatever else the backend imports: no module has an error of its own in this tree."""
    for module in (ROOT / "backend").rglob("*.py"):
        if module.parent != ROOT / "backend" / "domain" / "errors":
            bases = {
                getattr(base, "id", "")
                for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
                if isinstance(node, ast.ClassDef)
                for base in node.bases
            }
            assert not bases & {kind.__name__ for kind in TREE}, module


@pytest.mark.parametrize("kind", TREE, ids=lambda kind: kind.__name__)
def test_every_error_is_of_one_branch_and_has_a_code_that_is_a_word(
    kind: type[SocketLabError],
) -> None:
    branches = [branch for branch in (Defect, LabFailure, BadInput) if issubclass(kind, branch)]
    assert len(branches) == (0 if kind is SocketLabError else 1)
    assert kind.code in get_args(ErrorCode)


def test_every_code_belongs_to_an_error() -> None:
    assert {kind.code for kind in TREE} == set(get_args(ErrorCode))


def test_no_two_kinds_share_a_code() -> None:
    own = [kind.code for kind in TREE if "code" in vars(kind)]
    assert len(own) == len(set(own))


def test_messages_carry_the_numbers() -> None:
    assert "12345" in PortInUse("127.0.0.1", 12345).message
    assert "40 programs" in LimitReached("programs", 40).message
    message = UnknownProgram("udp/echo", "srever", ("server", "client")).message
    assert "'srever'" in message
    assert "server, client" in message
