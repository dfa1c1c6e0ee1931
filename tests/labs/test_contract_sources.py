"""The contract of LABS.md for the text of all programs: their imports, first and last lines."""

from __future__ import annotations

import ast
import re
import sys

import pytest

from tests.labs.contract import (
    FOUND,
    PORTS,
    each_first_version,
    each_program,
    first_versions_of,
    programs_of,
    source,
)


@each_program
def test_a_program_says_its_purpose_in_the_first_line(lab: str, program: str) -> None:
    text = source(lab, program)
    assert "TODO" not in text
    tree = ast.parse(text)
    assert ast.get_docstring(tree)
    assert text.startswith('"""')


@each_first_version
def test_a_first_version_has_8_to_25_lines_and_takes_no_flags(lab: str, program: str) -> None:
    text = source(lab, program)
    assert 8 <= len([line for line in text.splitlines() if line.strip()]) <= 25
    assert not re.search(r"argparse|sys\.argv", text)
    if PORTS[lab] is not None:
        assert re.search(rf"\b{PORTS[lab]}\b", text), "it does not use the lab's port"


@pytest.mark.parametrize(
    ("lab", "program"),
    [(lab, name) for lab in FOUND for name in (*programs_of(lab), *first_versions_of(lab))],
)
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
def test_a_program_ends_with_main(lab: str, program: str) -> None:
    tree = ast.parse(source(lab, program))
    main = tree.body[-2]
    assert isinstance(main, ast.FunctionDef)
    assert main.name == "main"
    assert main.returns is not None
    assert ast.unparse(main.returns) == "None"
    assert ast.unparse(tree.body[-1]) == "if __name__ == '__main__':\n    main()"


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
