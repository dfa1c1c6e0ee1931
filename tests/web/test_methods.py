"""What an address can be asked for: HEAD, OPTIONS, Allow, and WebSockets where there are some."""

from __future__ import annotations

import asyncio
import json
import subprocess

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from tests.labs.programs import WAIT_S
from tests.server import ROOM, Playground

READ = [
    "/healthz",
    "/r/local",
    "/r/local/labs/udp/echo",
    "/replay",
    "/docs",
    "/api/labs",
    "/api/labs/udp/echo",
    "/api/openapi.json",
    ROOM,
    f"{ROOM}/events",
    f"{ROOM}/recording",
]
FOLLOW = "/ws/rooms/local/events"


@pytest.mark.parametrize("path", READ)
async def test_head_answers_like_get_without_the_body(playground: Playground, path: str) -> None:
    await playground.start("threads/sleeper", "demo")
    got = await playground.request("GET", path)
    headed = await playground.request("HEAD", path)
    assert headed.status_code == got.status_code
    assert headed.content == b""
    passing = {"date", "content-length", "transfer-encoding", "etag"}
    assert set(headed.headers) - passing == set(got.headers) - passing


async def test_a_connection_is_still_good_after_head(playground: Playground) -> None:
    async with httpx.AsyncClient(base_url=playground.url, trust_env=False) as client:
        for method in ("HEAD", "GET", "HEAD", "GET"):
            response = await client.request(method, "/healthz")
            assert response.headers["content-length"] == "15"
            assert response.content == (b'{"status":"ok"}' if method == "GET" else b"")


async def test_wget_finds_the_page(playground: Playground) -> None:
    spider = ["wget", "--spider", "--quiet", "--no-proxy", f"{playground.url}/healthz"]
    assert (await asyncio.to_thread(subprocess.run, spider, timeout=WAIT_S)).returncode == 0


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/healthz", "GET, HEAD, OPTIONS"),
        ("/r/local", "GET, HEAD, OPTIONS"),
        ("/static/none.css", "GET, HEAD, OPTIONS"),
        (f"{ROOM}/runs", "POST, OPTIONS"),
        (f"{ROOM}/runs/r1", "GET, DELETE, HEAD, OPTIONS"),
        (FOLLOW, "GET, OPTIONS"),
    ],
)
async def test_allow_names_all_methods_of_an_address(
    playground: Playground, path: str, methods: str
) -> None:
    refused = await playground.request("PATCH", path)
    assert (refused.status_code, refused.headers["allow"]) == (405, methods)
    asked = await playground.request("OPTIONS", path)
    assert (asked.status_code, asked.headers["allow"]) == (204, methods)


async def test_options_of_nothing_is_404(playground: Playground) -> None:
    assert (await playground.request("OPTIONS", "/api/nowhere")).status_code == 404


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", [FOLLOW, "/ws/rooms/local/runs/r1/client", "/ws/rooms/x/trace"])
async def test_a_websocket_that_is_asked_for_as_a_page_says_what_it_is(
    playground: Playground, path: str, method: str
) -> None:
    response = await playground.request(method, path)
    assert response.status_code == 426
    assert response.headers["upgrade"] == "websocket"
    if method == "GET":
        assert response.json()["error"]["code"] == "upgrade_required"


@pytest.mark.parametrize(
    ("path", "status", "code", "words"),
    [
        ("/ws/nowhere", 404, "not_found", "no WebSocket at /ws/nowhere."),
        ("/api/labs", 404, "not_found", "no WebSocket at /api/labs."),
        ("/static/x", 404, "not_found", "no WebSocket at /static/x."),
        (f"{FOLLOW}/", 404, "not_found", f"at {FOLLOW}, without the slash"),
        ("/ws/rooms/x/events", 404, "unknown_room", "'x'"),
        (f"{FOLLOW}?after=-1", 422, "invalid", "after"),
        (f"{FOLLOW}?after=x", 422, "invalid", "after"),
        (f"{FOLLOW}?epoch={'x' * 65}", 422, "invalid", "epoch"),
    ],
)
async def test_a_websocket_that_cannot_be_opened_says_why(
    playground: Playground, path: str, status: int, code: str, words: str
) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await playground.connect(path)
    error = json.loads(refused.value.response.body or b"")["error"]
    assert (refused.value.response.status_code, error["code"]) == (status, code)
    assert words in error["message"]
