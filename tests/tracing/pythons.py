"""The Pythons of this machine, other than the one that runs the tests, on which the tracer runs."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from backend.terminal.own_program import OLDEST, _version

NEWEST = (3, 14)


def _find() -> list[Path]:
    """Look where this one's neighbours are (pyenv, uv), and in the PATH.

    What is in the PATH may be a script that looks for them, which takes a tenth of a second.
    """
    found: dict[tuple[int, ...], Path] = {}
    names = [f"python3.{minor}" for minor in range(OLDEST[1], NEWEST[1] + 1)]
    neighbours = Path(sys.base_prefix).parent
    candidates = [path for name in names for path in sorted(neighbours.glob(f"*/bin/{name}"))]
    candidates += [Path(each) for name in names if (each := shutil.which(name))]
    for candidate in candidates:
        version = (3, int(candidate.name.removeprefix("python3.")))
        if version not in (*found, sys.version_info[:2]) and _version(str(candidate)) == version:
            found[version] = candidate
    return [found[version] for version in sorted(found)]


OTHERS = _find()
