"""The API as a page, made from its own OpenAPI description: nothing is loaded from elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse

from backend.web.playground import PlaygroundHere

Json = dict[str, Any]

router = APIRouter(include_in_schema=False)


@router.get("/api/docs")
def show_docs(request: Request, playground: PlaygroundHere) -> HTMLResponse:
    """Show every call: what it takes, what it answers."""
    operations = _operations(request.app)
    return playground.site.answer(
        request,
        "api.html",
        operations=operations,
        common=_common_errors(operations),
        code=json.dumps(
            {"error": {"code": "port_in_use", "message": "…"}}, indent=2, ensure_ascii=False
        ),
    )


def _operations(app: FastAPI) -> list[Json]:
    """Return the operations of the OpenAPI description, in its order."""
    description = app.openapi()
    schemas = description.get("components", {}).get("schemas", {})
    return [
        {
            "method": method.upper(),
            "path": path,
            "summary": _in_one_line(operation.get("description") or operation.get("summary", "")),
            "parameters": [
                {
                    "name": parameter["name"],
                    "about": _in_one_line(parameter.get("description", "")),
                    "default": parameter["schema"].get("default"),
                }
                for parameter in operation.get("parameters", [])
                if parameter["in"] == "query"
            ],
            "bodies": list(_bodies(operation, schemas)),
            "answers": [code for code in operation["responses"] if code < "400"],
            "errors": [
                (status, code)
                for status, answer in sorted(operation["responses"].items())
                if status >= "400"
                for code in _codes(answer)
            ],
        }
        for path, operations in description["paths"].items()
        for method, operation in operations.items()
    ]


def words_of(app: FastAPI) -> Iterator[str]:
    """Yield what the page says of the API in the words of its description: what is translated."""
    for operation in _operations(app):
        yield operation["summary"]
        yield from (parameter["about"] for parameter in operation["parameters"])


def _in_one_line(text: str) -> str:
    return " ".join(text.split())


def _common_errors(operations: list[Json]) -> list[tuple[str, str]]:
    """Return the errors that each operation can answer, a status and a code each."""
    first, *others = ([*operation["errors"]] for operation in operations)
    return [error for error in first if all(error in errors for errors in others)]


def _codes(answer: Json) -> list[str]:
    """Return the codes that an error's answer can have."""
    schema = answer["content"]["application/json"]["schema"]
    codes: list[str] = schema["properties"]["error"]["properties"]["code"]["enum"]
    return codes


def _bodies(operation: Json, schemas: Json) -> Iterator[list[Json]]:
    """Yield the fields of each form that the body of a request can have."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    whole = content.get("schema", {})
    for form in whole.get("oneOf", [whole]):
        schema = schemas.get(form.get("$ref", "").rpartition("/")[2], {})
        required = schema.get("required", [])
        fields = [
            {"name": field, "type": _type(about), "required": field in required}
            for field, about in schema.get("properties", {}).items()
            # What may only be what it is without being named is of no use to name.
            if "const" not in about or field in required
            if about.get("type") != "null"
        ]
        if fields:
            yield fields


def _type(schema: Json) -> str:
    if "anyOf" in schema:
        return " | ".join(_type(one) for one in schema["anyOf"])
    if "const" in schema:
        return json.dumps(schema["const"])
    if "enum" in schema:
        return " | ".join(json.dumps(one) for one in schema["enum"])
    if schema.get("type") == "array":
        return f"[{_type(schema['items'])}, …]"
    bounds = [f"{schema[key]:g}" for key in ("minimum", "maximum") if key in schema]
    kind = str(schema.get("type", "any"))
    return f"{kind} {'…'.join(bounds)}".strip()
