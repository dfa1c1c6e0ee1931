"""A playground of its own for each journey: whoever begins one meets an untouched page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import (
    ROOT,
    browser,
    files_url,
    open_bench,
    page,
    playwright_here,
    profile,
)
from tests.server import Playground, serving
from tests.soak.journeys.terminal import Terminal, terminal

__all__ = ["browser", "files_url", "open_bench", "page", "playwright_here", "profile"]


@pytest.fixture
def course() -> Iterator[Playground]:
    with serving(labs_dir=ROOT / "labs", runs_per_room=100) as playground:
        yield playground


@pytest.fixture
def page_errors(course: Playground) -> list[str]:
    """Let the playground outlive the page, which else reports that it is gone."""
    return []


@pytest.fixture
def first(tmp_path: Path) -> Iterator[Terminal]:
    """A terminal in a folder where nothing is."""
    with terminal(tmp_path) as window:
        yield window


@pytest.fixture
def second(tmp_path: Path) -> Iterator[Terminal]:
    with terminal(tmp_path) as window:
        yield window


@pytest.fixture
def third(tmp_path: Path) -> Iterator[Terminal]:
    with terminal(tmp_path) as window:
        yield window
