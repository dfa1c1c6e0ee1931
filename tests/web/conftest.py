"""One served playground for the tests of a module; each sees the timeline from its own start."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.server import Playground, serving


@pytest.fixture(scope="module")
def served() -> Iterator[Playground]:
    # A program that is stopped ends by itself, if only it comes to its turn.
    with serving(runs_per_room=200, stop_int_s=10) as playground:
        yield playground


@pytest.fixture
def playground(served: Playground) -> Playground:
    served.mark()
    return served
