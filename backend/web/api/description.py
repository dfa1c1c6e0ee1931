"""The description of the API (OpenAPI): FastAPI's, made true.

FastAPI knows paths, parameters and bodies. What is answered comes from the handlers' own types
(msgspec), which errors from what they declare (error_answers.py), the bounds of bodies from the
settings; FastAPI's own 422 does not exist here (web/errors.py).
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from typing import Any

import msgspec
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from backend.web.answers import shown_by
from backend.web.api.error_answers import ErrorAnswer
from backend.web.playground import Playground

Json = dict[str, Any]

ABOUT = """\
Start real socket programs, be their client, see what they do.

Every refusal is `{"error": {"code", "message"}}`: a code for scripts, a message for people. An
address that does not exist answers 404 with `not_found`, a method that an address does not know
405 with `method_not_allowed` and the header `Allow`; OPTIONS is answered with it, too, and HEAD as
GET is, without the body. Timelines are live, and clients of programs are made, over WebSockets,
which OpenAPI does not describe: /api/docs does.
"""
TAGS = [
    {"name": "labs", "description": "The catalogue: programs, tasks, walkthroughs."},
    {"name": "rooms", "description": "Where people work: runs, clients and a timeline."},
    {"name": "people", "description": "Who is in a room, and what they may."},
    {"name": "runs", "description": "Programs that were started, and what is typed into them."},
    {"name": "clients", "description": "Sockets to a run, where WebSockets do not get through."},
    {"name": "events", "description": "What happened in a room, as JSON lines."},
    {"name": "recordings", "description": "What happened, as a file, and those that a room keeps."},
    {"name": "drafts", "description": "Programs of one's own for a lab, as they were last saved."},
    {"name": "explanations", "description": "What events mean, in words for people."},
    {"name": "health", "description": "Whether the server is alive."},
]
FASTAPIS_OWN = ("HTTPValidationError", "ValidationError")
REFERENCE = "#/components/schemas/{name}"
BEARER = "bearer"
WITHOUT_TOO = frozenset({"join_room", "show_metrics"})  # credential or not, it means something else


class DescribedApp(FastAPI):
    """An application that describes some of its routers, when it is first asked to.

    To describe all of it takes a fifth of a second of processor time: not while the server starts.
    """

    def describe(self, routers: Iterable[APIRouter], playground: Playground) -> None:
        """Say what is to be described: these routers' operations, in this playground."""
        self._described = list(routers), playground

    def openapi(self) -> Json:
        """Return the description, always the same one."""
        if self.openapi_schema is None:
            make_true(super().openapi(), *self._described)
        assert self.openapi_schema is not None
        return self.openapi_schema


def make_true(description: Json, routers: Iterable[APIRouter], playground: Playground) -> None:
    """Let FastAPI's description of these routers' operations say what is answered."""
    routes = {
        (route.path, method.lower()): route
        for router in routers
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    }
    shown = {
        key: kind for key, route in routes.items() if (kind := shown_by(route.endpoint)) is not None
    }
    kinds = [*dict.fromkeys(shown.values()), ErrorAnswer]
    references, components = msgspec.json.schema_components(kinds, ref_template=REFERENCE)
    schema_of = dict(zip(kinds, references, strict=True))
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            _forget_fastapis_own(operation)
            operation["operationId"] = routes[path, method].name
            if (path, method) in shown:
                _answer_with(operation, schema_of[shown[path, method]])
    schemas = description.setdefault("components", {}).setdefault("schemas", {})
    for name in FASTAPIS_OWN:
        schemas.pop(name, None)
    schemas.update({name: _as_sent(schema) for name, schema in components.items()})
    _fit_to(playground, schemas["StartRequest"]["properties"])
    if playground.settings.is_hosted:
        _ask_for_credentials(description)


def _ask_for_credentials(description: Json) -> None:
    """Say which operations want one: those that refuse whoever comes without."""
    description["components"]["securitySchemes"] = {
        BEARER: {
            "type": "http",
            "scheme": "bearer",
            "description": "The token of a person of the room; the host key to make and list "
            "rooms, and to come into one as a host.",
        }
    }
    for operations in description["paths"].values():
        for operation in operations.values():
            if "401" in operation["responses"]:
                may_be_none: list[Json] = [{}] if operation["operationId"] in WITHOUT_TOO else []
                operation["security"] = [*may_be_none, {BEARER: []}]


def _forget_fastapis_own(operation: Json) -> None:
    invalid = operation["responses"].get("422", {})
    schema = invalid.get("content", {}).get("application/json", {}).get("schema", {})
    if schema.get("$ref", "").rpartition("/")[2] in FASTAPIS_OWN:
        del operation["responses"]["422"]


def _answer_with(operation: Json, schema: Json) -> None:
    (success,) = [code for code in operation["responses"] if code.startswith("2")]
    operation["responses"][success]["content"]["application/json"]["schema"] = schema


def _as_sent(schema: Json) -> Json:
    """Return the schema of a struct as it is sent: with all its fields, each of them described.

    A default is for who reads a struct. What is always empty (`tuple[()]`) has items of any kind:
    makers of clients want to know.
    """
    if "description" in schema:
        schema["description"] = inspect.cleandoc(schema["description"])
    if "properties" in schema:
        schema["required"] = list(schema["properties"])
        for field in schema["properties"].values():
            field.pop("default", None)
            if field.get("type") == "array":
                field.setdefault("items", {})
    return schema


def _fit_to(playground: Playground, start: Json) -> None:
    """Say what may be started here: the labs are this catalogue's, the bounds these settings'."""
    start["lab"]["examples"] = [lab.id for lab in playground.catalog.labs]
    start["args"]["maxItems"] = playground.settings.args_limit
    start["args"]["items"]["maxLength"] = playground.settings.arg_limit_bytes
