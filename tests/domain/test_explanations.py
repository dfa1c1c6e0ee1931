from typing import Any

import msgspec
import pytest

from backend.domain.explanations import Explanations

WORDS = {"title": "Title", "text": "Text."}
SECTIONS = ("call", "error", "thread", "sync", "event", "problem")


def explanations(**sections: Any) -> Explanations:
    return msgspec.convert({**{name: {} for name in SECTIONS}, **sections}, Explanations)


def entry(**change: Any) -> dict[str, Any]:
    return {"ru": WORDS, "en": WORDS, **change}


def test_each_language_gets_its_words() -> None:
    made = explanations(call={"recv": entry(ru={"title": "Чтение", "text": "Байты."})})
    assert made.in_language("ru")["call"]["recv"].title == "Чтение"
    assert made.in_language("en")["call"]["recv"].title == "Title"
    assert made.in_language("fr")["call"]["recv"].title == "Title"


def test_one_explanation_may_be_for_several_keys() -> None:
    made = explanations(call={"recv": entry(also=["recv_into"])})
    assert list(made.in_language("en")["call"]) == ["recv", "recv_into"]


def test_a_key_is_explained_once() -> None:
    twice = explanations(call={"recv": entry(), "read": entry(also=["recv"])})
    with pytest.raises(ValueError, match="'recv' is explained twice"):
        twice.in_language("en")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"en": {"title": "{peer}", "text": "Text."}}, "not known"),
        ({"en": {**WORDS, "tip": "Try."}}, "only one language"),
        ({"en": {"title": "", "text": "Text."}}, "length >= 1"),
        ({"de": WORDS}, "unknown field"),
    ],
)
def test_what_the_page_could_not_show_is_refused(change: dict[str, Any], fault: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=fault):
        explanations(call={"recv": entry(**change)})
