"""Write what the page's scripts know of the backend's values: `python -m tests.page.declarations`.

The types of frontend/static/js/model/types.d.ts are those of backend/domain: a class is an
interface, a `Literal` with a name is a union with that name. Nothing in the file is written by
hand, so a word that one side no longer knows is an error of types on the other one.
"""

from __future__ import annotations

import inspect
import json
import types
import typing
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

import msgspec

from backend.domain import (
    broken_labs,
    class_events,
    events,
    findings,
    labs,
    page_clients,
    people,
    permissions,
    recording,
    remembered,
    room_info,
    traced_events,
)
from backend.domain.timeline import Gap

FILE = Path(__file__).parents[2] / "frontend" / "static" / "js" / "model" / "types.d.ts"

# What the API and the files of recordings hold beside events.
VALUES = (
    events.Problem,
    room_info.RoomInfo,
    broken_labs.BrokenLab,
    labs.LabDetail,
    labs.LabSummary,
    recording.Header,
    remembered.RecordingInfo,
    findings.Report,
    findings.Echo,
)

LINE_LENGTH = 100
HEAD = """\
// What the backend tells, as types. Written by `make types` from backend/domain; not by hand.
"""
NUMBERED = """\
/** What every event has: its number in the room, and its time in seconds (CLOCK_MONOTONIC). */
export interface Numbered {
  seq: number;
  t: number;
}
"""
PLAIN = {str: "string", int: "number", float: "number", bool: "boolean", type(None): "null"}


class Declarations:
    """Types of Python as those of TypeScript; a union that has a name is told by it."""

    def __init__(self, **unions: Any) -> None:
        self._unions = {name: options_of(union) for name, union in unions.items()}
        self._names = {frozenset(options): name for name, options in self._unions.items()}

    def unions(self) -> Iterator[str]:
        """Yield each union that has a name."""
        for name, options in self._unions.items():
            yield declared(name, [self._option(option) for option in options])

    def _option(self, option: Any) -> str:
        return json.dumps(option) if isinstance(option, str) else self.type_of(option)

    def type_of(self, hint: Any) -> str:
        """Return a type as TypeScript writes it; raise TypeError for one that has no such form."""
        origin, parts = typing.get_origin(hint), typing.get_args(hint)
        if hint in PLAIN:
            return PLAIN[hint]
        if options := options_of(hint):
            rest = [option for option in options if option is not type(None)]
            name = self._names.get(frozenset(rest))
            words = [name] if name else [self._option(option) for option in rest]
            return " | ".join(dict.fromkeys([*words, *(["null"] if rest != options else [])]))
        if origin is tuple and (not parts or parts[1:] == (...,)):
            each = self.type_of(parts[0]) if parts else ""
            return f"readonly ({each})[]" if "|" in each else f"readonly {each}[]"
        if origin is dict and parts[0] is str:
            return f"Record<string, {self.type_of(parts[1])}>"
        if is_struct(hint):
            return str(hint.__name__)
        raise TypeError(f"no type of the page for {hint!r}")

    def interface(self, kind: type[msgspec.Struct]) -> str:
        """Return a class as an interface; what is left out when it is None may be absent."""
        config, name = kind.__struct_config__, kind.__name__
        is_event = issubclass(kind, events.Event)
        lines = [
            f"/** {first_sentence(kind)} */",
            f"export interface {name} {'extends Numbered ' if is_event else ''}{{",
        ]
        if config.tag is not None:
            lines.append(f"  {config.tag_field}: {json.dumps(config.tag)};")
        hints = typing.get_type_hints(kind)
        for field in msgspec.structs.fields(kind):
            if is_event and field.name == "t":
                continue
            hint, mark = hints[field.name], ""
            if config.omit_defaults and not field.required:
                mark = "?"
                if field.default is None:
                    hint = without_none(hint)
            lines.append(f"  {field.encode_name}{mark}: {self.type_of(hint)};")
        return "\n".join([*lines, "}", ""])


def is_struct(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, msgspec.Struct)


def options_of(hint: Any) -> list[Any]:
    """Return what a value may be, words or types; nothing if the type is no union of either."""
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return [str(word) for word in hint]
    if typing.get_origin(hint) is Literal:
        return list(typing.get_args(hint))
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        parts = [options_of(part) or [part] for part in typing.get_args(hint)]
        return list(dict.fromkeys(option for part in parts for option in part))
    return []


def structs_in(hint: Any) -> Iterator[type[msgspec.Struct]]:
    """Yield the classes that a value is made of, each after those of its fields."""
    for part in typing.get_args(hint):
        yield from structs_in(part)
    if is_struct(hint):
        for field_hint in typing.get_type_hints(hint).values():
            yield from structs_in(field_hint)
        yield hint


def without_none(hint: Any) -> Any:
    """Return a union without None: a value that is never sent."""
    rest = [part for part in typing.get_args(hint) if part is not type(None)]
    return typing.Union[tuple(rest)]  # noqa: UP007 (the parts are known to the run only)


def first_sentence(kind: type) -> str:
    """Return the first line of what a class says of itself."""
    return (inspect.getdoc(kind) or kind.__name__).partition("\n")[0]


def declared(name: str, options: list[str]) -> str:
    """Return a union of types, broken into lines as Biome does."""
    line = f"export type {name} = {' | '.join(options)};"
    if len(line) > LINE_LENGTH:
        line = "".join([f"export type {name} =", *(f"\n  | {option}" for option in options), ";"])
    return f"{line}\n"


def unions_of(*modules: types.ModuleType) -> dict[str, Any]:
    """Return the unions that have a name in these modules, those that they import too."""
    return {
        name: value
        for module in modules
        for name, value in vars(module).items()
        if options_of(value) and value is not StrEnum
    }


def gap() -> str:
    """Return what stands in place of events that are gone."""
    fields = json.loads(Gap(after=0, next=1, missed=0, epoch="").encoded())
    kinds = [
        f"  {name}: {json.dumps(value) if name == 'type' else PLAIN[type(value)]};"
        for name, value in fields.items()
    ]
    return "\n".join([f"/** {first_sentence(Gap)} */", "export interface Gap {", *kinds, "}", ""])


def written() -> str:
    """Return the whole file."""
    declarations = Declarations(
        **unions_of(
            *(events, traced_events, class_events, people),
            *(permissions, room_info, labs, page_clients, findings),
        )
    )
    # In an order of their own: that of the imports is another one in each process.
    homes = [module.__name__ for module in (events, traced_events, class_events)]
    kinds = sorted(events.Event.__subclasses__(), key=lambda kind: homes.index(kind.__module__))
    values = dict.fromkeys(struct for value in VALUES for struct in structs_in(value))
    return "\n".join(
        [
            HEAD,
            *declarations.unions(),
            *map(declarations.interface, values),
            NUMBERED,
            *map(declarations.interface, kinds),
            "/** One thing that happened in a room. */",
            declared("RoomEvent", [kind.__name__ for kind in kinds]),
            gap(),
        ]
    )


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8")
