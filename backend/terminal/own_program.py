"""Which program of one's own is to be traced, and which Python runs it: as `python …` would be.

It is named as Python's command line has it: a file, a folder or a zip file with a `__main__.py`, or
with `-m` a module. The Python is the one that `python3` means here, since the packages that the
program needs are there; Socket Lab itself may well live in an environment of its own (pipx).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from zipfile import is_zipfile

from backend.domain.errors import InvalidRequest
from backend.domain.launch import StartOrder

OLDEST = (3, 10)  # that the tracer runs on
ASK_S = 10.0  # to wait for a Python to say what it is
_ASKED = "import sys; print(sys.implementation.name, *sys.version_info[:2])"


def find_program(
    name: str, args: Sequence[str], *, is_module: bool = False, python: str | None = None
) -> StartOrder:
    """Return the order to run a program with the arguments that come after its name.

    `python` is the path or name of the interpreter; None: the one of the active environment or of
    the PATH, else ours. Raises InvalidRequest when there is no such program or no such Python.
    """
    interpreter = _usual_python() if python is None else _require_python(python)
    path = Path(name)
    if not is_module:
        _require_program(path)
    return StartOrder(
        lab="",
        program=name if is_module else path.name or path.resolve().name,
        path=path,
        command=(interpreter, "-m", name) if is_module else (interpreter, name),
        args=tuple(args),
    )


def _require_program(path: Path) -> None:
    if path.is_dir():
        if not (path / "__main__.py").is_file():
            raise InvalidRequest(f"There is no program in {path}: it has no __main__.py.")
    elif not path.exists():
        hint = f" A module is named after -m: socketlab trace -m {path}" if not path.suffix else ""
        raise InvalidRequest(f"There is no program {path}.{hint}")
    elif path.suffix == ".zip" and not is_zipfile(path):
        raise InvalidRequest(f"{path} is no zip file.")


def _require_python(python: str) -> str:
    """Return the path of an interpreter that was asked for."""
    found = shutil.which(python)
    if found is None:
        raise InvalidRequest(f"There is no Python at {python}: a path or a command was expected.")
    version = _version(found)
    if version is None:
        raise InvalidRequest(f"{found} is no CPython that runs here.")
    if version < OLDEST:
        raise InvalidRequest(
            f"{found} is Python {_dotted(version)}; the tracer needs {_dotted(OLDEST)} or newer."
        )
    return found


def _usual_python() -> str:
    """Return what `python3` means here, if that is known to do; else the Python that runs us."""
    active = os.environ.get("VIRTUAL_ENV")
    found = active and shutil.which("python", path=str(Path(active) / "bin"))
    found = found or shutil.which("python3") or shutil.which("python")
    if not found or Path(found).parent == Path(sys.executable).parent:
        return sys.executable
    version = _version(found)
    return found if version is not None and version >= OLDEST else sys.executable


def _version(python: str) -> tuple[int, ...] | None:
    """Return major and minor version of a CPython; None: it is none, or does not run."""
    try:
        asked = subprocess.run(
            [python, "-I", "-S", "-c", _ASKED],
            capture_output=True,
            text=True,
            timeout=ASK_S,
            stdin=subprocess.DEVNULL,
            check=True,
        )
        kind, *version = asked.stdout.split()
        return tuple(map(int, version)) if kind == "cpython" else None
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
