"""Texts in both languages of the page."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

Filled = Annotated[str, Meta(min_length=1)]


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text in both languages of the page."""

    ru: Filled
    en: Filled

    def in_language(self, language: str) -> str:
        """Return the text in Russian or, for any other language, in English."""
        return self.ru if language == "ru" else self.en
