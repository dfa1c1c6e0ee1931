"""Programs of these tests are started by both forms of the launcher."""

from __future__ import annotations

import pytest

from tests.launching import Chosen


@pytest.fixture(autouse=True, params=["fork", pytest.param("spawn", marks=pytest.mark.soak)])
def form(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run each test with the launcher of production, and in the soak with its other form."""
    form: str = request.param
    monkeypatch.setattr(Chosen, "form", form)
    return form
