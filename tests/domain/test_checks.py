"""checks.toml as values; what is wrong in one is told with line, key and what is allowed."""

from __future__ import annotations

import pytest

from backend.domain.checks import ChecksWrong, info_of, read_checks
from backend.domain.steps import KINDS, Receives, Send

CHECKS = """
[[check]]
id = "answers"
core = true
title = { ru = "О", en = "Answers" }
hint = { ru = "П", en = "H" }
steps = [
  { client = "b", send = "Hello" },
  { client = "b", receives = "Hi", within_s = 3 },
]
"""
ANOTHER = CHECKS.replace("answers", "another")


def problems(text: str) -> tuple[str, ...]:
    with pytest.raises(ChecksWrong) as wrong:
        read_checks(text)
    return wrong.value.problems


def test_checks_are_read_in_their_order() -> None:
    first, second = read_checks(CHECKS + ANOTHER.replace("core = true", ""))
    assert (first.id, first.core, first.program) == ("answers", True, "server")
    assert first.steps == (
        Send(client="b", send="Hello"),
        Receives(client="b", receives="Hi", within_s=3),
    )
    assert (second.id, second.core) == ("another", False)
    assert info_of(first).title.en == "Answers"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('id = "answers"', "", "2: check 1.id: is missing"),
        ('"answers"', '"An answer"', "3: check 1.id: expected a text"),
        ("core = true", 'core = "yes"', "4: check 1.core: expected true or false, got 'yes'"),
        (
            "core = true",
            "cor = true",
            "4: check 1.cor: no such key; there are id, title, hint, core",
        ),
        ('en = "H"', 'de = "H"', "6: check 1.hint"),
        (
            "core = true",
            'program = "serve"',
            "4: check 1.program: expected `server`, `client` or `demo`, got",
        ),
        ("core = true", "without_server = true", "4: check 1.without_server: is for a client"),
        ('send = "Hello"', 'sends = "Hello"', "8: check 1.steps 1: says nothing to do"),
        ('send = "Hello"', 'send = "a", eof = true', "steps 1: has send and eof, expected one of"),
        ('send = "Hello"', "send = 5", "8: check 1.steps 1.send: expected a text"),
        ('send = "Hello"', 'send_bytes = "xy"', "8: check 1.steps 1.send_bytes"),
        (
            'send = "Hello"',
            "send_size = 10000000",
            "send_size: expected a whole number from 0 to 1000000",
        ),
        ('send = "Hello"', "eof = false", "eof: the only value is true"),
        ('send = "Hello"', "accept = true", "accept: is for a client program"),
        ('receives = "Hi"', 'receives_pattern = "("', "receives_pattern: no regular expression"),
        ("within_s = 3", "within_s = 300", "9: check 1.steps 2.within_s: expected a number from"),
        ("within_s = 3", "within = 3", "no such key; there are client, receives, within_s"),
        ("[[check]]", "[[checks]]", "2: checks: unknown key, allowed is [[check]]"),
        ("[[check]]", "[[check]", "2: no TOML: "),
        ("[[check]]", "[check]", "Expected [[check]], from 1 to 50 times"),
    ],
)
def test_what_is_wrong_is_told_with_line_and_key(old: str, new: str, told: str) -> None:
    assert any(told in problem for problem in problems(CHECKS.replace(old, new)))


def test_all_that_is_wrong_is_told_at_once() -> None:
    text = CHECKS.replace("core = true", "core = 1").replace("within_s = 3", "within_s = 0")
    assert len(problems(text + CHECKS.replace('"Hi"', "7"))) == 3


def test_an_id_is_of_one_check() -> None:
    assert problems(CHECKS + CHECKS)[1].startswith("13: check 2.id: 'answers'")


def test_every_word_has_a_field_of_its_name() -> None:
    for word, kind in KINDS.items():
        assert word in kind.__struct_fields__
