"""People of a room: what is shown of them, and what may be a name.

A token is the credential of one person in one room: only its SHA-256 is kept, here and in the store
(a token has 256 random bits, so that no salt or slow hash is needed).
"""

from __future__ import annotations

import hashlib
import unicodedata
from typing import Literal

import msgspec

from backend.domain.errors import InvalidRequest

Role = Literal["host", "guest"]
Policy = Literal["watch", "together", "own_desks"]

NAME_LIMIT = 40  # characters

# Categories of Unicode that no name needs: controls, lone surrogates, what has no meaning yet, line
# and paragraph separators; format characters (bidi overrides among them) but for the joiners that
# Persian and emoji are written with.
_REFUSED = {"Cc", "Cs", "Cn", "Co", "Zl", "Zp"}
_JOINERS = "\u200c\u200d"


class PersonInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A person of a room; `desk` is the id of their own room, where each guest has one."""

    id: str
    name: str
    role: Role
    muted: bool
    online: bool
    desk: str | None


def clean_name(text: str) -> str:
    """Return a name as it is kept: in NFC, its white space single. Raises InvalidRequest."""
    for character in text:
        category = unicodedata.category(character)
        if (category in _REFUSED and not character.isspace()) or (
            category == "Cf" and character not in _JOINERS
        ):
            raise InvalidRequest(
                f"Expected a name of visible characters, got U+{ord(character):04X}."
            )
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not 1 <= len(name) <= NAME_LIMIT:
        raise InvalidRequest(
            f"Expected a name of 1 to {NAME_LIMIT} characters, got {len(name)} characters."
        )
    return name


def hash_of(token: str) -> bytes:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
