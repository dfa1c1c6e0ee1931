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
from pathlib import Path
from typing import Any, Literal

import msgspec

from backend.domain import events
from backend.domain.timeline import Gap

FILE = Path(__file__).parents[2] / "frontend" / "static" / "js" / "model" / "types.d.ts"

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
    """Types of Python as those of TypeScript; a `Literal` that has a name is told by it."""

    def __init__(self, **vocabularies: Any) -> None:
        self._vocabularies = {name: typing.get_args(words) for name, words in vocabularies.items()}
        self._names = {frozenset(words): name for name, words in self._vocabularies.items()}

    def vocabularies(self) -> Iterator[str]:
        """Yield the union of each closed vocabulary."""
        for name, words in self._vocabularies.items():
            yield declared(name, [json.dumps(word) for word in words])

    def type_of(self, hint: Any) -> str:
        """Return a type as TypeScript writes it; raise TypeError for one that has no such form."""
        origin, parts = typing.get_origin(hint), typing.get_args(hint)
        if hint in PLAIN:
            return PLAIN[hint]
        if origin is Literal:
            name = self._names.get(frozenset(parts))
            return name or " | ".join(json.dumps(word) for word in parts)
        if origin in (types.UnionType, typing.Union):
            return " | ".join(dict.fromkeys(self.type_of(part) for part in parts))
        if origin is tuple and parts[1:] == (...,):
            return f"readonly {self.type_of(parts[0])}[]"
        if origin is dict and parts[0] is str:
            return f"Record<string, {self.type_of(parts[1])}>"
        if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
            return hint.__name__
        raise TypeError(f"no type of the page for {hint!r}")

    def interface(self, kind: type[msgspec.Struct]) -> str:
        """Return a class as an interface; what is left out when it is None may be absent."""
        hints = typing.get_type_hints(kind)
        config = kind.__struct_config__
        lines = [f"/** {first_sentence(kind)} */"]
        if config.tag is None:
            lines.append(f"export interface {kind.__name__} {{")
        else:
            lines.append(f"export interface {kind.__name__} extends Numbered {{")
            lines.append(f"  {config.tag_field}: {json.dumps(config.tag)};")
        for field in msgspec.structs.fields(kind):
            if config.tag is not None and field.name == "t":
                continue
            hint, mark = hints[field.name], ""
            if config.omit_defaults and not field.required:
                mark = "?"
                if field.default is None:
                    hint = without_none(hint)
            lines.append(f"  {field.encode_name}{mark}: {self.type_of(hint)};")
        return "\n".join([*lines, "}", ""])


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


def vocabularies_of(*modules: types.ModuleType) -> dict[str, Any]:
    """Return the `Literal`s with a name of these modules, those of their own imports too."""
    return {
        name: value
        for module in modules
        for name, value in vars(module).items()
        if typing.get_origin(value) is Literal
    }


def gap() -> str:
    """Return what stands in place of events that are gone."""
    fields = json.loads(Gap(after=0, next=1).encoded())
    kinds = [
        f"  {name}: {json.dumps(value) if name == 'type' else PLAIN[type(value)]};"
        for name, value in fields.items()
    ]
    return "\n".join([f"/** {first_sentence(Gap)} */", "export interface Gap {", *kinds, "}", ""])


def written() -> str:
    """Return the whole file."""
    declarations = Declarations(**vocabularies_of(events))
    kinds = events.Event.__subclasses__()
    return "\n".join(
        [
            HEAD,
            *declarations.vocabularies(),
            declarations.interface(events.Problem),
            NUMBERED,
            *map(declarations.interface, kinds),
            "/** One thing that happened in a room. */",
            declared("RoomEvent", [kind.__name__ for kind in kinds]),
            gap(),
        ]
    )


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8")
