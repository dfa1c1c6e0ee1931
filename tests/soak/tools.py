"""Programs of others that only the soak needs: `make soak` installs them apart from our own.

They stand in requirements-soak.txt (the group `soak` of pyproject.toml) and in npm/package.json,
each in an environment of its own, since what they need may contradict what we do.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

FOLDER = Path(sys.prefix) / "soak" / "bin"
NPM = Path(__file__).with_name("npm")
NPM_FOLDER = NPM / "node_modules" / ".bin"
NODE = Path(sys.prefix) / "bin" / "node"


def tool(name: str, folder: Path = FOLDER) -> str:
    """Return the path of an installed program, or fail with how to get it."""
    path = folder / name
    assert path.exists(), f"{path} is not there: make soak installs it"
    return str(path)


def run(
    *command: str, within_s: float, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a program that talks to this machine only, in the C locale, and return what it said."""
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=within_s,
        check=False,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "NO_PROXY": "*", "no_proxy": "*", "LC_ALL": "C"},
    )
