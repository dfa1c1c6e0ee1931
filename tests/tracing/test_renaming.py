"""What the interpreter says of files that are called like others is what it says without us."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.tracing.renaming import may_be_hinted
from tests.tracing.runs import traced, untraced

# Files of a folder; main.py is run.
CIRCLES = {
    "two import each other": {
        "main.py": "import chat\n",
        "chat.py": "import protocol\ndef greet(): pass\n",
        "protocol.py": "import chat\nchat.greet()\n",
    },
    "from a module that imports the program": {
        "main.py": "def run():\n    import chat\nrun()\n",
        "chat.py": "from protocol import hello\nNAME = 1\n",
        "protocol.py": "from chat import NAME\n",
    },
    "a library imports one": {
        "main.py": "import tempfile\n",
        "random.py": "LIMIT = 5\n",
    },
    "a package": {
        "main.py": "import own.first\nprint(own.last)\n",
        "own/__init__.py": "",
        "own/first.py": "",
    },
}


@pytest.mark.parametrize("circle", CIRCLES)
def test_the_hint_for_a_name_that_is_missing_is_the_one_without_us(
    circle: str, tmp_path: Path
) -> None:
    for name, text in CIRCLES[circle].items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    expected = untraced(tmp_path / "main.py")
    assert (expected.status, "Error: " in expected.err) == (1, True)
    assert traced(tmp_path / "main.py")[0] == expected


@pytest.mark.parametrize(
    ("source", "beside", "expected"),
    [
        ("import socket, threading", "server.py client.py", False),
        ("server = 1; print(server.client)", "server.py client.py", False),
        ("import client", "server.py client.py", True),
        ("def run():\n    from client.words import hello", "server.py client", True),
        ("pass", "server.py random.py", True),
        ("pass", "server.py random.cpython-313-x86_64-linux-gnu.so", True),
        ("\n".join(f"name{n} = {n}" for n in range(300)) + "\nimport client", "client.py", True),
    ],
)
def test_it_is_looked_for_what_the_program_imports_and_for_names_of_the_library(
    source: str, beside: str, expected: bool, tmp_path: Path
) -> None:
    for name in beside.split():
        (tmp_path / name).touch()
    assert may_be_hinted(compile(source, "server.py", "exec"), str(tmp_path)) is expected


def test_where_the_folder_cannot_be_read_nothing_can_be_imported(tmp_path: Path) -> None:
    assert not may_be_hinted(compile("import client", "x.py", "exec"), str(tmp_path / "gone"))
