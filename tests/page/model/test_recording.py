"""The events that a recording may hold are those that the backend tells."""

from __future__ import annotations

import json
import subprocess
import types
import typing
from pathlib import Path

import msgspec

from backend.domain.class_events import PersonJoined
from backend.domain.events import Event, Problem, Stream, Transport
from backend.domain.traced_events import Call, SocketTransport
from tests.page.conftest import NODE

JS = Path(__file__).parents[3] / "frontend" / "static" / "js"
SCRIPT = """
import { SHAPES } from "./model/event-shapes.js";
console.log(JSON.stringify(SHAPES));
"""

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
    if kind in (Transport, SocketTransport):
        return "m"
    return "s" if typing.get_origin(kind) is typing.Literal else LETTERS[kind]


def shape_of(kind: type[Event]) -> str:
    """Write the fields of an event as event-shapes.js does."""
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


def shapes() -> dict[str, str]:
    """Return the fields of each event as event-shapes.js has them."""
    command = [str(NODE), "--input-type=module", "--eval", SCRIPT]
    done = subprocess.run(command, cwd=JS, capture_output=True, encoding="utf-8", check=True)
    found: dict[str, str] = json.loads(done.stdout)
    return {kind: " ".join(sorted(shape.split(" "))) for kind, shape in found.items()}


def test_the_shapes_are_those_of_the_backend() -> None:
    assert shapes() == {
        str(kind.__struct_config__.tag): shape_of(kind)
        for kind in Event.__subclasses__()
        if kind.__module__ in (Event.__module__, Call.__module__, PersonJoined.__module__)
    }
