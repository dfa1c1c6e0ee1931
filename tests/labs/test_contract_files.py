"""The contract of LABS.md for all twenty labs: what each folder holds and what its files say.

What a single lab promises beyond it stands in that lab's own test.
"""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from typing import Any

import pytest

from tests.labs.contract import FOUND, LABS, each_program, programs_of
from tests.labs.programs import ROOT

PORTS = {
    "udp/hello": 12345,
    "udp/transform": 12346,
    "udp/time": 12347,
    "udp/time_with": 12348,
    "udp/socketserver": 12349,
    "tcp/echo": 50007,
    "tcp/trapezoid": 12351,
    "tcp/transform": 12352,
    "tcp/time": 12353,
    "tcp/socketserver": 12354,
    "http/page": 8080,
    "chat/threads": 12361,
    "chat/numbered": 12362,
    "chat/log": 50008,
    "chat/login": 50009,
    "chat/window": 50009,
    "threads/semaphore": None,
    "threads/event": None,
    "threads/condition": None,
    "threads/lowlevel": None,
}

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


def read(lab: str, name: str) -> str:
    return (LABS / lab / name).read_text(encoding="utf-8")


def source(lab: str, program: str) -> str:
    return read(lab, f"{program}.py")


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
    assert programs == set(programs_of(lab))
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
    known |= {"arguments"}
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
        assert step["program"] in programs_of(lab)
        snippet = step["snippet"]
        assert snippet.strip("\n") == snippet != ""
        count = source(lab, step["program"]).count(snippet)
        assert count == 1, f"{step['program']}: {count} times {snippet!r}"
        assert is_bilingual(step["title"])
        assert is_bilingual(step["text"])


@each_lab
def test_the_walkthrough_follows_the_reading_order_and_covers_every_program(lab: str) -> None:
    steps = walkthrough(lab)
    by_program: dict[str, list[int]] = {}
    for step in steps:
        position = source(lab, step["program"]).find(step["snippet"])
        by_program.setdefault(step["program"], []).append(position)
    assert list(by_program) == programs_of(lab)  # server first, none left out
    assert [step["program"] for step in steps] == [
        program for program, positions in by_program.items() for _ in positions
    ]
    for program, positions in by_program.items():
        assert positions == sorted(set(positions)), f"{program}: not in reading order"
    assert len(steps) >= 6
    if lab == "udp/hello":
        assert len(by_program["server"]) >= 10
        assert len(by_program["client"]) >= 9


# --- the source ---------------------------------------------------------------------------------


@each_program
def test_a_program_has_25_to_90_lines_and_a_purpose_in_the_first(lab: str, program: str) -> None:
    text = source(lab, program)
    assert 25 <= text.count("\n") <= 90
    assert "TODO" not in text
    tree = ast.parse(text)
    assert ast.get_docstring(tree)
    assert text.startswith('"""')


@each_program
def test_a_program_imports_only_the_standard_library(lab: str, program: str) -> None:
    for node in ast.walk(ast.parse(source(lab, program))):
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "a relative import"
            modules = [node.module or ""]
        else:
            continue
        for module in modules:
            assert module.partition(".")[0] in sys.stdlib_module_names, module


@each_program
def test_a_program_ends_with_main_and_its_status(lab: str, program: str) -> None:
    tree = ast.parse(source(lab, program))
    assert ast.unparse(tree.body[-1]) == "if __name__ == '__main__':\n    sys.exit(main())"
    main = tree.body[-2]
    assert isinstance(main, ast.FunctionDef)
    assert main.name == "main"
    assert main.returns is not None
    assert ast.unparse(main.returns) == "int"


@pytest.mark.parametrize("lab", [lab for lab in FOUND if PORTS.get(lab)])
def test_the_default_port_of_each_program_is_that_of_lab_toml(lab: str) -> None:
    for program in programs_of(lab):
        namespace: dict[str, object] = {}
        defaults = []
        for node in ast.walk(ast.parse(source(lab, program))):
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=value)):
                    namespace[name] = value
                case ast.Call(args=[ast.Constant(value="--port"), *_], keywords=keywords):
                    defaults += [word.value for word in keywords if word.arg == "default"]
        (default,) = defaults
        value = default.value if isinstance(default, ast.Constant) else ast.unparse(default)
        assert namespace.get(str(value), value) == PORTS[lab], program
