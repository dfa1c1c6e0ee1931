"""Imports go one way: web, runtime, domain; the tracer and the labs know only the standard library.

The rules are read off the sources (every import, also one inside a function), never by importing.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# What each part may import of ours, longest prefix first; a part may always import itself.
OURS = {
    "backend.domain": (),
    "backend.tracing": (),
    "backend.bound_settings": ("backend.domain",),
    "backend.limits": ("backend.bound_settings",),
    "backend.settings": ("backend.domain", "backend.bound_settings", "backend.limits"),
    "backend.runtime": ("backend.domain", "backend.tracing", "backend.settings"),
    "backend.web": ("backend.domain", "backend.runtime", "backend.settings"),
    "backend.app": ("backend.domain", "backend.runtime", "backend.settings", "backend.web"),
    "backend.terminal": ("backend.domain", "backend.runtime"),
    "backend.serving": ("backend",),
    "backend.flags": (),
    "backend.cli": ("backend",),
    "backend": (),
    "labs": (),
}
STANDARD_LIBRARY_ONLY = ("backend.tracing", "labs")
NO_WEB = {"backend.runtime", "backend.bound_settings", "backend.settings", "backend.terminal"}
FRAMEWORKS = {"fastapi", "jinja2", "starlette", "uvicorn"}

# The domain holds values and rules: of what others wrote it needs how to write values down.
DOMAIN_LIBRARIES = {"msgspec"}
INPUT_OUTPUT = {
    "asyncio", "concurrent", "ctypes", "fcntl", "ftplib", "http", "io", "logging", "mmap",
    "multiprocessing", "os", "random", "secrets", "select", "selectors", "shelve", "shutil",
    "signal", "smtplib", "socket", "socketserver", "sqlite3", "ssl", "subprocess", "tempfile",
    "threading", "time", "urllib", "_thread",
}  # fmt: skip
PURE = {"os.PathLike", "signal.strsignal", "urllib.parse"}

# A path is a value; what asks the disk about it is not.
INPUT_OUTPUT_CALLS = {
    "open", "print", "input", "read_text", "read_bytes", "write_text", "write_bytes", "exists",
    "is_file", "is_dir", "iterdir", "glob", "rglob", "mkdir", "unlink", "touch", "stat", "resolve",
    "cwd", "expanduser",
}  # fmt: skip


def part_of(module: str) -> str:
    return next(part for part in OURS if is_in(module, part))


def is_in(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def imports_of(module: str, source: str, *, is_package: bool = False) -> Iterator[tuple[int, str]]:
    """Yield the line and the full name of everything that a module imports."""
    package = module.split(".") if is_package else module.split(".")[:-1]
    for node in ast.walk(ast.parse(source, module)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            origin = ".".join([*base, *([node.module] if node.module else [])])
            for alias in node.names:
                yield node.lineno, f"{origin}.{alias.name}"


def is_pure(name: str) -> bool:
    return any(is_in(name, pure) for pure in PURE)


def called_by(call: ast.Call) -> str | None:
    """Return the last name of what is called: `read_text` in `self.path.read_text()`."""
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return None


def faults_of(module: str, source: str, *, is_package: bool = False) -> list[str]:
    """Say which imports of a module break a rule, and why."""
    part = part_of(module)
    faults = []
    for line, name in imports_of(module, source, is_package=is_package):
        top = name.partition(".")[0]
        if top in {"backend", "labs", "tests"}:
            allowed = () if part == "labs" else (part, *OURS[part])
            if part == "backend" or not any(is_in(name, package) for package in allowed):
                faults.append(f"{module}:{line}: {part} may not import {name}")
        elif top not in sys.stdlib_module_names:
            if part in STANDARD_LIBRARY_ONLY or part == "backend":
                faults.append(f"{module}:{line}: {name} is not in the standard library")
            elif part == "backend.domain" and top not in DOMAIN_LIBRARIES:
                faults.append(f"{module}:{line}: {name} is a library that the domain needs not")
            elif part in NO_WEB and top in FRAMEWORKS:
                faults.append(f"{module}:{line}: {name} belongs to the web")
        elif part == "backend.domain" and top in INPUT_OUTPUT and not is_pure(name):
            faults.append(f"{module}:{line}: {name} is input and output")
    if part == "backend.domain":
        faults += [
            f"{module}:{node.lineno}: {called}() is input and output"
            for node in ast.walk(ast.parse(source, module))
            if isinstance(node, ast.Call) and (called := called_by(node)) in INPUT_OUTPUT_CALLS
        ]
    return faults


def sources() -> dict[str, Path]:
    """Return the file of each module of `backend` and `labs`."""
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for package in ("backend", "labs")
        for path in sorted((ROOT / package).rglob("*.py"))
    }


def cycle_in(graph: dict[str, set[str]]) -> list[str] | None:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        cycle: list[str] = error.args[1]
        return cycle
    return None


def test_every_import_goes_the_allowed_way() -> None:
    faults = [
        fault
        for module, path in sources().items()
        for fault in faults_of(
            module, path.read_text(encoding="utf-8"), is_package=path.name == "__init__.py"
        )
    ]
    assert not faults, "\n".join(faults)


def test_no_module_of_the_domain_knows_a_route() -> None:
    for module, path in sources().items():
        if part_of(module) == "backend.domain":
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"/(api|ws|r)/|\b(GET|POST|DELETE) /", text), module


def test_modules_import_each_other_in_no_circle() -> None:
    modules = sources()
    graph: dict[str, set[str]] = {}
    for module, path in modules.items():
        names = imports_of(
            module, path.read_text(encoding="utf-8"), is_package=path.name == "__init__.py"
        )
        graph[module] = {
            name if name in modules else name.rpartition(".")[0]
            for _, name in names
            if name in modules or name.rpartition(".")[0] in modules
        } - {module}
    assert cycle_in(graph) is None


def test_all_modules_are_seen() -> None:
    assert {"backend", "backend.settings", "backend.tracing.boot"} <= set(sources())
    assert {part_of(module) for module in sources()} <= set(OURS)


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("backend.domain.events", "import asyncio"),
        ("backend.domain.events", "from fastapi import FastAPI"),
        ("backend.domain.events", "def f():\n    import socket"),
        ("backend.domain.events", "from os import path"),
        ("backend.domain.events", "def f(lab):\n    return lab.path.read_text()"),
        ("backend.domain.events", "from backend.runtime import hub"),
        ("backend.domain.events", "from ..runtime.hub import Hub"),
        ("backend.domain.events", "from backend.settings import Settings"),
        ("backend.domain.events", "open('x')"),
        ("backend.runtime.hub", "from starlette.websockets import WebSocket"),
        ("backend.runtime.hub", "import fastapi"),
        ("backend.runtime.hub", "from backend.web import pages"),
        ("backend.runtime.hub", "import backend.app"),
        ("backend.web.pages.workbench", "from backend.app import create_app"),
        ("backend.web.pages.workbench", "import backend.tracing.channel"),
        ("backend.app", "from backend.cli import main"),
        ("backend.terminal.trace", "from backend.web.server import listen"),
        ("backend.terminal.trace", "from backend.settings import Settings"),
        ("backend.terminal.trace", "import uvicorn"),
        ("backend.runtime.runs", "from backend.terminal.table import Table"),
        ("backend.settings", "from backend.runtime.hub import Hub"),
        ("backend.tracing.sockets", "import msgspec"),
        ("backend.tracing.sockets", "from backend.domain import events"),
        ("backend.tracing.sockets", "from ..domain import events"),
        ("backend", "from backend import app"),
        ("labs.udp.hello.server", "import rich"),
        ("labs.udp.hello.server", "from labs.udp.hello import client"),
        ("labs.udp.hello.server", "from . import client"),
        ("labs.udp.hello.server", "from backend.domain import events"),
    ],
)
def test_an_import_against_the_rules_is_found(module: str, source: str) -> None:
    assert len(faults_of(module, source)) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("backend.domain.events", "from pathlib import Path"),
        ("backend.domain.events", "from . import window"),
        ("backend.domain.events", "import msgspec, datetime"),
        ("backend.runtime.hub", "import asyncio, backend.domain.events"),
        ("backend.runtime.processes.spawn", "import backend.tracing"),
        (
            "backend.web.pages.workbench",
            "from fastapi import APIRouter\nfrom ..runtime import rooms",
        ),
        ("backend.tracing.sockets", "import socket\nfrom backend.tracing import channel"),
        ("backend.terminal.table", "import rich\nfrom backend.domain import events"),
        ("backend.cli", "import click\nfrom backend.app import create_app"),
        ("labs.udp.hello.server", "import socket, threading"),
    ],
)
def test_an_import_within_the_rules_passes(module: str, source: str) -> None:
    assert faults_of(module, source) == []


def test_a_circle_is_found() -> None:
    assert cycle_in({"a": {"b"}, "b": {"c"}, "c": {"a"}}) is not None
    assert cycle_in({"a": {"b"}, "b": {"c"}}) is None
