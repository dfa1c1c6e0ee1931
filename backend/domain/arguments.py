"""What guests may give a lab's programs on their command lines: lab.toml's table [arguments].

    [arguments.server]
    interval = { kind = "number", min = 0.5, max = 60 }
    once = { kind = "flag" }

    [arguments.client]
    message = { kind = "text", limit = 200 }

Numbers and flags are options (`--interval 2`, `--once`), texts are words without one, in their
order. Whoever hosts may give whatever the program takes.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

from backend.domain.errors import InvalidRequest

_NAME = re.compile(r"[a-z][a-z0-9-]*")
OURS = frozenset({"host", "port"})  # the playground itself says where a program listens


class Argument(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"
):
    """One argument."""


class NumberArgument(Argument, frozen=True, kw_only=True, tag="number"):
    """An option with a number from `min` to `max`."""

    min: float
    max: float

    def __post_init__(self) -> None:
        """Hold that there is such a number."""
        if not self.min <= self.max:
            raise ValueError(f"min is {self.min:g}, max is {self.max:g}: no number is between them")


class FlagArgument(Argument, frozen=True, kw_only=True, tag="flag"):
    """An option that is there or not."""


class TextArgument(Argument, frozen=True, kw_only=True, tag="text"):
    """A word without an option, of at most `limit` characters, that does not begin with `-`."""

    limit: Annotated[int, Meta(ge=1)] = 200


AnyArgument = NumberArgument | FlagArgument | TextArgument
ProgramArguments = Mapping[str, AnyArgument]


def require_names(arguments: ProgramArguments) -> None:
    """See that names are such as can be options. Raises ValueError."""
    for name in arguments:
        if not _NAME.fullmatch(name) or name in OURS:
            raise ValueError(f"arguments: {name!r} is no name of an argument that guests may give")


def require_allowed(args: Sequence[str], allowed: ProgramArguments, *, program: str) -> None:
    """See that a guest may give these arguments. Raises InvalidRequest, which says what may be."""
    texts = iter([each for each in allowed.values() if isinstance(each, TextArgument)])
    rest = iter(args)
    for arg in rest:
        if not _is_allowed(arg, rest, allowed, texts):
            raise InvalidRequest(f"{_offer(allowed, program)} Got {arg[:80]!r}.")


def _is_allowed(
    arg: str, rest: Iterator[str], allowed: ProgramArguments, texts: Iterator[TextArgument]
) -> bool:
    """Whether one argument, with the value that may follow it, is among those allowed."""
    if not arg.startswith("-"):
        text = next(texts, None)
        return text is not None and len(arg) <= text.limit
    name, equals, value = arg.removeprefix("--").partition("=")
    match allowed.get(name) if arg.startswith("--") else None:
        case FlagArgument():
            return not equals
        case NumberArgument() as number:
            return _is_within(number, value if equals else next(rest, ""))
        case _:
            return False


def _is_within(number: NumberArgument, text: str) -> bool:
    with contextlib.suppress(ValueError):
        return number.min <= float(text) <= number.max  # false for "nan", too
    return False


def _offer(allowed: ProgramArguments, program: str) -> str:
    if not allowed:
        return f"Guests give {program} no arguments."
    return f"Guests may give {program}: {', '.join(_words(*each) for each in allowed.items())}."


def _words(name: str, argument: AnyArgument) -> str:
    match argument:
        case NumberArgument(min=least, max=most):
            return f"--{name} with a number from {least:g} to {most:g}"
        case FlagArgument():
            return f"--{name}"
        case TextArgument(limit=limit):
            return f"a {name} of at most {limit} characters"
