"""Values of msgspec as what FastAPI answers with: written as JSON, described in OpenAPI.

A handler says `-> Shown[RunInfo]`. FastAPI asks pydantic, which knows nothing of msgspec; here it
learns how such a value is written. Its JSON Schema comes from msgspec, too, so that what is
described is what is sent; it is put into the description as a whole (web/api/description.py),
since pydantic takes no references but its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeVar, get_args, get_type_hints

import msgspec
from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

T = TypeVar("T")


class _AsJson:
    """What pydantic asks about a type that is annotated with this."""

    def __get_pydantic_core_schema__(
        self, source: Any, _handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            lambda value: msgspec.convert(value, source),
            serialization=core_schema.plain_serializer_function_ser_schema(msgspec.to_builtins),
            metadata={"pydantic_js_functions": [lambda _core, _handler: {}]},
        )


Shown = Annotated[T, _AsJson()]


def shown_by(handler: Callable[..., Any]) -> type[msgspec.Struct] | None:
    """Return the T of a handler that returns a Shown[T], None for any other."""
    returned = get_type_hints(handler, include_extras=True).get("return")
    source, *marks = get_args(returned) or (None,)
    return source if any(isinstance(mark, _AsJson) for mark in marks) else None
