"""Which program is traced, and by which Python: as the command line of Python has it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import venv
import zipfile
from pathlib import Path
from textwrap import dedent

import pytest

from tests.labs.programs import ROOT, WAIT_S
from tests.sweeps import in_the_soak
from tests.tracing.pythons import OTHERS

SAYS_WHERE = """
    import socket, sys
    print(__name__, __file__, __package__, __spec__ and __spec__.name, sys.argv, sys.path[0])
    print(sys.modules["__main__"].__dict__ is globals(), sys.prefix, sys.version_info[:2])
    socket.socket().close()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the same program in each form that Python runs."""
    source = dedent(SAYS_WHERE)
    for name in ("program.py", "app/__main__.py", "pack/sub/__main__.py", "pack/module.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
    (tmp_path / "pack" / "__init__.py").touch()
    with zipfile.ZipFile(tmp_path / "app.zip", "w") as archive:
        archive.writestr("__main__.py", source)
    (tmp_path / "no_main").mkdir()
    return tmp_path


def run(*command: object, cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        cwd=cwd,
        env={**os.environ, "PYTHONUTF8": "1", "COLUMNS": "200", **more},
        stdin=subprocess.DEVNULL,
        timeout=WAIT_S,
        check=False,
    )


def trace(*args: object, cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    command = "import sys; sys.path.pop(0); from backend.cli import main; main()"
    given = {"PYTHONPATH": path, **more}
    return run(sys.executable, "-c", command, "trace", *args, cwd=cwd, **given)


@pytest.mark.parametrize(
    "line",
    [
        ["program.py", "--json", "-m"],
        ["app/", "x"],
        ["-m", "pack.module", "--room"],
        *in_the_soak(["./program.py"], ["app"], ["app.zip"], ["-m", "pack.sub", "1"]),
        *in_the_soak(["-m", "program"]),
    ],
    ids=" ".join,
)
def test_a_program_is_named_and_run_as_python_does(folder: Path, line: list[str]) -> None:
    path = {"PYTHONPATH": str(ROOT)}
    expected = run(sys.executable, *line, cwd=folder, **path)
    assert expected.returncode == 0
    done = trace("--python", sys.executable, *line, cwd=folder)
    assert (done.returncode, done.stdout) == (0, expected.stdout)
    assert len(re.findall(r" close$", done.stderr, re.MULTILINE)) == 1


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (["none.py"], "There is no program none.py."),
        (["pack.module"], "There is no program pack.module."),
        (["program"], "There is no program program. A module is named after -m: "),
        (["no_main"], "There is no program in no_main: it has no __main__.py."),
        (["--python", "nowhere/python", "program.py"], "There is no Python at nowhere/python"),
        (["--python", "true", "program.py"], "/true is no CPython that runs here."),
    ],
    ids=str,
)
def test_what_cannot_be_run_is_said_in_one_line(folder: Path, line: list[str], words: str) -> None:
    done = trace(*line, cwd=folder)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert words in done.stderr


def test_help_is_for_the_command_before_the_program_and_for_the_program_after(
    folder: Path,
) -> None:
    assert "--python" in trace("--help", cwd=folder).stdout
    assert "['program.py', '--help']" in trace("program.py", "--help", cwd=folder).stdout


def test_the_python_of_the_active_environment_runs_it(folder: Path, tmp_path: Path) -> None:
    home = tmp_path / "venv"
    venv.create(home, symlinks=True, with_pip=False)
    assert str(home) in trace("program.py", cwd=folder, VIRTUAL_ENV=str(home)).stdout
    here = f"{home / 'bin'}{os.pathsep}{os.environ['PATH']}"
    assert str(home) in trace("program.py", cwd=folder, VIRTUAL_ENV="", PATH=here).stdout
    assert str(home) in trace("--python", home / "bin" / "python", "program.py", cwd=folder).stdout


@pytest.mark.parametrize("python", OTHERS or [Path(sys.executable)], ids=str)
def test_any_python_that_can_be_had_runs_it(python: Path, folder: Path) -> None:
    path = {"PYTHONPATH": str(ROOT)}
    done = trace("--python", python, "program.py", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout == run(python, "program.py", cwd=folder, **path).stdout
    assert len(re.findall(r" close$", done.stderr, re.MULTILINE)) == 1
