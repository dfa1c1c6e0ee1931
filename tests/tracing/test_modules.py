"""A program may have files called like any module that the tracer itself needs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from tests.tracing.runs import Record, traced, untraced

LOADED = """
import sys
before = set(sys.modules)
import backend.tracing.boot, backend.tracing.order
print(*sorted({name.partition(".")[0] for name in set(sys.modules) - before}))
"""
IMPORTS_IT = """
import {name}
print({name}.__name__, {name}.__file__ == __file__.replace("main.py", "{name}.py"))
import sys
for each in ("socket", "threading"):
    try:
        __import__(each)
    except Exception as error:
        print(each, type(error), error)
if "{name}" not in ("socket", "threading"):
    print(*sorted(set(sys.modules) - set(sys.builtin_module_names)))
"""
# A program that is called like a module, as first programs are, and needs that module.
IS_CALLED_SO = """
import socket, threading, sys
print(__name__, socket.__file__, threading.__file__)
with socket.socket() as sock:
    print(sock.getsockname(), type(sock).__name__)
"""


def names_of_ours() -> list[str]:
    """Return what the tracer loads and a program's folder could have a file called like."""
    run = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, check=True, timeout=60
    )
    built_in = {"backend", *sys.builtin_module_names}
    return [name for name in run.stdout.split() if name not in built_in]


def calls(records: list[Record]) -> list[str]:
    return [record["call"] for record in records if record["type"] == "call"]


@pytest.mark.parametrize("text", [IMPORTS_IT, IS_CALLED_SO], ids=["beside it", "itself"])
def test_a_file_called_like_a_module_of_ours_is_the_one_without_us(
    text: str, tmp_path: Path
) -> None:
    names = names_of_ours()
    assert {"json", "socket", "threading", "selectors", "re", "enum"} <= set(names)
    for name in names:
        folder = tmp_path / name
        folder.mkdir()
        program = folder / f"{name}.py"
        if text is IMPORTS_IT:
            program.touch()
            program = folder / "main.py"
        program.write_text(text.format(name=name))
        expected = untraced(program)
        assert traced(program)[0] == expected, name


def test_what_the_program_imports_is_what_it_would_be_without_us(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        dedent("""
        import sys
        from types import ModuleType

        def own():
            return sorted(set(sys.modules) - set(sys.builtin_module_names))

        print(own())
        import collections.abc, http.server, importlib.util, json.decoder, typing, warnings
        print(own())
        for name in own():
            module = sys.modules[name]
            spec = getattr(module, "__spec__", None)
            file = getattr(module, "__file__", None)
            loader = type(getattr(module, "__loader__", None)).__name__
            print(name, isinstance(module, ModuleType), file, loader, spec and spec.name)
            print(type(spec and spec.loader).__name__, getattr(module, "__cached__", None))
        print(sorted(sys.path_importer_cache))
        print(importlib.reload(json.decoder) is json.decoder, len(sys.meta_path))
        """)
    )
    expected = untraced(program)
    assert expected.status == 0, expected.err
    assert traced(program)[0] == expected


@pytest.mark.parametrize("name", ["selectors", "enum", "re"])
def test_a_library_that_imports_a_file_beside_the_program_is_run_with_that(
    name: str, tmp_path: Path
) -> None:
    (tmp_path / f"{name}.py").write_text("print('mine')\nraise ImportError(__name__)\n")
    program = tmp_path / "program.py"
    program.write_text("import argparse, socket\nprint(argparse, socket)\n")
    expected = untraced(program)
    assert "mine" in expected.out
    assert traced(program)[0] == expected


WATCHES = {
    "a finder": """
        class Finder:
            def find_spec(self, name, path=None, target=None):
                print("finder", name)

        sys.meta_path.insert(0, Finder())
    """,
    "an import": """
        import builtins

        def watch(name, *args, real=builtins.__import__):
            print("import", name)
            return real(name, *args)

        builtins.__import__ = watch
    """,
    "an audit": """
        def audit(event, args):
            if event == "import" and args[1] is None:
                print("audit", args[0])

        sys.addaudithook(audit)
    """,
}


@pytest.mark.parametrize("way", WATCHES)
def test_who_watches_imports_sees_those_of_the_library_too(way: str, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    text = "import sys\n" + dedent(WATCHES[way]) + "import socketserver\n"
    program.write_text(text)
    seen = set(untraced(program).out.splitlines())
    told = set(traced(program)[0].out.splitlines())
    kind = way.rsplit(maxsplit=1)[-1]
    names = {f"{kind} {name}" for name in ("socketserver", "socket", "selectors", "threading")}
    assert names <= seen
    assert names <= told


def test_what_comes_late_into_the_path_is_found_there_too(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "json.py").write_text("MINE = True\n")
    program = tmp_path / "program.py"
    program.write_text(
        dedent("""
        import os, socket, sys
        sys.path.insert(0, os.path.join(os.path.dirname(__file__), "own"))
        import json
        print(json.MINE)
        socket.socket().close()
        """)
    )
    expected = untraced(program)
    outcome, records = traced(program)
    assert outcome == expected
    assert expected.out == "True\n"
    assert calls(records) == ["socket", "close"]
