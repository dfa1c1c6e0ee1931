"""The contract of LABS.md for all twenty labs: what each folder holds and what its files say.

What a single lab promises beyond it stands in that lab's own test.
"""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest

from tests.labs.contract import (
    FOUND,
    LABS,
    PORTS,
    first_versions_of,
    programs_of,
    read,
    source,
)
from tests.labs.programs import ROOT

EVOLVES = {
    "udp/time_with": "udp/time",
    "udp/socketserver": "udp/transform",
    "tcp/transform": "udp/transform",
    "tcp/time": "udp/time_with",
    "tcp/socketserver": "tcp/transform",
    "chat/numbered": "chat/threads",
    "chat/log": "tcp/echo",
    "chat/login": "chat/log",
    "chat/window": "chat/login",
    "threads/condition": "threads/event",
}

each_lab = pytest.mark.parametrize("lab", FOUND)


def metadata(lab: str) -> dict[str, Any]:
    return tomllib.loads(read(lab, "lab.toml"))


def walkthrough(lab: str) -> list[dict[str, Any]]:
    steps = tomllib.loads(read(lab, "walkthrough.toml"))["step"]
    assert isinstance(steps, list)
    return steps


# --- the folder ---------------------------------------------------------------------------------


def test_the_labs_are_exactly_the_twenty_of_labs_md() -> None:
    assert set(FOUND) == set(PORTS)


@each_lab
def test_the_folder_has_all_its_files_and_no_other_program(lab: str) -> None:
    folder = LABS / lab
    for name in ("lab.toml", "task.ru.md", "task.en.md", "walkthrough.toml", "__init__.py"):
        assert (folder / name).is_file(), f"{name} is missing"
    assert read(lab, "__init__.py") == ""
    programs = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    assert programs == {*programs_of(lab), *first_versions_of(lab)}
    if lab == "http/page":
        assert (folder / "index.html").is_file()


# --- lab.toml -----------------------------------------------------------------------------------

CLIENT_KEYS: dict[str, dict[str, type]] = {
    "message": {"line_ending": str, "presets": list, "one_way": bool, "one_shot": bool},
    "watch": {"register": str, "leave": str, "repeat_s": int, "line_ending": str},
    "form": {"template": str, "line_ending": str, "fields": list, "error_prefix": str},
    "chat": dict.fromkeys(("line_ending", "login_line", "template"), str)
    | dict.fromkeys(("one_way", "form"), bool),
    "browser": {"presets": list},
    "none": {},
}

CLIENT_NEEDS = {
    "message": {"presets"},
    "watch": {"register", "leave", "repeat_s"},
    "form": {"template", "fields"},
    "chat": {"line_ending"},
    "browser": {"presets"},
    "none": set(),
}


def is_bilingual(value: object) -> bool:
    return (
        isinstance(value, dict)
        and set(value) == {"ru", "en"}
        and all(isinstance(text, str) and text.strip() for text in value.values())
    )


@each_lab
def test_lab_toml_follows_the_schema(lab: str) -> None:
    data = metadata(lab)
    known = {"title", "summary", "transport", "port", "source", "evolves", "server", "client"}
    known |= {"arguments", "needs", "minutes", "goals"}
    assert set(data) <= known, f"unknown keys {set(data) - known}"
    assert is_bilingual(data["title"])
    assert not any(re.search(r"\b(UDP|TCP)\b", text) for text in data["title"].values())
    assert is_bilingual(data["summary"])
    for text in data["summary"].values():
        assert len(text) <= 90, f"{len(text)} characters, at most 90: {text}"
        assert "\n" not in text
    assert isinstance(data["source"], str)
    assert re.match(r"S\d ", data["source"])
    group = lab.partition("/")[0]
    assert data["transport"] == {"udp": "udp", "threads": "none"}.get(group, "tcp")


@each_lab
def test_lab_toml_names_the_port_and_the_relatives_of_labs_md(lab: str) -> None:
    data = metadata(lab)
    assert data.get("port") == PORTS[lab]
    assert data.get("evolves") == EVOLVES.get(lab)
    assert data.get("server") == ("chat/login" if lab == "chat/window" else None)
    for relative in (data.get("evolves"), data.get("server")):
        assert relative is None or (LABS / relative / "lab.toml").is_file()


@each_lab
def test_lab_toml_says_what_the_page_s_client_needs(lab: str) -> None:
    client = metadata(lab)["client"]
    kind = client.pop("kind")
    assert set(client) <= set(CLIENT_KEYS[kind]), f"unknown: {set(client) - set(CLIENT_KEYS[kind])}"
    assert set(client) >= CLIENT_NEEDS[kind], f"missing: {CLIENT_NEEDS[kind] - set(client)}"
    for key, value in client.items():
        assert type(value) is CLIENT_KEYS[kind][key], f"{key} = {value!r}"
    assert client.get("line_ending", "") in {"", "\n"}
    for preset in client.get("presets", []):
        english = preset if isinstance(preset, str) else preset["en"]
        assert not re.search("[а-яё]", english, re.IGNORECASE), preset
    if kind == "form":
        for field in client["fields"]:
            assert set(field) == {"name", "label", "value"}
            assert isinstance(field["value"], str)
            assert is_bilingual(field["label"])
        names = {field["name"] for field in client["fields"]}
        assert set(re.findall(r"\{(\w+)\}", client["template"])) == names
    assert (kind == "none") == lab.startswith("threads/")
    assert (kind == "browser") == (lab == "http/page")


# --- task and walkthrough -----------------------------------------------------------------------


def without_code(markdown: str) -> str:
    """Markdown without its fenced blocks and inline code."""
    text = re.sub(r"^ *```.*?^ *```", "", markdown, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"`[^`\n]+`", "", text)


@each_lab
def test_both_tasks_are_plain_markdown_of_the_same_shape(lab: str) -> None:
    headings = {}
    for language in ("ru", "en"):
        text = read(lab, f"task.{language}.md")
        assert 30 <= len(text.splitlines()) <= 60, f"{language}: {len(text.splitlines())} lines"
        prose = without_code(text)
        assert not re.search(r"^# |!\[|<[a-z/]|^\|", prose, flags=re.MULTILINE)
        headings[language] = len(re.findall(r"^## \S", prose, flags=re.MULTILINE))
    assert headings["ru"] == headings["en"] >= 3


@each_lab
def test_every_command_of_the_tasks_names_what_exists(lab: str) -> None:
    for language in ("ru", "en"):
        text = read(lab, f"task.{language}.md")
        modules = re.findall(r"python3? -m (labs[\w.]*\w)", text)
        assert modules, f"{language}: no command that starts the lab"
        paths = [module.replace(".", "/") + ".py" for module in modules]
        paths += re.findall(r"python3? (labs/\S+\.py)", text)
        for path in paths:
            assert (ROOT / path).is_file(), f"{language}: {path}"
        own_ports = {str(PORTS[lab]), *re.findall(r"--port (\d+)", text)}
        for port in re.findall(r"\bnc (?:-\S+ )*(?:127\.0\.0\.1|localhost) (\d+)", text):
            assert port in own_ports, f"{language}: nc to {port}, but the lab has {own_ports}"


@each_lab
def test_each_walkthrough_step_has_a_snippet_that_occurs_once_and_both_languages(lab: str) -> None:
    for step in tomllib.loads((LABS / lab / "walkthrough.toml").read_text(encoding="utf-8"))[
        "step"
    ]:
        assert set(step) == {"program", "snippet", "title", "text"}
        assert step["program"] in [*programs_of(lab), *first_versions_of(lab)]
        snippet = step["snippet"]
        assert snippet.strip("\n") == snippet != ""
        count = source(lab, step["program"]).count(snippet)
        assert count == 1, f"{step['program']}: {count} times {snippet!r}"
        assert is_bilingual(step["title"])
        assert is_bilingual(step["text"])


@each_lab
def test_the_walkthrough_covers_every_program_and_no_place_twice(lab: str) -> None:
    steps = walkthrough(lab)  # in the order of the run, which no test can know
    by_program: dict[str, list[str]] = {}
    for step in steps:
        by_program.setdefault(step["program"], []).append(step["snippet"])
    assert set(by_program) >= set(programs_of(lab)), "a program without a step"
    for program, snippets in by_program.items():
        assert len(snippets) == len(set(snippets)), f"{program}: two steps at one place"
    assert len(steps) >= 6
    if lab == "udp/hello":  # S2 explains every line
        first = "first_" if first_versions_of(lab) else ""
        assert len(by_program[f"{first}server"]) >= 10
        assert len(by_program[f"{first}client"]) >= 9
