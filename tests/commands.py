"""Commands of the project's own folder, run to their end."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]

WAIT_S = 120.0


def run(*command: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a command in the project's folder, apart from the make that may have started us."""
    environment = {name: value for name, value in os.environ.items() if "MAKE" not in name}
    environment |= options.pop("env", {})
    return subprocess.run(
        [str(word) for word in command],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=WAIT_S,
        check=False,
        **options,
    )
