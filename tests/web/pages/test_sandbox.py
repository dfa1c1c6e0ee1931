"""The frame of the mini browser: the lab's page comes back, and can do nothing."""

from __future__ import annotations

import httpx
import pytest
from fastapi import FastAPI

from backend.app import create_app
from backend.settings import Settings

PAGE = "<!doctype html><style>p{color:red}</style><p>Привет"


@pytest.fixture(scope="module")
def application() -> FastAPI:
    return create_app(Settings(port=8000))


@pytest.fixture
def client(application: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=application), base_url="http://127.0.0.1:8000"
    )


async def test_the_page_comes_back_as_it_was(client: httpx.AsyncClient) -> None:
    answer = await client.post("/sandbox", content=f"html={PAGE}\r\n".encode())
    assert answer.status_code == 200
    assert answer.text == PAGE
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


async def test_the_page_may_style_itself_and_nothing_else(client: httpx.AsyncClient) -> None:
    answer = await client.post("/sandbox", content=b"html=x")
    policy = answer.headers["content-security-policy"].split("; ")
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert not any(directive.startswith("script-src") for directive in policy)


async def test_anything_else_is_refused_with_words(client: httpx.AsyncClient) -> None:
    answer = await client.post("/sandbox", content=b"text=x")
    assert answer.status_code == 422
    assert "html" in answer.text


async def test_a_page_from_elsewhere_cannot_use_it(client: httpx.AsyncClient) -> None:
    answer = await client.post(
        "/sandbox", content=b"html=x", headers={"origin": "http://127.0.0.1:8080"}
    )
    assert answer.status_code == 403
