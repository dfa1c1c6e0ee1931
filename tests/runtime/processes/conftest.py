"""Programs of these tests are started by both forms of the launcher."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.launching import FORMS, Chosen

# What says nothing of how a program is started, and takes its time: the other form is for the soak.
SLOW = {"test_governor"}
WITHOUT = {"test_watcher", "test_folders", "test_output", "test_fork"}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test over the forms of the launcher: that of production first."""
    module = Path(metafunc.module.__file__ or "").stem
    if module in WITHOUT:
        return
    spawn = pytest.param("spawn", marks=pytest.mark.soak) if module in SLOW else "spawn"
    metafunc.parametrize("form", ["fork", spawn], indirect=True)


@pytest.fixture(autouse=True)
def form(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Choose the form of the launcher."""
    form: str = getattr(request, "param", Chosen.form)
    assert form in FORMS
    monkeypatch.setattr(Chosen, "form", form)
    return form
