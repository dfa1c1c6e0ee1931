"""The tree of errors: codes that scripts match, messages with their numbers."""

from __future__ import annotations

import inspect
import re

import pytest

from backend.domain import errors
from backend.domain.errors import (
    BadInput,
    Defect,
    LabFailure,
    LimitReached,
    PortInUse,
    SocketLabError,
    UnknownProgram,
)

TREE = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, SocketLabError)
]


@pytest.mark.parametrize("kind", TREE, ids=lambda kind: kind.__name__)
def test_every_error_is_of_one_branch_and_drawn_in_the_tree(kind: type[SocketLabError]) -> None:
    branches = [branch for branch in (Defect, LabFailure, BadInput) if issubclass(kind, branch)]
    assert len(branches) == (0 if kind is SocketLabError else 1)
    assert errors.__doc__ is not None
    assert re.search(rf"\b{kind.__name__}\b", errors.__doc__)


def test_no_two_kinds_share_a_code() -> None:
    own = [kind.code for kind in TREE if "code" in vars(kind)]
    assert len(own) == len(set(own))


def test_messages_carry_the_numbers() -> None:
    assert "12345" in PortInUse("127.0.0.1", 12345).message
    assert "40 programs" in LimitReached("programs", 40).message
    message = UnknownProgram("udp/echo", "srever", ("server", "client")).message
    assert "'srever'" in message
    assert "server, client" in message
