"""What the page's scripts know of events is what the backend tells."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Literal

import msgspec
import pytest

from backend.domain.events import RunExited
from tests.page.declarations import FILE, Declarations, declared, written

Colour = Literal["red", "green"]


class Lamp(msgspec.Struct, tag="lamp", tag_field="type", omit_defaults=True):
    """A light. It may be off."""

    t: float
    colour: Colour
    on: bool = True
    watts: float | None = None
    wires: tuple[int, ...] | None = None


class Plug(msgspec.Struct):
    """A plug."""

    lamp: Lamp | None
    labels: dict[str, str | None]


class Switch(StrEnum):
    ON = "on"
    OFF = "off"


def test_the_declarations_are_up_to_date() -> None:
    assert FILE.read_text(encoding="utf-8") == written(), "make types"


@pytest.mark.parametrize(
    ("hint", "written_as"),
    [
        (str, "string"),
        (float | bool, "number | boolean"),
        (int | float, "number"),
        (str | None, "string | null"),
        (tuple[str, ...], "readonly string[]"),
        (Colour, "Colour"),
        (Colour | None, "Colour | null"),
        (Literal["red", "blue"], '"red" | "blue"'),
        (dict[str, int], "Record<string, number>"),
        (tuple[()], "readonly []"),
        (Switch, '"on" | "off"'),
        (Lamp | Plug | None, "Lamp | Plug | null"),
        (Lamp, "Lamp"),
    ],
)
def test_a_type_is_written_as_the_page_knows_it(hint: Any, written_as: str) -> None:
    assert Declarations(Colour=Colour).type_of(hint) == written_as


@pytest.mark.parametrize("hint", [Any, bytes, dict[int, str], tuple[int, str], object])
def test_a_type_that_the_page_cannot_have_is_refused(hint: Any) -> None:
    with pytest.raises(TypeError, match="no type of the page"):
        Declarations().type_of(hint)


def test_an_event_is_numbered() -> None:
    assert Declarations().interface(RunExited).splitlines()[1:] == [
        "export interface RunExited extends Numbered {",
        '  type: "run.exited";',
        "  run: string;",
        "  exit_status?: number;",
        "  error?: Problem;",
        "}",
    ]


def test_what_is_not_sent_may_be_absent() -> None:
    assert Declarations(Colour=Colour).interface(Lamp).splitlines() == [
        "/** A light. It may be off. */",
        "export interface Lamp {",
        '  type: "lamp";',
        "  t: number;",
        "  colour: Colour;",
        "  on?: boolean;",
        "  watts?: number;",
        "  wires?: readonly number[];",
        "}",
    ]


def test_a_value_that_is_no_event_has_all_its_fields() -> None:
    assert Declarations().interface(Plug).splitlines()[1:] == [
        "export interface Plug {",
        "  lamp: Lamp | null;",
        "  labels: Record<string, string | null>;",
        "}",
    ]


def test_a_named_union_is_a_union_with_its_name() -> None:
    assert list(Declarations(Colour=Colour).unions()) == ['export type Colour = "red" | "green";\n']
    long = declared("Name", [f'"word-{number}"' for number in range(12)])
    assert long.startswith('export type Name =\n  | "word-0"\n')
    assert long.endswith('\n  | "word-11";\n')
