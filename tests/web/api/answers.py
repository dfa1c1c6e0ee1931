"""How an error of the API is read."""

from __future__ import annotations

from typing import Any

from tests.server import ROOM

RUNS = f"{ROOM}/runs"


def code_of(response: Any) -> str:
    body = response.json()
    assert set(body) == {"error"}
    assert body["error"]["message"]
    code: str = body["error"]["code"]
    return code
