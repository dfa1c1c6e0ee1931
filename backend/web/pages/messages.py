"""The page's words in other languages, read from PO files and compiled in memory at start.

English is what the templates and scripts say themselves; each other language has three catalogues,
`pages.po` for the templates, `script.po` for the scripts, and `api.po` for what the description of
the API says.
"""

from __future__ import annotations

import gettext
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

from backend.web.pages.language import LANGUAGES


class Messages:
    """All that the page says, in one language."""

    def __init__(self, locales_dir: Path, language: str) -> None:
        self.language = language
        folder = locales_dir / language / "LC_MESSAGES"
        self.pages = _translations(folder / "pages.po", language)
        self.pages.add_fallback(_translations(folder / "api.po", language))
        self.script = _script_messages(read_catalogue(folder / "script.po", language))


def read_messages(locales_dir: Path) -> dict[str, Messages]:
    """Return the messages of every language, by language."""
    return {language: Messages(locales_dir, language) for language in LANGUAGES}


def read_catalogue(path: Path, language: str) -> Catalog:
    """Return what a PO file says, nothing when there is no file; raise when it is malformed."""
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def _translations(path: Path, language: str) -> gettext.NullTranslations:
    compiled = BytesIO()
    write_mo(compiled, read_catalogue(path, language))
    compiled.seek(0)
    return Translations(compiled)


def _script_messages(catalogue: Catalog) -> dict[str, Any]:
    """Return {msgid: text or [plural forms]}, the form that i18n.js reads."""
    messages: dict[str, Any] = {}
    for message in catalogue:
        if not message.id or message.fuzzy or not message.string:
            continue
        if message.pluralizable:
            messages[message.id[0]] = list(message.string)
        else:
            messages[str(message.id)] = message.string
    return messages
