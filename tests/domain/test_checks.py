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
        ('id = "answers"', "", "line 2: check[0].id: is missing"),
        ('"answers"', '"An answer"', "line 3: check[0].id: Expected `str` matching"),
        ("core = true", 'core = "yes"', "line 4: check[0].core: Expected `bool`, got `str`"),
        ("core = true", "cor = true", "line 4: check[0].cor: unknown key, allowed are args, core"),
        ('en = "H"', 'de = "H"', "line 6: check[0].hint"),
        ("core = true", 'program = "serve"', "line 4: check[0].program: Invalid enum value"),
        ("core = true", "without_server = true", "check[0]: without_server: is for a client"),
        ('send = "Hello"', 'sends = "Hello"', "line 8: check[0].steps[0]: says nothing to do"),
        ('send = "Hello"', 'send = "a", eof = true', "steps[0]: has send and eof, expected one of"),
        ('send = "Hello"', "send = 5", "line 8: check[0].steps[0].send: Expected `str`"),
        ('send = "Hello"', 'send_bytes = "xy"', "line 8: check[0].steps[0].send_bytes"),
        ('send = "Hello"', "send_size = 10000000", "send_size: Expected `int` <= 1000000"),
        ('send = "Hello"', "eof = false", "eof: the only value is true"),
        ('send = "Hello"', "accept = true", "accept: is for a client program"),
        ('receives = "Hi"', 'receives_pattern = "("', "receives_pattern: no regular expression"),
        ("within_s = 3", "within_s = 300", "line 9: check[0].steps[1].within_s: Expected `float`"),
        ("within_s = 3", "within = 3", "unknown key, allowed are client, receives, within_s"),
        ("[[check]]", "[[checks]]", "line 2: checks: unknown key, allowed is [[check]]"),
        ("[[check]]", "[[check]", "line 2"),
        ("[[check]]", "[check]", "Expected [[check]], from 1 to 50 times"),
    ],
)
def test_what_is_wrong_is_told_with_line_and_key(old: str, new: str, told: str) -> None:
    assert any(told in problem for problem in problems(CHECKS.replace(old, new)))


def test_all_that_is_wrong_is_told_at_once() -> None:
    text = CHECKS.replace("core = true", "core = 1").replace("within_s = 3", "within_s = 0")
    assert len(problems(text + CHECKS.replace('"Hi"', "7"))) == 3


def test_an_id_is_of_one_check() -> None:
    assert problems(CHECKS + CHECKS)[1].startswith("line 13: check[1].id: 'answers'")


def test_every_word_has_a_field_of_its_name() -> None:
    for word, kind in KINDS.items():
        assert word in kind.__struct_fields__
