"""docs/own-labs.md names every word of the lab format, and none that there is not."""

from __future__ import annotations

import inspect
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import get_args

import msgspec

from backend.domain.checks import CheckHead
from backend.domain.labs import LabFile, StepFile
from backend.domain.page_clients import ClientOfPage
from backend.domain.programs import PROGRAMS
from backend.domain.steps import KINDS
from backend.domain.toml_reading import read_toml
from backend.runtime.catalog import Catalog
from backend.runtime.lab_reading import EXHIBITS
from backend.terminal.own_labs import problems_of
from tests.lab_folder import LAB, write_lab
from tests.labs.programs import ROOT
from tests.test_cli import socketlab

TEXT = (ROOT / "docs" / "own-labs.md").read_text(encoding="utf-8")


def cells(heading: str) -> list[tuple[str, ...]]:
    """Return the rows of the table whose first row begins so."""
    table = TEXT[TEXT.index(f"| {heading} |") :].split("\n\n")[0]
    rows = [tuple(cell.strip() for cell in row.split(" | ")) for row in table.splitlines()[2:]]
    return [(row[0].removeprefix("| "), *row[1:-1], row[-1].removesuffix(" |")) for row in rows]


def names(cell: str) -> list[str]:
    """Return what stands in a cell as code."""
    return re.findall(r"`(\w+)`", cell)


def test_every_word_of_a_step_is_told_with_what_stands_beside_it() -> None:
    told = {names(word)[0]: (names(beside), about) for word, beside, about in cells("word")}
    for word, kind in KINDS.items():
        beside = [name for name in kind.__struct_fields__ if name != word]
        assert told.pop(word) == (beside, inspect.cleandoc(kind.__doc__ or "")), word
    assert told == {}


def test_every_key_of_a_check_is_told() -> None:
    told = {name for cell, *_ in cells("key of a check") for name in names(cell)}
    assert told == {*CheckHead.__struct_fields__, "steps"}


def test_every_file_of_a_lab_is_told() -> None:
    told = {name for cell, *_ in cells("file") for name in re.findall(r"`([\w.]+)`", cell)}
    texts = {f"{name}.{language}.md" for name in ("task", "answers") for language in ("ru", "en")}
    tables = {"lab.toml", "walkthrough.toml", "checks.toml"}
    assert told == {f"{program}.py" for program in PROGRAMS} | texts | tables | set(EXHIBITS)


def test_every_key_of_lab_toml_is_told_and_whether_it_is_needed() -> None:
    told = {name: needed for cell, needed, _ in cells("key of lab.toml") for name in names(cell)}
    fields = {field.encode_name: field.required for field in msgspec.structs.fields(LabFile)}
    assert {name: needed == "yes" for name, needed in told.items()} == fields


def test_every_kind_of_client_is_told_with_its_keys() -> None:
    told = {names(kind)[0]: (names(keys), about) for kind, keys, about in cells("kind of client")}
    assert told == {
        str(kind.__struct_config__.tag): (
            [field.encode_name for field in msgspec.structs.fields(kind)],
            inspect.cleandoc(kind.__doc__ or "").splitlines()[0],
        )
        for kind in get_args(ClientOfPage)
    }


def test_every_key_of_a_step_of_a_walkthrough_is_told() -> None:
    told = {name for cell, *_ in cells("key of a step") for name in names(cell)}
    assert told == {*StepFile.__struct_fields__}


def test_the_commands_make_a_lab_that_is_right(tmp_path: Path) -> None:
    commands = [shlex.split(line) for line in TEXT.split("```")[1].strip().splitlines()]
    assert [words[1] for words in commands] == ["lab", "lab", "serve"]
    for words in commands[:2]:
        done = subprocess.run(
            [sys.executable, "-m", "backend.cli", *words[1:]],
            cwd=tmp_path,
            env={"PYTHONPATH": str(ROOT), "SOCKETLAB_DATA": "none"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "dns/lookup: right\n"
    lab = Catalog.read(ROOT / "labs", [tmp_path / "mylabs"]).get("dns/lookup")
    assert lab.title.en == "Lookup"


def test_what_check_is_shown_to_say_is_what_it_says(tmp_path: Path) -> None:
    folder = write_lab(tmp_path / "mylabs", "dns/lookup")
    file = folder / "lab.toml"
    text = LAB.lstrip().replace('"udp"', '"sctp"').replace("12345", "0")
    file.write_text(text)
    shown = TEXT.split("```")[3].strip().splitlines()
    assert problems_of(ROOT / "labs", [folder])[1] == shown


def test_the_examples_are_right_and_in_one_language() -> None:
    examples = ROOT / "docs" / "examples"
    catalog = Catalog.read(ROOT / "labs", [examples])
    assert [lab.id for lab in catalog.labs if lab.is_own] == ["names/lookup", "store/lines"]
    assert catalog.broken == ()
    assert not list(examples.rglob("*.ru.md"))


def test_the_example_of_lab_toml_is_right() -> None:
    text = TEXT.partition("## lab.toml")[2].split("```")[1].removeprefix("toml\n")
    value, problems = read_toml(text.encode(), LabFile, one_language=True)
    assert (value is not None, problems) == (True, ())


def test_lab_check_says_what_is_wrong_and_ends_with_1(tmp_path: Path) -> None:
    made = socketlab("lab", "new", "own/echo", "--from", "udp/echo", "--labs", str(tmp_path))
    assert (made.returncode, made.stderr) == (0, "")
    right = socketlab("lab", "check", str(tmp_path))
    assert (right.returncode, right.stdout) == (0, "own/echo: right\n")
    file = tmp_path / "own/echo/lab.toml"
    file.write_text(file.read_text().replace("port = ", "prot = "))
    wrong = socketlab("lab", "check", str(tmp_path))
    assert wrong.returncode == 1
    assert ": prot: no such key; there are title, summary" in wrong.stdout
    again = socketlab("lab", "new", "own/echo", "--from", "tcp/echo", "--labs", str(tmp_path))
    assert again.returncode == 2
    assert "is there already" in again.stderr
