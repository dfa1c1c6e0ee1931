"""Node, in which the page's pure modules are tested: no browser, no page."""

from __future__ import annotations

import sys
from pathlib import Path

FOLDER = Path(__file__).parent
NODE = Path(sys.executable).with_name("node")
