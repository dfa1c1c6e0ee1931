"""TOML read into a struct, with all that is wrong in it: line, key, and what is allowed.

msgspec tells the first problem alone and no line. Here each key is held to its own type, so that a
teacher mends a file in one go. What a struct's own rules say comes once all its keys are right.
"""

from __future__ import annotations

import functools
import re
import tomllib
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

import msgspec
from msgspec import inspect

from backend.domain.toml_lines import KeyPath, lines_of

T = TypeVar("T")
LANGUAGES = frozenset({"ru", "en"})
SHOWN = 60  # characters of a wrong value

_Found = Iterator[tuple[KeyPath, str]]
_AT_END = re.compile(r" - at `(?:key in )?\$.*`$")
_NAMED = re.compile(r"([a-z_]+(?:\.[a-z_]+)*): ")
_AT_LINE = re.compile(r" \(at line (\d+), column \d+\)| \(at end of document\)")


@dataclass(frozen=True)
class TomlProblem:
    """What is wrong, at which line (from 1 on) and key; without a key it is the whole text."""

    line: int
    key: str
    what: str

    def __str__(self) -> str:
        """Return it as a text that follows the name of the file and a colon."""
        return f"{self.line}: {self.key}: {self.what}" if self.key else f"{self.line}: {self.what}"


def read_toml(
    data: bytes, kind: type[T], *, one_language: bool = False
) -> tuple[T | None, tuple[TomlProblem, ...]]:
    """Return what a file says, or None and all that is wrong in it.

    `one_language`: where a text has Russian or English alone, it stands for both.
    """
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return None, (TomlProblem(line, "", f"not UTF-8: the byte 0x{data[error.start]:02x}"),)
    try:
        value: Any = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return None, (syntax_problem(text, str(error)),)
    if one_language:
        value = in_both(value)
    converted, found = convert(value, kind)
    if not found:
        return converted, ()
    places = lines_of(text)
    problems = [TomlProblem(_line(path, places), named(path), what) for path, what in found]
    return None, tuple(sorted(problems, key=lambda problem: problem.line))


def problem_at(text: str, path: KeyPath, what: str) -> TomlProblem:
    """Return a problem that others found at a key of a text that was read."""
    return TomlProblem(_line(path, lines_of(text)), named(path), what)


def syntax_problem(text: str, message: str) -> TomlProblem:
    """Return what tomllib says of a text that is no TOML, at its line."""
    line = _AT_LINE.search(message)
    number = int(line[1]) if line and line[1] else text.count("\n") + 1
    return TomlProblem(number, "", f"no TOML: {_AT_LINE.sub('', message)}")


def _line(path: KeyPath, lines: Mapping[KeyPath, int]) -> int:
    """Return the line of a path or, where that is not there, of what it would stand in."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def named(path: KeyPath) -> str:
    """Return a path as one says it: `step 2.title.ru` for the second of the steps."""
    names = ""
    for part in path:
        names += f" {part + 1}" if isinstance(part, int) else f".{part}" if names else part
    return names


def in_both(value: Any) -> Any:
    """Return a TOML value in which each text in one language alone stands for both."""
    if isinstance(value, list):
        return [in_both(each) for each in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1 and value.keys() <= LANGUAGES:
        (value,) = value.values()
        return dict.fromkeys(sorted(LANGUAGES), value)
    return {key: in_both(each) for key, each in value.items()}


def convert(
    value: Any, kind: type[T], path: KeyPath = ()
) -> tuple[T | None, list[tuple[KeyPath, str]]]:
    """Return a value as this kind, or None and all that is wrong with it.

    Whether all is right msgspec sees at once, for our structs forbid keys that they do not have;
    of several faults it tells the first one.
    """
    try:
        return msgspec.convert(value, kind), []
    except msgspec.ValidationError:
        found = list(problems_in(value, kind, path))
        if not found:
            raise
        return None, found


def problems_in(value: Any, kind: Any, path: KeyPath) -> _Found:
    """Yield what is wrong with a value that has to be of this kind."""
    bare = _bare(kind)
    structs = _structs_of(bare)
    if isinstance(value, dict) and structs:
        struct = structs[0] if len(structs) == 1 else _tagged(value, structs)
        if struct is None:
            tag = str(structs[0].__struct_config__.tag_field)
            allowed = _one_of([str(each.__struct_config__.tag) for each in structs])
            yield (*path, tag), f"expected {allowed}, got {_shown(value.get(tag))}"
        else:
            yield from _problems_of_struct(value, struct, path)
        return
    inner: list[tuple[KeyPath, str]] = []
    if isinstance(value, list) and get_origin(bare) in (tuple, list):
        of = get_args(bare)[0]
        for number, each in enumerate(value):
            inner += problems_in(each, of, (*path, number))
    elif isinstance(value, dict) and get_origin(bare) is dict:
        for key, each in value.items():
            inner += problems_in(each, get_args(bare)[1], (*path, key))
    yield from inner
    if not inner:
        yield from _problems_at_once(value, kind, path)


def _problems_of_struct(
    value: dict[str, Any], struct: type[msgspec.Struct], path: KeyPath
) -> _Found:
    fields = _fields_of(struct)
    tag_field = struct.__struct_config__.tag_field
    tags = [tag_field] if tag_field else []
    is_whole = True
    for key in value:
        if key not in fields and key not in tags:
            yield (*path, key), f"no such key; there are {', '.join([*tags, *fields])}"
            is_whole = False
    for name, field in fields.items():
        if name in value:
            for problem in problems_in(value[name], field.type, (*path, name)):
                yield problem
                is_whole = False
        elif field.required:
            yield (*path, name), f"is missing; expected {_allowed(field.type)}"
            is_whole = False
    if is_whole:
        yield from _problems_at_once(value, struct, path)


@functools.cache  # msgspec evaluates the annotations anew each time
def _fields_of(struct: type[msgspec.Struct]) -> Mapping[str, msgspec.structs.FieldInfo]:
    return {field.encode_name: field for field in msgspec.structs.fields(struct)}


def _problems_at_once(value: Any, kind: Any, path: KeyPath) -> _Found:
    """Yield what msgspec says of the value: its type, its bounds, the rules of a struct."""
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        if isinstance(value, dict) and _structs_of(_bare(kind)):
            message = _AT_END.sub("", str(error))
            if named := _NAMED.match(message):  # by the struct: the key that breaks its rule
                names = named[1].split(".")
                path = (*path, *names) if path[-1:] != (names[0],) else path
                message = message[named.end() :]
            yield path, message
        else:
            yield path, f"expected {_allowed(kind)}, got {_shown(value)}"


def _bare(kind: Any) -> Any:
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


def _structs_of(kind: Any) -> list[type[msgspec.Struct]]:
    """Return the structs that this kind is, or is one of."""
    kinds = get_args(kind) if get_origin(kind) in (Union, types.UnionType) else (kind,)
    return [each for each in kinds if isinstance(each, type) and issubclass(each, msgspec.Struct)]


def _tagged(
    value: dict[str, Any], structs: list[type[msgspec.Struct]]
) -> type[msgspec.Struct] | None:
    for struct in structs:
        config = struct.__struct_config__
        if value.get(str(config.tag_field)) == config.tag:
            return struct
    return None


def _shown(value: Any) -> str:
    if value is None:
        return "nothing"
    text = {True: "true", False: "false"}[value] if isinstance(value, bool) else repr(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def _allowed(kind: Any) -> str:
    if get_origin(_bare(kind)) is Literal:
        return _one_of([str(each) for each in get_args(_bare(kind))])
    return _words(inspect.type_info(kind))


def _words(info: inspect.Type) -> str:
    match info:
        case inspect.UnionType(types=options):
            known = [each for each in options if not isinstance(each, inspect.NoneType)]
            return " or ".join(dict.fromkeys(_words(each) for each in known))
        case inspect.IntType(ge=least, le=most):
            return f"a whole number{_bounds(least, most)}"
        case inspect.FloatType(ge=least, le=most):
            return f"a number{_bounds(least, most)}"
        case inspect.StrType(min_length=least, pattern=pattern):
            return "a text" + (", not empty" if least else "") + (f" {pattern}" if pattern else "")
        case inspect.BoolType():
            return "true or false"
        case inspect.LiteralType(values=values):
            return _one_of([str(value) for value in values])
        case inspect.StructType(fields=fields, tag_field=tag):
            names = [*([tag] if tag else []), *(field.encode_name for field in fields)]
            return f"a table with {', '.join(names)}"
        case (
            inspect.VarTupleType(item_type=item, min_length=least)
            | inspect.ListType(item_type=item, min_length=least)
        ):
            return f"a list{', not empty,' if least else ''} of which each is {_words(item)}"
        case inspect.DictType():
            return "a table"
        case _:
            return type(info).__name__.removesuffix("Type").lower()


def _bounds(least: float | None, most: float | None) -> str:
    if least is not None and most is not None:
        return f" from {least:.12g} to {most:.12g}"
    return f" of at least {least:.12g}" if least is not None else ""


def _one_of(values: list[str]) -> str:
    quoted = [f"`{value}`" if value.isprintable() and value else repr(value) for value in values]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"
