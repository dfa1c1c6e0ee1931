"""What the OpenAPI description says, to hold against it whatever a served playground answers."""

from __future__ import annotations

import functools
import re
from typing import Any, NamedTuple

import httpx

from backend.app import create_app
from backend.settings import Settings


class Operation(NamedTuple):
    """One operation: its method, what its paths look like, its answers by status."""

    method: str
    path: re.Pattern[str]
    answers: dict[str, Any]


@functools.cache
def operations() -> list[Operation]:
    """Return all operations that are described."""
    paths = create_app(Settings(port=8000)).openapi()["paths"]
    return [
        Operation(
            method.upper(), re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), operation["responses"]
        )
        for path, described in paths.items()
        for method, operation in described.items()
    ]


def hold_to_description(response: httpx.Response) -> None:
    """See that an operation says of itself all that an answer shows: status, type, code."""
    method, path = response.request.method, response.request.url.path
    where = f"{method} {path}: {response.status_code}"
    for operation in operations():
        if operation.method == method and operation.path.fullmatch(path):
            answer = operation.answers.get(str(response.status_code))
            assert answer is not None, where
            media_type = response.headers.get("content-type", "").partition(";")[0]
            assert (media_type in answer["content"]) if "content" in answer else not media_type
            if response.status_code >= 400:
                schema = answer["content"][media_type]["schema"]
                codes = schema["properties"]["error"]["properties"]["code"]["enum"]
                assert response.json()["error"]["code"] in codes, f"{where} {response.text}"
