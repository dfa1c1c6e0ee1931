"""What tests cannot do without, looked for before the first of them runs.

Without it dozens would fail one after the other, each after its time. What single tests need beside
it (`nc`, `tshark`, a virtual screen) they say themselves, and are skipped.
"""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterable
from pathlib import Path

# The shell is Chromium without a window of its own to draw; what is tested is the same.
BROWSERS = (
    *("chromium-headless-shell", "chromium", "chromium-browser"),
    *("google-chrome", "google-chrome-stable"),
)


def find_chromium() -> str | None:
    """Return the machine's Chromium: $CHROMIUM, or the first that the PATH has."""
    named = os.environ.get("CHROMIUM")
    return shutil.which(named) if named else next(filter(None, map(shutil.which, BROWSERS)), None)


def missing_for(paths: Iterable[Path]) -> list[str]:
    """Say what the tests in these files and folders lack, a line for each thing."""
    missing = []
    browser = Path(__file__).parent / "browser"
    in_browser = any(browser in (path, *path.parents) or path in browser.parents for path in paths)
    if in_browser and find_chromium() is None:
        names = ", ".join(BROWSERS)
        missing.append(f"no Chromium: set CHROMIUM to its path, or install one of {names}")
    try:
        with socket.create_server(("127.0.0.1", 0)) as server:
            socket.create_connection(server.getsockname(), timeout=5).close()
    except OSError as error:
        missing.append(f"no connection over 127.0.0.1: {error}")
    return missing
