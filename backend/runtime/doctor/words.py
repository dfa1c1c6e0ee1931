"""What findings mean, in words for people: read from frontend/findings.toml."""

from __future__ import annotations

from typing import get_args

import msgspec

from backend.domain.errors import Defect
from backend.domain.findings import FindingCode, FindingWords
from backend.settings import ROOT

FILE = ROOT / "frontend" / "findings.toml"


def read_finding_words() -> FindingWords:
    """Return the words of all findings. Raises Defect with what is wrong."""
    try:
        words = msgspec.toml.decode(FILE.read_bytes(), type=FindingWords)
    except (OSError, ValueError) as error:
        raise Defect(f"{FILE.name}: {error}") from error
    if missing := set(get_args(FindingCode)) - set(words):
        raise Defect(f"{FILE.name}: no words for {', '.join(sorted(missing))}")
    return words
