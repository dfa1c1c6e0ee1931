"""What a script gets for a request: a code for each that cannot be, lists, health, OpenAPI."""

from __future__ import annotations

from typing import Any

import pytest

from tests.server import LABS, Playground
from tests.web.api.answers import RUNS, code_of

ECHO = {"lab": "tcp/echo", "program": "server", "port": 0}


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"lab": "udp/none"}, 404, "unknown_lab"),
        ({"lab": "../../etc"}, 404, "unknown_lab"),
        ({"lab": ""}, 404, "unknown_lab"),
        ({"program": "attack"}, 404, "unknown_program"),
        ({"program": "client"}, 404, "unknown_program"),
        ({"program": ""}, 404, "unknown_program"),
        ({"port": 70000}, 422, "invalid"),
        ({"port": 65536}, 422, "invalid"),
        ({"port": -1}, 422, "invalid"),
        ({"port": "80"}, 422, "invalid"),
        ({"port": True}, 422, "invalid"),
        ({"port": 80.5}, 422, "invalid"),
        ({"port": [80]}, 422, "invalid"),
        ({"lab": None}, 422, "invalid"),
        ({"lab": 5}, 422, "invalid"),
        ({"colour": "red"}, 422, "invalid"),
        ({"args": "-x"}, 422, "invalid"),
        ({"args": [5]}, 422, "invalid"),
        ({"args": None}, 422, "invalid"),
        ({"args": ["x"] * 33}, 422, "invalid"),
        ({"args": ["x" * 4097]}, 422, "invalid"),
        ({"args": ["ж" * 2049]}, 422, "invalid"),
        ({"args": ["a\0b"]}, 422, "invalid"),
        ({"lab": "threads/sleeper", "program": "demo", "port": 80}, 422, "invalid"),
    ],
    ids=str,
)
async def test_a_request_that_cannot_be_is_answered_with_a_code(
    playground: Playground, change: dict[str, Any], status: int, code: str
) -> None:
    response = await playground.request("POST", RUNS, json={**ECHO, **change})
    assert (response.status_code, code_of(response)) == (status, code)
    assert await playground.events() == []  # nothing was started


@pytest.mark.parametrize("missing", ["lab", "program"])
async def test_a_field_that_is_missing_is_named(playground: Playground, missing: str) -> None:
    body = {name: value for name, value in ECHO.items() if name != missing}
    response = await playground.request("POST", RUNS, json=body)
    assert (response.status_code, code_of(response)) == (422, "invalid")
    assert missing in response.json()["error"]["message"]


JSON = {"content-type": "application/json"}


@pytest.mark.parametrize("path", [RUNS, "stdin"])
@pytest.mark.parametrize(
    "body",
    [b"{", b"\xff\xfe", b"\xff\xff\xff", b'{"lab": "tcp/echo"', b"[" * 100_000, b"1" * 5000],
    ids=lambda body: str(body[:20]),
)
async def test_what_is_no_json_is_400(playground: Playground, path: str, body: bytes) -> None:
    if path == "stdin":
        run = await playground.start("threads/typed", "demo")
        path = f"{RUNS}/{run['id']}/stdin"
    response = await playground.request("POST", path, content=body, headers=JSON)
    assert (response.status_code, code_of(response)) == (400, "bad_json")


@pytest.mark.parametrize("body", [b"", b"[]", b"5", b"null", b'{"lab": "\\ud800"}'], ids=str)
async def test_json_that_is_no_such_object_is_422(playground: Playground, body: bytes) -> None:
    response = await playground.request("POST", RUNS, content=body, headers=JSON)
    assert (response.status_code, code_of(response)) == (422, "invalid")


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (None, "The header Content-Type is missing"),
        ("application/x-www-form-urlencoded", "Content-Type is application/x-www-form-urlencoded"),
        ("text/json", "Content-Type is text/json"),
    ],
)
async def test_json_that_is_not_called_json_is_415_and_told_what_is_missing(
    playground: Playground, sent: str | None, words: str
) -> None:
    headers = {} if sent is None else {"content-type": sent}
    content = b'{"lab": "tcp/echo", "program": "server"}'
    response = await playground.request("POST", RUNS, content=content, headers=headers)
    assert (response.status_code, code_of(response)) == (415, "unsupported_media_type")
    message = response.json()["error"]["message"]
    assert message == f"{words}, expected Content-Type: application/json."


async def test_no_body_at_all_is_said_to_be_missing(playground: Playground) -> None:
    response = await playground.request("POST", RUNS)
    assert (response.status_code, code_of(response)) == (422, "invalid")
    assert "body is missing" in response.json()["error"]["message"]


async def test_a_lone_surrogate_in_an_argument_is_refused(playground: Playground) -> None:
    body = b'{"lab": "tcp/echo", "program": "server", "port": 0, "args": ["\\ud800"]}'
    headers = {"content-type": "application/json"}
    response = await playground.request("POST", RUNS, content=body, headers=headers)
    assert (response.status_code, code_of(response)) == (422, "invalid")


@pytest.mark.parametrize("told", [True, False], ids=["content-length", "chunked"])
async def test_a_body_too_large_is_refused(playground: Playground, told: bool) -> None:
    size = 262_145

    async def chunks() -> Any:
        for start in range(0, size, 65_536):
            yield b" " * min(65_536, size - start)

    content = b" " * size if told else chunks()
    headers = {"content-type": "application/json"}
    response = await playground.request("POST", RUNS, content=content, headers=headers)
    assert (response.status_code, code_of(response)) == (413, "too_large")
    assert "262144" in response.json()["error"]["message"]


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "/api/rooms/elsewhere", "unknown_room"),
        ("POST", "/api/rooms/elsewhere/runs", "unknown_room"),
        ("GET", "/api/rooms/elsewhere/events", "unknown_room"),
        ("GET", f"{RUNS}/r0", "unknown_run"),
        ("DELETE", f"{RUNS}/r0", "unknown_run"),
        ("POST", f"{RUNS}/r0/stdin", "unknown_run"),
        ("GET", "/api/labs/udp/none", "unknown_lab"),
        ("GET", "/api/nowhere", "not_found"),
    ],
)
async def test_what_does_not_exist_is_404_with_a_code(
    playground: Playground, method: str, path: str, code: str
) -> None:
    body = {"text": "x"} if path.endswith("stdin") else ECHO
    response = await playground.request(method, path, json=body if method == "POST" else None)
    assert (response.status_code, code_of(response)) == (404, code)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": "x", "eof": True},
        {"eof": False},
        {"text": 5},
        {"text": "x", "colour": "red"},
        {"text": "x", "eof": 0},
        {"eof": 1},
    ],
    ids=str,
)
async def test_typing_takes_either_a_text_or_the_end(
    playground: Playground, body: dict[str, Any]
) -> None:
    run = await playground.start("threads/typed", "demo")
    response = await playground.type(run, **body)
    assert (response.status_code, code_of(response)) == (422, "invalid")
    await playground.stop(run)


async def test_a_port_is_a_number_however_it_is_written(playground: Playground) -> None:
    body = b'{"lab": "tcp/echo", "program": "server", "port": 0.0}'
    headers = {"content-type": "application/json"}
    response = await playground.request("POST", RUNS, content=body, headers=headers)
    assert response.status_code == 201
    await playground.stop(response.json())


async def test_labs_are_listed_and_shown_with_their_sources(playground: Playground) -> None:
    listed = {lab["id"]: lab for lab in (await playground.get("/api/labs"))["labs"]}
    assert len(listed) == len(list(LABS.glob("*/*/lab.toml")))
    shown = await playground.get("/api/labs/udp/echo")
    assert shown.items() >= listed["udp/echo"].items()
    assert shown["sources"]["server.py"] == (LABS / "udp/echo/server.py").read_text()


async def test_health_and_openapi_answer(playground: Playground) -> None:
    assert await playground.get("/healthz") == {"status": "ok"}
    paths = (await playground.get("/api/openapi.json"))["paths"]
    assert "/api/rooms/{room}/runs/{run}/stdin" in paths
