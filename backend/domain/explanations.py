"""What events mean, in words: the texts of frontend/explanations.toml as values.

A key is a name ("recv", "ECONNRESET", "run.exited") and perhaps qualifiers after it ("recv enter
udp"); js/model/explanations.js chooses the most exact one that fits an event. The texts are plain;
their places, such as {call}, are filled in by the page.
"""

from __future__ import annotations

import re

import msgspec

from backend.domain.language import Filled

PLACES = frozenset({"call", "kind", "error", "code"})

_PLACE = re.compile(r"\{(\w+)\}")  # also {"type": …} of a text stays: a quote is no word


class Meaning(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A short title, what it means in one to three sentences, and perhaps what to try."""

    title: Filled
    text: Filled
    tip: str = ""


class Explanation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A meaning in both languages, and the other keys that they are for, too."""

    ru: Meaning
    en: Meaning
    also: tuple[Filled, ...] = ()

    def __post_init__(self) -> None:
        """Hold the languages to the same places, all of them known."""
        russian, english = (_places(words) for words in (self.ru, self.en))
        if (russian | english) - PLACES:
            raise ValueError(f"places {sorted((russian | english) - PLACES)} are not known")
        if bool(self.ru.tip) != bool(self.en.tip):
            raise ValueError("tip: only one language has one")


class Explanations(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All explanations, by section and key."""

    call: dict[Filled, Explanation]
    error: dict[Filled, Explanation]
    thread: dict[Filled, Explanation]
    sync: dict[Filled, Explanation]
    event: dict[Filled, Explanation]
    problem: dict[Filled, Explanation]

    def in_language(self, language: str) -> dict[str, dict[str, Meaning]]:
        """Return the meanings in Russian or, for any other language, in English.

        Raises ValueError when two explanations claim one key.
        """
        return {
            section: _by_key(section, getattr(self, section), language)
            for section in self.__struct_fields__
        }


def _by_key(
    section: str, explanations: dict[str, Explanation], language: str
) -> dict[str, Meaning]:
    words: dict[str, Meaning] = {}
    for name, explanation in explanations.items():
        for key in (name, *explanation.also):
            if key in words:
                raise ValueError(f"{section}: {key!r} is explained twice")
            words[key] = explanation.ru if language == "ru" else explanation.en
    return words


def _places(words: Meaning) -> frozenset[str]:
    return frozenset(_PLACE.findall(f"{words.title} {words.text} {words.tip}"))
