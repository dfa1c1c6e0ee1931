"""Every word of the page exists in Russian, and no Russian word is left over."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir

from backend.app import create_app
from backend.settings import Settings
from backend.web.pages.docs import words_of
from backend.web.pages.messages import Messages, read_catalogue, read_messages
from backend.web.pages.site import FRONTEND

RUSSIAN = FRONTEND / "locales/ru/LC_MESSAGES"
RUSSIAN_FORMS = 3
PLACE = re.compile(r"\{\w+\}|%\(\w+\)s")
# Babel takes the first "}" for the end of ${…}, and so loses messages with places in there.
IN_TEMPLATE_STRING = re.compile(r'\$\{tn?\(\s*"((?:[^"\\]|\\.)*)"')
UNPRINTED = re.compile(r'"| - |\.\.\.')
PO = r"""
msgid ""
msgstr ""
"Language: ru\n"
"Content-Type: text/plain; charset=utf-8\n"
"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 :"
" n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);\n"

msgid "Send"
msgstr "Отправить"

msgid "Later"
msgstr ""

#, fuzzy
msgid "Guess"
msgstr "Догадка"

msgid "{n} byte"
msgid_plural "{n} bytes"
msgstr[0] "{n} байт"
msgstr[1] "{n} байта"
msgstr[2] "{n} байт"
"""


def said_by_templates() -> set[str]:
    options = {"**.html": {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}}
    keywords: dict[str, tuple[int, ...] | None] = {"_": None, "gettext": None, "ngettext": (1, 2)}
    return set(_said(FRONTEND / "templates", ("**.html", "jinja2"), options, keywords))


def said_by_scripts() -> set[str]:
    options = {"**.js": {"parse_template_string": "true"}}
    keywords: dict[str, tuple[int, ...] | None] = {"t": None, "tn": (1, 2)}
    folder = FRONTEND / "static/js"
    said = set(_said(folder, ("**.js", "javascript"), options, keywords))
    for path in folder.rglob("*.js"):
        said |= set(IN_TEMPLATE_STRING.findall(path.read_text(encoding="utf-8")))
    return said


def said_by_api() -> set[str]:
    return set(words_of(create_app(Settings(port=8000))))


def _said(
    folder: Path,
    method: tuple[str, str],
    options: dict[str, dict[str, str]],
    keywords: dict[str, tuple[int, ...] | None],
) -> Iterator[str]:
    found = extract_from_dir(folder, method_map=[method], options_map=options, keywords=keywords)
    for _, _, message, _, _ in found:
        yield message if isinstance(message, str) else message[0]


@dataclass(frozen=True)
class Translation:
    """A message: its English forms, one or two, and its Russian ones, one or three."""

    english: tuple[str, ...]
    russian: tuple[str, ...]
    fuzzy: bool


def translations(catalogue: Catalog) -> dict[str, Translation]:
    found = [
        Translation(_forms(message.id), _forms(message.string), message.fuzzy)
        for message in catalogue
        if message.id
    ]
    return {translation.english[0]: translation for translation in found}


def _forms(text: object) -> tuple[str, ...]:
    return tuple(text) if isinstance(text, list | tuple) else (str(text),)


SAID = {"pages.po": said_by_templates, "script.po": said_by_scripts, "api.po": said_by_api}


@pytest.mark.parametrize("name", SAID)
class TestRussian:
    def test_has_every_message_and_no_stale_one(self, name: str) -> None:
        said = SAID[name]()
        assert said
        known = set(translations(read_catalogue(RUSSIAN / name, "ru")))
        assert sorted(said - known) == [], "not translated"
        assert sorted(known - said) == [], "stale"

    def test_has_words_for_each_in_all_three_plural_forms(self, name: str) -> None:
        for key, message in translations(read_catalogue(RUSSIAN / name, "ru")).items():
            assert not message.fuzzy, key
            assert all(message.russian), key
            assert len(message.russian) == (RUSSIAN_FORMS if len(message.english) > 1 else 1), key

    def test_keeps_the_places_that_values_fill(self, name: str) -> None:
        for message in translations(read_catalogue(RUSSIAN / name, "ru")).values():
            wanted = set(PLACE.findall(message.english[-1]))
            assert [set(PLACE.findall(text)) for text in message.russian] == [wanted] * len(
                message.russian
            )

    def test_uses_the_quotes_and_dashes_of_russian_print(self, name: str) -> None:
        for message in translations(read_catalogue(RUSSIAN / name, "ru")).values():
            for text in message.russian:
                assert not UNPRINTED.search(text), text


def test_a_catalogue_becomes_what_the_templates_and_the_scripts_need(tmp_path: Path) -> None:
    folder = tmp_path / "ru" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    for name in ("pages.po", "script.po"):
        (folder / name).write_text(PO, encoding="utf-8")
    messages = Messages(tmp_path, "ru")
    assert messages.pages.gettext("Send") == "Отправить"
    assert messages.pages.gettext("Guess") == "Guess"
    assert messages.pages.ngettext("{n} byte", "{n} bytes", 22) == "{n} байта"
    assert messages.script == {
        "Send": "Отправить",
        "{n} byte": ["{n} байт", "{n} байта", "{n} байт"],
    }


def test_english_needs_no_catalogue() -> None:
    english = read_messages(FRONTEND / "locales")["en"]
    assert english.pages.gettext("Send") == "Send"
    assert english.pages.ngettext("a step", "steps", 5) == "steps"
    assert english.script == {}
