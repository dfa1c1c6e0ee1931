"""Nothing is longer than one can hold in mind: no module over 300 lines, no function over 50.

And no test module is empty.

What has to be longer says why beside it, in a comment that begins `Long because`: a module near its
top, a function right above its first line or below it. Functions of the page's scripts are measured
by Biome, which knows where they end.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
FRONTEND = ROOT / "frontend"
SCRIPTS = FRONTEND / "static" / "js"

MODULE_LINES = 300
FUNCTION_LINES = 50
REASON = re.compile(r"^\s*(?:#|//) Long because \w", re.MULTILINE)
REASON_WITHIN = 40  # lines of the top of a module
BESIDE = 2, 12  # lines above and below the first line of a function


class Function(NamedTuple):
    """Where a function stands: its first and its last line, counted from 1."""

    name: str
    first: int
    last: int


def too_long(name: str, text: str, functions: list[Function]) -> Iterator[str]:
    """Yield the module, if it is too long, and each such function, unless they say why."""
    lines = text.splitlines()
    if len(lines) > MODULE_LINES and not REASON.search("\n".join(lines[:REASON_WITHIN])):
        yield name
    above, below = BESIDE
    for function in functions:
        beside = lines[max(0, function.first - 1 - above) : function.first + below]
        is_long = function.last - function.first + 1 > FUNCTION_LINES
        if is_long and not REASON.search("\n".join(beside)):
            yield f"{name} {function.name}"


def functions_of(source: str) -> list[Function]:
    """Return the functions of a Python module, with those inside of others."""
    return [
        Function(node.name, node.lineno, node.end_lineno or 0)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def functions_of_scripts(folder: Path, config: Path) -> dict[Path, list[Function]]:
    """Return the functions of all scripts below a folder that are not very short.

    Biome counts lines without comments and blank ones, but tells where a function begins and ends.
    """
    config.mkdir()
    rule = {"level": "error", "options": {"maxLines": FUNCTION_LINES // 5}}
    rules = {"preset": "none", "complexity": {"noExcessiveLinesPerFunction": rule}}
    (config / "biome.json").write_text(json.dumps({"linter": {"rules": rules}}))
    biome = FRONTEND / "node_modules" / "@biomejs" / "biome" / "bin" / "biome"
    assert biome.is_file(), "make check installs what reads the page's scripts"
    node = Path(sys.executable).with_name("node")
    options = (f"--config-path={config}", "--reporter=json", "--max-diagnostics=none")
    command = [str(node), str(biome), "lint", *options, "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=60)
    report = json.loads(done.stdout)
    assert not report["summary"]["diagnosticsNotPrinted"], done.stderr.decode()
    found: dict[Path, list[Function]] = {}
    for diagnostic in report["diagnostics"]:
        place = diagnostic["location"]
        first, last = place["start"]["line"], place["end"]["line"]
        function = Function(f"line {first}", first, last)
        found.setdefault((folder / place["path"]).resolve(), []).append(function)
    return found


def test_no_module_and_no_function_of_python_is_too_long() -> None:
    paths = [path for top in ("backend", "labs", "tests") for path in (ROOT / top).rglob("*.py")]
    assert len(paths) > 100
    found = [
        fault
        for path in paths
        for text in [path.read_text(encoding="utf-8")]
        for fault in too_long(path.relative_to(ROOT).as_posix(), text, functions_of(text))
    ]
    assert found == []


def test_each_test_module_has_tests() -> None:
    paths = [*(ROOT / "tests").rglob("test_*.py")]
    assert len(paths) > 100
    assert [path for path in paths if "def test_" not in path.read_text(encoding="utf-8")] == []


def test_no_module_and_no_function_of_the_page_is_too_long(tmp_path: Path) -> None:
    functions = functions_of_scripts(SCRIPTS, tmp_path / "config")
    paths = [*SCRIPTS.rglob("*.js")]
    assert len(functions) > len(paths) / 3
    assert functions.keys() <= {*paths}
    found = [
        fault
        for path in paths
        for fault in too_long(
            path.relative_to(ROOT).as_posix(),
            path.read_text(encoding="utf-8"),
            functions.get(path, []),
        )
    ]
    assert found == []


def test_no_sheet_is_too_long() -> None:
    sheets = sorted((FRONTEND / "static" / "css").glob("*.css"))
    assert len(sheets) > 40
    assert [path.name for path in sheets if [*too_long("", path.read_text("utf-8"), [])]] == []


PY = "def f():\n{reason}" + "    x = 1\n" * FUNCTION_LINES
JS = "class A {{\n  f() {{\n{reason}" + "    this.x = 1;\n" * (FUNCTION_LINES - 1) + "  }}\n}}\n"


@pytest.mark.parametrize("reason", ["", "    # Long\n", "    x = ' # Long because'\n"])
def test_a_long_function_is_found(reason: str) -> None:
    source = PY.format(reason=reason)
    assert [*too_long("m", source, functions_of(source))] == ["m f"]


def test_a_long_function_of_a_script_is_found(tmp_path: Path) -> None:
    scripts = tmp_path / "js"
    scripts.mkdir()
    (scripts / "long.js").write_text(JS.format(reason=""))
    (scripts / "excused.js").write_text(JS.format(reason="    // Long because of its table.\n"))
    functions = functions_of_scripts(scripts, tmp_path / "config")
    found = [
        fault
        for path in sorted(functions)
        for fault in too_long(path.stem, path.read_text(), functions[path])
    ]
    assert found == ["long line 2"]


def test_a_function_that_says_why_may_be_long() -> None:
    source = PY.format(reason="    # Long because it is a table.\n")
    assert [*too_long("m", source, functions_of(source))] == []


def test_a_long_module_is_found_and_may_say_why() -> None:
    text = '"""What it is for."""\n' + "x = 1\n" * MODULE_LINES
    assert [*too_long("m", text, [])] == ["m"]
    assert [*too_long("m", text.replace("x", "# Long because it is one table.\nx", 1), [])] == []
