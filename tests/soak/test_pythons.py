"""All tests of the tracing under each other Python of this machine that Socket Lab runs on.

It has its requirements in an environment of its own, so that both forms of the launcher are tried.
Python 3.10, on which the tracer runs but Socket Lab does not, is in tests/tracing/test_pythons.py.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.labs.programs import ROOT
from tests.tracing.pythons import OTHERS

pytestmark = pytest.mark.soak

OLDEST = (3, 11)  # `requires-python` of pyproject.toml
INSTALL_S, TESTS_S = 600, 1800
REQUIREMENTS = ("requirements.txt", "requirements-build.txt", "requirements-dev.txt")
TOO_LONG = "tests/tracing/test_standard_library.py"  # each Python has other tests, and other names


def minor_of(python: Path) -> int:
    return int(python.name.rpartition(".")[2])


RUN_BY = [python for python in OTHERS if (3, minor_of(python)) >= OLDEST]


@pytest.mark.parametrize("python", RUN_BY or [Path(sys.executable)], ids=str)
def test_all_tests_of_the_tracing_pass(python: Path, tmp_path: Path) -> None:
    own = Path(sys.executable)
    if python != own:
        home = tmp_path / "venv"
        subprocess.run([python, "-m", "venv", home], check=True, timeout=INSTALL_S)
        own = home / "bin" / "python"
        install: list[str | Path] = [
            own,
            "-m",
            "pip",
            "--quiet",
            "--disable-pip-version-check",
            "install",
        ]
        for name in REQUIREMENTS:
            pinned = [*install, "--require-hashes", "-r", ROOT / name]
            subprocess.run(pinned, check=True, timeout=INSTALL_S)
    command: list[str | Path] = [
        own,
        "-m",
        "pytest",
        "tests/tracing",
        "-m",
        "soak or not soak",
        "-n",
        "4",
        "-q",
    ]
    command += ["--ignore", TOO_LONG, "-p", "no:cacheprovider"]
    # Not below our own folder, whose name has our words: paths of sockets are short (unix(7)).
    with tempfile.TemporaryDirectory(prefix="python-") as short:
        done = subprocess.run(
            [*command, "--basetemp", Path(short) / "t"],
            cwd=ROOT,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            timeout=TESTS_S,
            check=False,
        )
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2_000:]
