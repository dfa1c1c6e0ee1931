from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.arguments import FlagArgument
from backend.domain.errors import UnknownProgram
from backend.domain.labs import (
    LEARNING_ORDER,
    Goals,
    Lab,
    LabFile,
    Step,
    StepFile,
    learning_order,
)
from backend.domain.language import Words
from backend.domain.page_clients import (
    ChatClient,
    FormClient,
    FormField,
    MessageClient,
    WatchClient,
)

WORDS = Words(ru="да", en="yes")


def lab_file(**changes: Any) -> LabFile:
    values: dict[str, Any] = {
        "title": WORDS,
        "summary": WORDS,
        "transport": "udp",
        "port": 12345,
        "source": "S0",
        "client": MessageClient(),
    }
    return LabFile(**{**values, **changes})


def lab() -> Lab:
    return Lab(
        id="udp/hello",
        title=WORDS,
        about=WORDS,
        transport="udp",
        port=12345,
        source="S0",
        evolves=None,
        server=None,
        client=MessageClient(presets=("hi", WORDS)),
        paths={"server": Path("server.py")},
        sources={"server.py": "pass\n"},
        task=WORDS,
        walkthrough=(
            Step(
                program="server", first_line=1, last_line=1, snippet="pass", title=WORDS, text=WORDS
            ),
        ),
    )


def test_a_text_is_english_unless_russian_is_asked_for() -> None:
    assert [WORDS.in_language(language) for language in ("ru", "en", "de")] == ["да", "yes", "yes"]


def test_the_course_names_twenty_labs_once_each() -> None:
    assert len(LEARNING_ORDER) == len(set(LEARNING_ORDER)) == 20


@given(st.permutations(LEARNING_ORDER))
def test_labs_are_sorted_as_the_course_goes(shuffled: list[str]) -> None:
    assert learning_order(shuffled) == list(LEARNING_ORDER)


def test_a_lab_that_the_course_does_not_name_comes_last_in_its_group() -> None:
    assert learning_order(["tcp/echo", "udp/a_new_one", "udp/socketserver"]) == [
        "udp/socketserver",
        "udp/a_new_one",
        "tcp/echo",
    ]


def as_json(value: msgspec.Struct) -> dict[str, Any]:
    decoded: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(value))
    return decoded


def test_the_summary_form_is_what_the_api_promises() -> None:
    assert as_json(lab().summary()) == {
        "id": "udp/hello",
        "group": "udp",
        "name": "hello",
        "title": {"ru": "да", "en": "yes"},
        "summary": {"ru": "да", "en": "yes"},
        "transport": "udp",
        "port": 12345,
        "source": "S0",
        "evolves": None,
        "server": None,
        "needs": [],
        "minutes": None,
        "goals": None,
        "is_own": False,
        "programs": ["server"],
        "client": {
            "kind": "message",
            "line_ending": "",
            "presets": ["hi", {"ru": "да", "en": "yes"}],
            "one_way": False,
            "one_shot": False,
        },
    }


def test_the_detail_form_adds_sources_task_and_walkthrough_with_lines() -> None:
    detail = as_json(lab().detail())
    assert detail.items() >= as_json(lab().summary()).items()
    assert detail["sources"] == {"server.py": "pass\n"}
    assert detail["task"] == {"ru": "да", "en": "yes"}
    assert detail["walkthrough"] == [
        {
            "program": "server",
            "first_line": 1,
            "last_line": 1,
            "snippet": "pass",
            "title": {"ru": "да", "en": "yes"},
            "text": {"ru": "да", "en": "yes"},
        },
    ]


def test_no_form_has_the_answers() -> None:
    taught = msgspec.structs.replace(lab(), answers=Words(ru="ответ", en="secret"))
    for value in (taught.summary(), taught.detail()):
        assert b"secret" not in msgspec.json.encode(value)


def test_goals_are_as_many_in_both_languages() -> None:
    assert Goals(ru=("а", "б"), en=("a", "b")).in_language("ru") == ("а", "б")
    with pytest.raises(ValueError, match="goals: 1 in ru, 2 in en"):
        Goals(ru=("а",), en=("a", "b"))


def test_a_first_version_takes_no_arguments() -> None:
    with pytest.raises(ValueError, match="first_server is a first version"):
        lab_file(arguments={"first_server": {"once": FlagArgument()}})


def test_both_forms_can_be_kept_as_json_and_read_back() -> None:
    for value in (lab().summary(), lab().detail()):
        assert msgspec.json.decode(msgspec.json.encode(value), type=type(value)) == value


def test_a_program_is_a_path_and_one_that_is_not_there_is_named() -> None:
    assert lab().program_path("server") == Path("server.py")
    with pytest.raises(UnknownProgram, match="no program 'client', only server"):
        lab().program_path("client")


def test_a_summary_of_more_than_ninety_characters_is_refused_with_the_numbers() -> None:
    with pytest.raises(ValueError, match=r"summary.ru has 91 characters, limit 90"):
        lab_file(summary=Words(ru="я" * 91, en="I"))


@pytest.mark.parametrize(("transport", "port"), [("udp", None), ("tcp", None), ("none", 12345)])
def test_a_port_belongs_to_a_transport(transport: str, port: int | None) -> None:
    with pytest.raises(ValueError, match="port: transport"):
        lab_file(transport=transport, port=port)


def test_a_lab_without_network_has_no_client() -> None:
    with pytest.raises(ValueError, match=r"client\.kind: transport 'none' has no use for one"):
        lab_file(transport="none", port=None)


def test_places_in_templates_are_held_to_what_fills_them() -> None:
    with pytest.raises(ValueError, match="register 'me' has the places"):
        WatchClient(register="me", leave="end")
    with pytest.raises(ValueError, match=r"template '\{a\} \{b\}'"):
        FormClient(template="{a} {b}", fields=(FormField(name="a", label=WORDS),))
    with pytest.raises(ValueError, match=r"template '\{text\}'"):
        ChatClient(login_line="{login}")
    assert ChatClient(login_line="{login}", template="{login}: {text}").line_ending == "\n"
    with pytest.raises(ValueError, match="form: needs a login_line"):
        ChatClient(form=True)


def step(snippet: str) -> StepFile:
    return StepFile(program="server", snippet=snippet, title=WORDS, text=WORDS)


def test_a_step_finds_its_lines_also_when_it_spans_several() -> None:
    source = "one\ntwo\nthree\nfour\n"
    found = Step.at_lines_of(source, step("\ntwo\nthree\n"))
    assert (found.first_line, found.last_line, found.snippet) == (2, 3, "two\nthree")


@pytest.mark.parametrize(("snippet", "count"), [("one", 2), ("five", 0), ("\n \n", 0)])
def test_a_snippet_that_does_not_occur_exactly_once_is_refused(snippet: str, count: int) -> None:
    with pytest.raises(ValueError, match=rf"occurs {count} times in server\.py, expected 1"):
        Step.at_lines_of("one one\n", step(snippet))


@given(st.lists(st.text("abc ", min_size=1), min_size=1, max_size=12), st.data())
def test_the_lines_of_a_step_contain_its_snippet(lines: list[str], data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(lines) - 1))
    lines[first] = "the only one"
    found = Step.at_lines_of("\n".join(lines), step("only"))
    assert found.first_line == found.last_line == first + 1
