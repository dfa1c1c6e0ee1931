"""The documents say what exists, and nothing that does not."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest

from backend.app import create_app
from backend.domain import class_events, errors, events, traced_events
from backend.domain.room_info import ClientInfo
from backend.settings import Settings
from backend.web.access import SUBPROTOCOL
from backend.web.errors import CLOSE_CODES, NORMAL_CLOSURE, status_of
from backend.web.refusals import REFUSALS, RefusalCode
from backend.web.sockets.clients import CUT_CODES
from backend.web.sockets.traces import UNSUPPORTED_DATA
from tests.labs.reading import read_course

ROOT = Path(__file__).parents[1]
READMES = {
    language: (ROOT / name).read_text(encoding="utf-8")
    for language, name in (("en", "README.md"), ("ru", "README.ru.md"))
}
README = READMES["en"]
REFERENCE = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
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


def test_everything_that_the_web_refuses_is_in_the_reference_with_its_status() -> None:
    documented = {(row[0], row[1].strip("`")) for row in rows("Errors")}
    assert {(str(status), code) for code, status in REFUSALS.items()} <= documented
    assert set(get_args(RefusalCode)) - set(REFUSALS) == {"http_error"}
    assert "`http_error`" in REFERENCE


def test_the_description_of_the_api_says_of_errors_what_the_reference_says() -> None:
    documented = {(row[0], row[1], row[2]) for row in rows("Errors")}
    paths = create_app(Settings(port=8000)).openapi()["paths"]
    described = {
        (status, code, when)
        for operations in paths.values()
        for operation in operations.values()
        for status, answer in operation["responses"].items()
        if status >= "400"
        for code, when in re.findall(r"(`\w+`): (.+?\.)(?= `\w+`: |$)", answer["description"])
    }
    assert described <= documented
    assert len(described) > 20


def test_every_close_code_is_in_the_reference() -> None:
    documented = {int(row[0].strip("`")) for row in rows("WebSockets")}
    used = {NORMAL_CLOSURE, UNSUPPORTED_DATA, *CLOSE_CODES.values(), *CUT_CODES, 1002, 1012}
    assert documented == used


def test_the_reference_says_what_a_client_is_told_first() -> None:
    section = REFERENCE.partition("## WebSockets\n")[2].partition("\n## ")[0]
    said = re.search(r'`\{"type": "opened", ([^}]+)\}`', section)
    assert said
    ends = {*ClientInfo.__struct_fields__} - {"id", "run"}
    assert set(re.findall(r'"(\w+)"', said[1])) == {"client", "message_limit", *ends}
    assert f"subprotocol `{SUBPROTOCOL}`" in section


def test_every_event_is_in_the_reference_with_its_fields() -> None:
    documented = {row[0].strip("`"): set(re.findall(r"`(\w+)`", row[1])) for row in rows("Events")}
    existing = {
        str(kind.__struct_config__.tag): set(kind.__struct_fields__) - {"t"}
        for module in (events, traced_events, class_events)
        for _name, kind in inspect.getmembers(module, inspect.isclass)
        if issubclass(kind, events.Event) and kind is not events.Event
    }
    assert documented == existing


@pytest.mark.parametrize("language", READMES)
def test_the_readme_lists_each_lab_with_title_and_port(language: str) -> None:
    for lab in read_course().labs:
        lines = READMES[language].splitlines()
        row = next((line for line in lines if f"| `{lab.id}` |" in line), None)
        assert row, lab.id
        assert lab.title.in_language(language) in row
        assert lab.port is None or str(lab.port) in row


def test_every_picture_of_the_readme_exists() -> None:
    for path in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", README):
        assert (ROOT / path).is_file(), path


def headings(text: str) -> list[str]:
    """Return the level of each heading, as its marks."""
    return re.findall(r"^#+(?= )", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE)


def code_blocks(text: str) -> list[str]:
    """Return each block of code with its language, without comments: those are translated."""
    blocks = re.findall(r"```\w*\n.*?```", text, re.DOTALL)
    return [re.sub(r"[ \t]+#.*$", "", block, flags=re.MULTILINE) for block in blocks]


def code_words(text: str) -> list[str]:
    """Return what stands in code font within the text and its tables, in order of the alphabet."""
    return sorted(re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL)))


def links(text: str) -> list[str]:
    """Return where links and pictures lead, but for the one to the other language."""
    targets = re.findall(r"\]\(([^)]+)\)|(?<![`(\"/\w])(https?://[^\s,;`)\"]+)", text)
    return [named or bare for named, bare in targets if not named.startswith("README")]


def pictures(text: str) -> list[str]:
    return re.findall(r"!\[[^\]]*\]\(([^)]+)\)", text)


@pytest.mark.parametrize("part", [headings, code_blocks, code_words, links, pictures])
def test_both_readmes_have_the_same(part: Callable[[str], list[str]]) -> None:
    assert part(README)
    assert part(READMES["ru"]) == part(README)


def test_each_readme_leads_to_the_other() -> None:
    assert "](README.ru.md)" in README
    assert "](README.md)" in READMES["ru"]


def named_in_the_architecture() -> set[str]:
    """Return the paths that the page names: code that begins at the top, and links."""
    tops = {path.name for path in ROOT.iterdir()}
    code = re.findall(r"`([^`\n]+)`", ARCHITECTURE)
    links = re.findall(r"\]\(([^):]+)\)", ARCHITECTURE)
    return {word for word in code if word.partition("/")[0] in tops} | {
        f"docs/{link}" for link in links
    }


def test_the_architecture_names_no_path_that_is_not_there() -> None:
    named = named_in_the_architecture()
    assert len(named) > 20
    assert "docs/pictures/architecture.svg" in named
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []


def test_the_architecture_names_every_folder_of_both_halves() -> None:
    folders = {
        path.parent.relative_to(ROOT).as_posix()
        for top, name in (("backend", "*.py"), ("frontend/static/js", "*.js"))
        for path in (ROOT / top).rglob(name)
    }
    assert {"backend/domain", "frontend/static/js/model"} < folders
    assert sorted(folders - named_in_the_architecture()) == []


def test_the_architecture_says_where_what_is_new_goes() -> None:
    table = ARCHITECTURE.partition("## Where something new goes\n")[2]
    said = dict(re.findall(r"^\| (.+?) \| (.+) \|$", table, re.MULTILINE))
    for new in ("a limit or a setting", "an event", "an error", "a view", "a lab"):
        assert "`" in said[new], new
    assert any("client" in new for new in said)


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
