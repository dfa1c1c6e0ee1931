"""The API as a page, made from its own OpenAPI description: nothing is loaded from elsewhere."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse

from backend.web.playground import PlaygroundHere

router = APIRouter(include_in_schema=False)


@router.get("/api/docs")
def show_docs(request: Request, playground: PlaygroundHere) -> HTMLResponse:
    """Show every call: what it takes, what it answers."""
    return playground.site.answer(
        request,
        "api.html",
        operations=_operations(request.app),
        code=json.dumps({"error": {"code": "port_in_use", "message": "…"}}, indent=2),
    )


def _operations(app: FastAPI) -> list[dict[str, Any]]:
    """Return the operations of the OpenAPI description, in its order."""
    description = app.openapi()
    schemas = description.get("components", {}).get("schemas", {})
    return [
        {
            "method": method.upper(),
            "path": path,
            "summary": operation.get("description") or operation.get("summary", ""),
            "parameters": [
                {
                    "name": parameter["name"],
                    "about": parameter.get("description", ""),
                    "default": parameter["schema"].get("default"),
                }
                for parameter in operation.get("parameters", [])
                if parameter["in"] == "query"
            ],
            "body": _fields(operation, schemas),
            "answers": [code for code in operation["responses"] if code.startswith("2")],
        }
        for path, operations in description["paths"].items()
        for method, operation in operations.items()
    ]


def _fields(operation: dict[str, Any], schemas: dict[str, Any]) -> list[dict[str, Any]]:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
    schema = schemas.get(name, {})
    required = schema.get("required", [])
    return [
        {"name": field, "type": _type(about), "required": field in required}
        for field, about in schema.get("properties", {}).items()
    ]


def _type(schema: dict[str, Any]) -> str:
    if "anyOf" in schema:
        return " | ".join(_type(one) for one in schema["anyOf"])
    if schema.get("type") == "array":
        return f"[{_type(schema['items'])}, …]"
    bounds = [str(schema[key]) for key in ("minimum", "maximum") if key in schema]
    kind = str(schema.get("type", "any"))
    return f"{kind} {'…'.join(bounds)}".strip()
