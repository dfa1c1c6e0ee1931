"""The Pythons of this machine, other than the one that runs the tests, on which the tracer runs."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from backend.terminal.own_program import OLDEST, _version

NEWEST = (3, 14)


def _find() -> list[Path]:
    """Look in the PATH, and where this one's neighbours are (pyenv, uv)."""
    found: dict[tuple[int, ...], Path] = {}
    names = [f"python3.{minor}" for minor in range(OLDEST[1], NEWEST[1] + 1)]
    candidates = [Path(each) for name in names if (each := shutil.which(name))]
    for name in names:
        candidates += sorted(Path(sys.base_prefix).parent.glob(f"*/bin/{name}"))
    for candidate in candidates:
        version = (3, int(candidate.name.removeprefix("python3.")))
        if version not in (*found, sys.version_info[:2]) and _version(str(candidate)) == version:
            found[version] = candidate
    return [found[version] for version in sorted(found)]


OTHERS = _find()
