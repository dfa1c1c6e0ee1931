"""The file of a recording, read and checked: values in, values out."""

from __future__ import annotations

import json
import types
import typing
from typing import Any

import msgspec
import pytest

from backend.domain.events import Event, Problem, Stream
from backend.web.pages.site import FRONTEND
from tests.page.conftest import Modules

Json = dict[str, Any]
EXAMPLE = FRONTEND / "examples" / "udp-transform.jsonl"
HEADER: Json = {
    "type": "recording",
    "version": 1,
    "room": "local",
    "clock_offset_s": 2.5,
    "lab_ids": ["udp/hello"],
    "runs": [],
}
RUNNING: Json = {"seq": 1, "t": 1.0, "type": "run.running", "run": "r1"}


def read(modules: Modules, *lines: Json | str, header: Json | str = HEADER) -> Json:
    written = [line if isinstance(line, str) else json.dumps(line) for line in (header, *lines)]
    body = """
        try { return m.readRecording(v.text); }
        catch (error) { return { code: error.code, values: error.values }; }
    """
    found: Json = modules.run("model/recording", body, text="\n".join(written) + "\n")
    return found


def fault_of(modules: Modules, event: Any) -> str | None:
    fault: str | None = modules.run("model/recording", "return m.faultOf(v.event)", event=event)
    return fault


def test_the_shipped_example_is_whole(modules: Modules) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    recording = modules.run("model/recording", "return m.readRecording(v.text)", text=text)
    assert (recording["bad"], recording["missed"]) == ([], 0)
    assert recording["events"] == [json.loads(line) for line in text.splitlines()[1:]]
    assert recording["header"]["labIds"] == ["udp/transform"]


def test_bad_lines_are_left_out_and_named_by_their_number(modules: Modules) -> None:
    recording = read(modules, RUNNING, "{", '"text"', {**RUNNING, "seq": 2, "t": None}, "", RUNNING)
    assert len(recording["events"]) == 2
    assert recording["bad"] == [
        {"line": 3, "why": "json"},
        {"line": 4, "why": "json"},
        {"line": 5, "why": "t"},
    ]


def test_of_many_bad_lines_all_are_counted_and_few_are_named(modules: Modules) -> None:
    recording = read(modules, *["{"] * 100)
    assert recording["badCount"] == 100
    assert len(recording["bad"]) == 20


def test_a_gap_says_how_many_events_are_missing(modules: Modules) -> None:
    gap = {"type": "gap", "after": 0, "next": 8, "missed": 7}
    recording = read(modules, gap, {**RUNNING, "seq": 8})
    assert (recording["missed"], len(recording["events"])) == (7, 1)


def test_lines_may_end_as_on_windows_and_a_byte_order_mark_may_come_first(
    modules: Modules,
) -> None:
    recording = read(modules, json.dumps(RUNNING) + "\r", header="\ufeff" + json.dumps(HEADER))
    assert recording["events"] == [RUNNING]


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", "no_recording"),
        ("not json", "no_recording"),
        ("[]", "no_recording"),
        (RUNNING, "no_recording"),
        ({**HEADER, "version": 2}, "version"),
        ({"type": "recording"}, "version"),
    ],
)
def test_a_file_that_is_no_recording_is_refused(
    modules: Modules, header: Json | str, code: str
) -> None:
    assert read(modules, RUNNING, header=header)["code"] == code


def test_an_empty_file_is_refused(modules: Modules) -> None:
    body = "try { m.readRecording('\\n'); } catch (error) { return error.code; }"
    assert modules.run("model/recording", body) == "empty"


def test_what_a_header_lacks_is_left_empty(modules: Modules) -> None:
    bare = {"type": "recording", "version": 1, "runs": [{"id": 1}, None], "lab_ids": [4]}
    assert read(modules, RUNNING, header=bare)["header"] == {
        "room": "",
        "clockOffsetS": 0,
        "labIds": [],
        "runs": [],
    }


def test_an_unknown_type_passes_and_is_left_to_the_views(modules: Modules) -> None:
    assert fault_of(modules, {"seq": 1, "t": 0, "type": "person.joined"}) is None


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"seq": 0}, "seq"),
        ({"seq": 1.5}, "seq"),
        ({"t": "1"}, "t"),
        ({"type": 3}, "type"),
        ({"run": 7}, "run"),
        ({"type": "output", "stream": "stdlog", "text": ""}, "stream"),
        ({"type": "output", "stream": "stdout", "text": ["x"]}, "text"),
        ({"type": "client.sent", "client": "c1", "bytes": 1, "data": "?"}, "data"),
        ({"type": "client.sent", "client": "c1", "bytes": 1, "data": "YQ="}, "data"),
        ({"type": "run.failed", "error": "port_in_use"}, "error"),
        ({"type": "run.failed", "error": {"code": "x"}}, "error"),
    ],
)
def test_what_a_view_could_not_show_is_no_event(modules: Modules, change: Json, why: str) -> None:
    assert fault_of(modules, {**RUNNING, **change}) == why


LETTERS: dict[object, str] = {
    str: "s",
    float: "n",
    int: "n",
    Problem: "e",
    tuple[str, ...]: "a",
    tuple[int, ...]: "i",
}


def letter_of(kind: object) -> str:
    if kind == Stream:
        return "o"
    return "s" if typing.get_origin(kind) is typing.Literal else LETTERS[kind]


def shape_of(kind: type[Event]) -> str:
    """Write the fields of an event as recording.js does."""
    hints = typing.get_type_hints(kind)
    fields = []
    for field in msgspec.structs.fields(kind):
        if field.name == "t":
            continue
        hint = hints[field.name]
        is_union = typing.get_origin(hint) in (typing.Union, types.UnionType)
        options = typing.get_args(hint) if is_union else (hint,)
        kinds = [option for option in options if option is not types.NoneType]
        letter = "v" if bool in kinds else letter_of(kinds[0])
        letter = "b" if field.name == "data" else letter
        fields.append(f"{field.name}:{letter}{'' if field.required else '?'}")
    return " ".join(sorted(fields))


def test_the_shapes_are_those_of_the_backend(modules: Modules) -> None:
    shapes = modules.run("model/recording", "return m.SHAPES")
    wanted = {str(kind.__struct_config__.tag): shape_of(kind) for kind in Event.__subclasses__()}
    assert {kind: " ".join(sorted(shape.split(" "))) for kind, shape in shapes.items()} == wanted
