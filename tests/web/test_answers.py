"""What the description of the API says of an answer is what is sent, field by field."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from pydantic import TypeAdapter, ValidationError

from backend.app import create_app
from backend.domain.events import Problem
from backend.domain.labs import LabDetail
from backend.domain.room_info import RoomInfo, RunInfo
from backend.settings import Settings
from backend.web.answers import Shown
from tests.server import LABS, ROOM

Json = dict[str, Any]


@pytest.fixture(scope="module")
def app() -> FastAPI:
    return create_app(Settings(labs_dir=LABS, port=8000))


def answer_of(app: FastAPI, method: str, path: str, status: int = 200) -> Json:
    operation = app.openapi()["paths"][path][method]
    schema: Json = operation["responses"][str(status)]["content"]["application/json"]["schema"]
    return looked_up(app, schema)


def looked_up(app: FastAPI, schema: Json) -> Json:
    """Return what a reference is to; what is none, as it is."""
    if "$ref" not in schema:
        return schema
    found: Json = app.openapi()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return found


@pytest.mark.parametrize(
    ("method", "path", "status", "kind"),
    [
        ("get", "/api/labs/{group}/{name}", 200, LabDetail),
        ("get", "/api/rooms/{room}", 200, RoomInfo),
        ("post", "/api/rooms/{room}/runs", 201, RunInfo),
        ("get", "/api/rooms/{room}/runs/{run}", 200, RunInfo),
        ("delete", "/api/rooms/{room}/runs/{run}", 200, RunInfo),
    ],
)
def test_an_answer_is_described_with_all_its_fields(
    app: FastAPI, method: str, path: str, status: int, kind: type[msgspec.Struct]
) -> None:
    described = answer_of(app, method, path, status)
    assert list(described["properties"]) == list(kind.__struct_fields__)
    assert described["required"] == list(kind.__struct_fields__)  # each is always sent
    arrays = [one for one in described["properties"].values() if one.get("type") == "array"]
    assert all("items" in one for one in arrays)


def test_closed_vocabularies_are_described_word_by_word(app: FastAPI) -> None:
    run = answer_of(app, "get", "/api/rooms/{room}/runs/{run}")["properties"]
    assert "listening" in looked_up(app, run["state"])["enum"]
    (problem,) = [looked_up(app, one) for one in run["error"]["anyOf"] if "$ref" in one]
    assert "port_in_use" in problem["properties"]["code"]["enum"]


def references_in(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref":
                yield value
            yield from references_in(value)
    elif isinstance(node, list):
        for one in node:
            yield from references_in(one)


def test_the_description_refers_to_nothing_that_it_does_not_have(app: FastAPI) -> None:
    description = json.loads(json.dumps(app.openapi()))
    defined = {f"#/components/schemas/{name}" for name in description["components"]["schemas"]}
    assert set(references_in(description)) <= defined


async def test_what_comes_has_the_described_fields_and_reads_back_as_the_value(
    app: FastAPI,
) -> None:
    transport = ASGITransport(app)
    async with AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        room, labs = await client.get(ROOM), await client.get("/api/labs")
        lab = await client.get("/api/labs/udp/echo")
    assert list(room.json()) == list(answer_of(app, "get", "/api/rooms/{room}")["properties"])
    assert msgspec.json.decode(room.content, type=RoomInfo).id == "local"
    detail = msgspec.json.decode(lab.content, type=LabDetail)
    assert detail.sources["server.py"].startswith('"""')
    assert lab.json()["title"] in [one["title"] for one in labs.json()["labs"]]


def test_a_handler_that_returns_something_else_is_a_defect() -> None:
    adapter: TypeAdapter[Any] = TypeAdapter(Shown[Problem])
    problem = Problem(code="limit", message="Too many.")
    assert adapter.dump_python(adapter.validate_python(problem)) == msgspec.to_builtins(problem)
    for wrong in ({"code": "limit"}, "text", {"code": "no_such_code", "message": ""}):
        with pytest.raises((ValidationError, msgspec.ValidationError)):
            adapter.validate_python(wrong)
