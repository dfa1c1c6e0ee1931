"""The documents say what exists, and nothing that does not."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

from backend.domain import errors, events
from backend.runtime.catalog import Catalog
from backend.settings import Settings
from backend.web.errors import status_of

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
REFERENCE = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
BRANCHES = {
    errors.SocketLabError,
    errors.Defect,
    errors.ForbiddenTransition,
    errors.LabFailure,
    errors.BadInput,
}


def rows(heading: str) -> list[list[str]]:
    """Return the cells of the first table below a heading of the reference."""
    section = REFERENCE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    table = re.search(r"(?:^\|.*\n)+", section, re.MULTILINE)
    assert table, heading
    lines = table[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def test_every_setting_is_in_the_reference_with_its_words() -> None:
    documented = {row[0].strip("`"): row[2] for row in rows("Settings")}
    assert documented == {name: field.description for name, field in Settings.model_fields.items()}


def test_every_error_code_is_in_the_reference_with_its_status() -> None:
    documented = {(row[0], row[1].strip("`")) for row in rows("Errors")}
    section = REFERENCE.partition("## Errors\n")[2].partition("\n## ")[0]
    on_a_websocket = set(re.findall(r"^\| `(\w+)` \| ", section, re.MULTILINE))
    for _name, kind in inspect.getmembers(errors, inspect.isclass):
        if issubclass(kind, errors.SocketLabError) and kind not in BRANCHES:
            status = status_of(kind.__new__(kind))
            assert (str(status), kind.code) in documented or kind.code in on_a_websocket, kind


def test_every_event_is_in_the_reference_with_its_fields() -> None:
    documented = {row[0].strip("`"): set(re.findall(r"`(\w+)`", row[1])) for row in rows("Events")}
    existing = {
        str(kind.__struct_config__.tag): set(kind.__struct_fields__) - {"t"}
        for _name, kind in inspect.getmembers(events, inspect.isclass)
        if issubclass(kind, events.Event) and kind is not events.Event
    }
    assert documented == existing


def test_the_readme_lists_each_lab_with_title_and_port() -> None:
    for lab in Catalog.read(ROOT / "labs").labs:
        row = next((line for line in README.splitlines() if f"| `{lab.id}` |" in line), None)
        assert row, lab.id
        assert lab.title.en in row
        assert lab.port is None or str(lab.port) in row


def test_every_picture_of_the_readme_exists() -> None:
    for path in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", README):
        assert (ROOT / path).is_file(), path


@pytest.mark.parametrize(
    "line", sorted(set(re.findall(r"^socketlab .*$", README, flags=re.MULTILINE)))
)
def test_every_socketlab_command_of_the_readme_is_understood(line: str) -> None:
    words = line.partition("#")[0].split()[1:]
    # A program that would run on is only asked for its help.
    asked = {"labs": words, "serve": ["serve", "--help"]}.get(words[0], [*words[:2], "--help"])
    command = [sys.executable, "-m", "backend.cli", *asked]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
