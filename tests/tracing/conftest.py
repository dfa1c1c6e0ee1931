"""Programs of these tests are started by both forms of the launcher; some need none."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.launching import Chosen
from tests.tracing.end import End


@pytest.fixture(autouse=True, params=["fork", pytest.param("spawn", marks=pytest.mark.soak)])
def form(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run each test with the launcher of production, and in the soak with its other form."""
    form: str = request.param
    monkeypatch.setattr(Chosen, "form", form)
    return form


@pytest.fixture
def end(monkeypatch: pytest.MonkeyPatch) -> Iterator[End]:
    """Give a channel that does not touch the descriptors of processes that are forked later."""
    monkeypatch.setattr(os, "register_at_fork", lambda **_: None)
    made = End()
    yield made
    made.close()
