"""TOML with all that is wrong in it: line, key, what is allowed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

import msgspec
import pytest

from backend.domain.checks import CheckHead
from backend.domain.labs import LabFile, WalkthroughFile
from backend.domain.steps import KINDS
from backend.domain.toml_reading import problem_at, read_toml
from tests.lab_folder import LAB, WALKTHROUGH


def told(text: str, kind: type = LabFile) -> list[str]:
    value, problems = read_toml(text.encode(), kind)
    assert (value is None) == bool(problems)
    return [str(problem) for problem in problems]


def test_what_is_right_is_read() -> None:
    value, problems = read_toml(LAB.encode(), LabFile)
    assert (value is not None and value.port, problems) == (12345, ())


def test_all_that_is_wrong_is_told_at_once_in_the_order_of_the_lines() -> None:
    text = LAB.replace("port = 12345", 'port = "x"\nprot = 1').replace('"udp"', '"sctp"')
    assert told(text.replace('source = "S0 work1"', "")) == [
        "1: source: is missing; expected a text, not empty",
        "4: transport: expected `udp`, `tcp` or `none`, got 'sctp'",
        "5: port: expected a whole number from 1 to 65535, got 'x'",
        "6: prot: no such key; there are title, summary, transport, source, client, port, evolves, "
        "server, needs, minutes, goals, arguments",
    ]


def test_the_rules_of_a_struct_are_told_at_the_key_that_breaks_them() -> None:
    lacking = LAB.replace("port = 12345\n", "")
    assert told(lacking) == ["1: port: transport 'udp' needs one"]
    wrong = "\n[arguments.server]\npause = { kind = 'number', min = 2, max = 1 }\n"
    (problem,) = told(LAB + wrong)
    assert problem.startswith("12: arguments.server.pause: min is 2, max is 1")


def test_the_kind_of_a_table_says_which_keys_it_has() -> None:
    assert told(LAB.replace('"message"', '"massage"')) == [
        "9: client.kind: expected `message`, `watch`, `form`, `chat`, `browser` or `none`, "
        "got 'massage'"
    ]
    assert told(LAB.replace('kind = "message"', "")) == [
        "8: client.kind: expected `message`, `watch`, `form`, `chat`, `browser` or `none`, "
        "got nothing"
    ]
    (problem,) = told(LAB + 'line_ending = "x"\n')
    assert problem == r"10: client.line_ending: expected '', '\n' or '\r\n', got 'x'"


def test_steps_are_counted_as_people_count() -> None:
    text = WALKTHROUGH.replace('program = "client"', 'program = "klient"')
    (problem,) = told(text, WalkthroughFile)
    assert problem.startswith("12: step 2.program: expected `server`, `client`")
    assert told("step = 3", WalkthroughFile)[0].startswith("1: step: expected a list, not empty")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"a = 1\nb = \n", "2: no TOML: Invalid value"),
        (b"a = 1\n[b\n", "2: no TOML: "),
        (b"a = 1\nb = [", "2: no TOML: "),
        (b"a = 1\na = 2\n", "2: no TOML: Cannot overwrite a value"),
        (b"a = 1\n\n# \xff", "3: not UTF-8: the byte 0xff"),
    ],
)
def test_what_is_no_toml_is_told_with_its_line(data: bytes, told: str) -> None:
    value, (problem,) = read_toml(data, LabFile)
    assert value is None
    assert str(problem).startswith(told)


def test_one_language_stands_for_both_where_that_is_allowed() -> None:
    text = LAB.replace('ru = "Привет", ', "").encode()
    assert read_toml(text, LabFile)[0] is None
    value, problems = read_toml(text, LabFile, one_language=True)
    assert problems == ()
    assert value is not None
    assert (value.title.ru, value.title.en) == ("Hello", "Hello")


def test_a_problem_that_others_found_is_told_at_its_key() -> None:
    assert str(problem_at(LAB, ("client", "kind"), "odd")) == "9: client.kind: odd"


def structs_in(kind: object) -> Iterator[type[msgspec.Struct]]:
    """Yield the structs of which a value of this kind may be made."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        yield kind
        for field in msgspec.structs.fields(kind):
            yield from structs_in(field.type)
    for of in get_args(kind):
        yield from structs_in(of)


@pytest.mark.parametrize("kind", [LabFile, WalkthroughFile, CheckHead, *KINDS.values()])
def test_no_struct_that_is_read_takes_keys_that_it_does_not_have(kind: object) -> None:
    structs = {*structs_in(kind)}
    assert structs
    assert [each for each in structs if not each.__struct_config__.forbid_unknown_fields] == []
