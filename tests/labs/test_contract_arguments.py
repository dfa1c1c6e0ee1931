"""What guests may give a lab's programs is what the programs take, but for host and port."""

from __future__ import annotations

import ast
import tomllib

import pytest

from tests.labs.contract import FOUND, LABS, programs_of


def allowed(lab: str) -> set[tuple[str, str]]:
    """Return what lab.toml allows, as program and name; an option has its dashes."""
    data = tomllib.loads((LABS / lab / "lab.toml").read_text(encoding="utf-8"))
    return {
        (program, name if argument["kind"] == "text" else f"--{name}")
        for program, arguments in data.get("arguments", {}).items()
        for name, argument in arguments.items()
    }


def taken(lab: str) -> set[tuple[str, str]]:
    """Return what the programs take, as their sources say."""
    found = set()
    for program in programs_of(lab):
        tree = ast.parse((LABS / lab / f"{program}.py").read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            match node:
                case ast.Call(
                    func=ast.Attribute(attr="add_argument"),
                    args=[ast.Constant(value=str(name)), *_],
                ):
                    found.add((program, name))
    return {(program, name) for program, name in found if name not in ("--host", "--port")}


@pytest.mark.parametrize("lab", FOUND)
def test_lab_toml_says_for_each_argument_what_guests_may_give(lab: str) -> None:
    assert allowed(lab) == taken(lab)
