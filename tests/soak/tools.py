"""Programs of others that only the soak needs: `make soak` installs them apart from our own.

They stand in requirements-soak.txt (the group `soak` of pyproject.toml), in an environment of their
own, since what they need may contradict what we do.
"""

from __future__ import annotations

import sys
from pathlib import Path

FOLDER = Path(sys.prefix) / "soak" / "bin"


def tool(name: str) -> str:
    """Return the path of an installed program, or fail with how to get it."""
    path = FOLDER / name
    assert path.exists(), f"{path} is not there: make soak installs it"
    return str(path)
