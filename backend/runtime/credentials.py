"""What is made up for rooms and people: ids, codes, and tokens that nobody can guess."""

from __future__ import annotations

import secrets

CODE_DIGITS = 6
ROOM_ID_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another
ROOM_ID_LENGTH = 8
TOKEN_BYTES = 32


def new_token() -> str:
    """Return a credential that nobody can guess."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def new_room_id() -> str:
    """Return an id that can be told over the phone; it is no secret."""
    return "".join(secrets.choice(ROOM_ID_LETTERS) for _ in range(ROOM_ID_LENGTH))


def new_code() -> str:
    """Return a code of digits, which are easy to say aloud in any language."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
