"""Thirty wrong files of labs: each is told with file, line, key, and what is allowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.runtime.catalog import Catalog
from tests.domain.test_checks import CHECKS
from tests.lab_folder import LAB, WALKTHROUGH, write_lab

FILES = {"lab.toml": LAB, "walkthrough.toml": WALKTHROUGH, "checks.toml": CHECKS}
STEP = "there are program, snippet, title, text"

WRONG = [
    # file, what stands there, what stands there now, what is told
    ("lab.toml", "title =", "titel =", "2: titel: no such key; there are title, summary,"),
    ("lab.toml", "title =", "titel =", "1: title: is missing; expected a table with ru, en"),
    ("lab.toml", 'en = "Hello"', "en = 5", "2: title.en: expected a text, not empty, got 5"),
    ("lab.toml", 'en = "Hello"', 'en = ""', "2: title.en: expected a text, not empty, got ''"),
    ("lab.toml", 'en = "Hello"', 'de = "Hallo"', "2: title.de: no such key; there are ru, en"),
    ("lab.toml", '"udp"', '"sctp"', "4: transport: expected `udp`, `tcp` or `none`, got 'sctp'"),
    ("lab.toml", "12345", "99999", "5: port: expected a whole number from 1 to 65535, got 99999"),
    ("lab.toml", "12345", "true", "5: port: expected a whole number from 1 to 65535, got true"),
    ("lab.toml", "port = 12345\n", "", "1: port: transport 'udp' needs one"),
    ("lab.toml", '"S0 work1"', "S0", "6: no TOML: Invalid value"),
    (
        "lab.toml",
        "\nport",
        '\nneeds = "a"\nport',
        "5: needs: expected a list of which each is a text",
    ),
    ("lab.toml", "\nport", '\nneeds = ["a/b"]\nport', "5: needs 1: no lab 'a/b'"),
    (
        "lab.toml",
        "\nport",
        "\nminutes = 0.5\nport",
        "5: minutes: expected a whole number from 1 to 600",
    ),
    (
        "lab.toml",
        "\nport",
        '\ngoals = { ru = ["a"], en = ["a", "b"] }\nport',
        "5: goals: 1 in ru, 2 in",
    ),
    ("lab.toml", '"message"', '"massage"', "9: client.kind: expected `message`, `watch`, `form`"),
    ("lab.toml", '"message"', '"form"', "8: client.template: is missing; expected a text"),
    ("lab.toml", '"message"', '"none"', "9: client.kind: transport 'udp' needs one"),
    ("walkthrough.toml", "[[step]]", "[[steps]]", "2: steps: no such key; there are step"),
    (
        "walkthrough.toml",
        '"client"',
        '"demo"',
        "12: step 2.program: this lab has no program 'demo'",
    ),
    ("walkthrough.toml", '"client"', '"cleint"', "12: step 2.program: expected `server`, `client`"),
    (
        "walkthrough.toml",
        '"import socket"',
        '"import os"',
        "13: step 2.snippet: snippet 'import os'",
    ),
    ("walkthrough.toml", "text =", "words =", f"9: step 1.words: no such key; {STEP}"),
    ("walkthrough.toml", "text =", "words =", "2: step 1.text: is missing; expected a table with"),
    ("walkthrough.toml", '"""\n    sock', '"\n    sock', "4: no TOML: Illegal character"),
    ("checks.toml", '"answers"', '"An answer"', "3: check 1.id: expected a text"),
    ("checks.toml", "core = true", "core = 1", "4: check 1.core: expected true or false, got 1"),
    (
        "checks.toml",
        "core",
        "kore",
        "4: check 1.kore: no such key; there are id, title, hint, core",
    ),
    ("checks.toml", "send =", "sent =", "8: check 1.steps 1: says nothing to do, expected one of"),
    (
        "checks.toml",
        "within_s = 3",
        'within_s = "3"',
        "9: check 1.steps 2.within_s: expected a number",
    ),
    (
        "checks.toml",
        '"Hello"',
        '"Hello", eof = true',
        "8: check 1.steps 1: has send and eof, expected",
    ),
]


def test_there_are_thirty() -> None:
    assert len(WRONG) == 30
    assert {file for file, *_ in WRONG} == set(FILES)


@pytest.mark.parametrize(("file", "old", "new", "told"), WRONG)
def test_what_is_wrong_is_told_with_file_line_key_and_what_is_allowed(
    tmp_path: Path, file: str, old: str, new: str, told: str
) -> None:
    write_lab(tmp_path / "labs")
    folder = write_lab(tmp_path / "own", "dns/wrong")
    write_lab(tmp_path / "own", "dns/right")
    text = FILES[file].replace(old, new)
    assert text != FILES[file]
    (folder / file).write_text(text)
    catalog = Catalog.read(tmp_path / "labs", [tmp_path / "own"])
    (broken,) = catalog.broken
    assert broken.id == "dns/wrong"
    assert any(line.startswith(f"own/dns/wrong/{file}:{told}") for line in broken.problems), (
        broken.problems
    )
    assert [lab.id for lab in catalog.labs] == ["udp/hello", "dns/right"]
