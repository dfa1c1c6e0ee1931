"""Errors become statuses and words in one place."""

from __future__ import annotations

import inspect

import httpx
import pytest
from fastapi import FastAPI

from backend.domain import errors as tree
from backend.domain.errors import Defect, SocketLabError
from backend.settings import Settings
from backend.web import errors
from backend.web.gate import gates

KINDS = [
    kind
    for _, kind in inspect.getmembers(tree, inspect.isclass)
    if issubclass(kind, SocketLabError) and kind is not SocketLabError
]


def error_of(kind: type[SocketLabError]) -> SocketLabError:
    """Make an error of this kind, whatever its `__init__` wants."""
    error = kind.__new__(kind)
    Exception.__init__(error, "what happened")
    return error


def app_that_raises(error: Exception) -> httpx.AsyncClient:
    app = FastAPI(middleware=gates(Settings(port=8000)))
    errors.install(app)

    @app.get("/api/thing")
    async def thing() -> None:
        raise error

    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
async def test_every_error_is_answered_with_its_code(kind: type[SocketLabError]) -> None:
    async with app_that_raises(error_of(kind)) as client:
        response = await client.get("/api/thing")
    message = "what happened" + errors.HINTS.get(kind, "")
    ours = issubclass(kind, Defect)
    of_a_server = (
        *(tree.LabFailure, tree.StartFailed, tree.NotOpened, tree.ShuttingDown),
        *(tree.NotKept, tree.DataRefused, tree.FolderTaken, tree.NewerDatabase),
    )
    assert (response.status_code >= 500) == (ours or kind in of_a_server)
    assert response.json() == {"error": {"code": kind.code, "message": message}}


async def test_what_nobody_foresaw_is_told_without_its_words() -> None:
    async with app_that_raises(ValueError("a secret of ours")) as client:
        response = await client.get("/api/thing")
    assert response.status_code == 500
    assert response.json()["error"]["code"] == "defect"
    assert "secret" not in response.text


def test_a_kind_without_a_status_of_its_own_takes_that_of_its_branch() -> None:
    class NewInput(tree.BadInput):
        pass

    assert errors.status_of(NewInput("x")) == 400
    assert errors.status_of(Defect("x")) == 500
