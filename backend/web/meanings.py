"""What events mean, as the JSON that is sent: read and encoded once, at start."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import msgspec

from backend.domain.errors import Defect
from backend.domain.explanations import Explanations
from backend.web.pages.language import LANGUAGES


@dataclass(frozen=True)
class Meanings:
    """One language, ready to be sent; `etag` is a strong entity tag (RFC 9110, 8.8.3)."""

    body: bytes
    etag: str


def read_meanings(path: Path) -> dict[str, Meanings]:
    """Read explanations.toml; return what is sent in each language.

    Raises Defect with what is wrong.
    """
    try:
        explanations = msgspec.toml.decode(path.read_bytes(), type=Explanations)
        return {language: _encode(explanations, language) for language in LANGUAGES}
    except (OSError, ValueError) as error:
        raise Defect(f"{path.name}: {error}") from error


def _encode(explanations: Explanations, language: str) -> Meanings:
    sections = explanations.in_language(language)
    body = msgspec.json.encode({"language": language, **sections})
    return Meanings(body, f'"{hashlib.sha256(body).hexdigest()[:16]}"')
