"""Values of msgspec as what FastAPI answers with: written as JSON, described in OpenAPI.

A handler says `-> Shown[RunInfo]`. FastAPI asks pydantic, which knows nothing of msgspec; here it
learns how such a value is written and what its JSON Schema is. Both come from msgspec, so that what
is described is what is sent.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

import msgspec
from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

T = TypeVar("T")


class _AsJson:
    """What pydantic asks about a type that is annotated with this."""

    def __get_pydantic_core_schema__(
        self, source: Any, _handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        schema = _without_references(msgspec.json.schema(source))
        return core_schema.no_info_plain_validator_function(
            lambda value: msgspec.convert(value, source),
            serialization=core_schema.plain_serializer_function_ser_schema(msgspec.to_builtins),
            metadata={"pydantic_js_functions": [lambda _core, _handler: schema]},
        )


Shown = Annotated[T, _AsJson()]


def _without_references(schema: dict[str, Any]) -> dict[str, Any]:
    """Put every definition where it is referred to: pydantic takes no references but its own."""
    definitions = schema.pop("$defs", {})

    def resolved(node: Any) -> Any:
        if isinstance(node, list):
            return [resolved(one) for one in node]
        if not isinstance(node, dict):
            return node
        reference = node.get("$ref")
        if reference is not None:
            return resolved(definitions[reference.rpartition("/")[2]])
        return {
            key: resolved(value)
            for key, value in node.items()
            if key != "discriminator"  # its mapping points at definitions; `kind` says it, too
        }

    whole: dict[str, Any] = resolved(schema)
    return whole
