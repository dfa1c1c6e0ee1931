"""Who may talk to the server at all: strangers are refused before anything is accepted or started.

Pages of the labs live on other ports of the same host, so even `http://127.0.0.1:…` is a stranger.
"""

from __future__ import annotations

import json
import socket
import subprocess

import pytest
from websockets.exceptions import InvalidStatus

from backend.web.refusals import SECURITY_HEADERS
from tests.labs.programs import WAIT_S
from tests.server import ROOM, Playground, serving

START = {"lab": "threads/sleeper", "program": "demo"}

STRANGE_ORIGINS = [
    "null",
    "http://example.com",
    "https://example.com",
    "http://127.0.0.1",
    "http://127.0.0.1:1",
    "http://localhost",
    "http://127.0.0.1.example.com:{port}",
    "http://example.com:{port}",
    "http://127.0.0.2:{port}",
    "ws://127.0.0.1:{port}",
    "file://",
    "chrome-extension://abcdef",
    "127.0.0.1:{port}",
    "http://127.0.0.1:{port}/",
    "http://127.0.0.1:{port} http://example.com",
    "",
]
STRANGE_HOSTS = [
    "example.com",
    "example.com:{port}",
    "127.0.0.1:1",
    "127.0.0.1:",
    "127.0.0.1.example.com",
    "127.0.0.1.example.com:{port}",
    "127.0.0.2",
    "127.0.0.2:{port}",
    "localhost.example.com",
    "0.0.0.0:{port}",
    "user@127.0.0.1:{port}",
    "127.0.0.1:{port}.example.com",
    "",
]
OWN_NAMES = ["127.0.0.1", "localhost", "[::1]", "LOCALHOST"]
WEBSOCKETS = ["/ws/rooms/local/events", "/ws/rooms/local/runs/r1/client"]


def refused_websocket(
    playground: Playground, path: str, headers: dict[str, str]
) -> tuple[int, bytes]:
    """Try to open a WebSocket; return the status and body of the refusal."""
    own_host = {} if "host" in headers else {"host": f"127.0.0.1:{playground.port}"}
    sent = {**own_host, **headers}
    lines = [
        f"GET {path} HTTP/1.1",
        *(f"{name}: {value}" for name, value in sent.items()),
        "connection: Upgrade",
        "upgrade: websocket",
        "sec-websocket-version: 13",
        "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
    ]
    return ask(playground, "\r\n".join(lines) + "\r\n\r\n")


def ask(playground: Playground, request: str) -> tuple[int, bytes]:
    """Send a request as it stands; return the status and what follows the headers."""
    with socket.create_connection(("127.0.0.1", playground.port), timeout=WAIT_S) as sock:
        sock.sendall(request.encode())
        sock.shutdown(socket.SHUT_WR) if "upgrade" not in request else None
        answer = b""
        while piece := sock.recv(65536):
            answer += piece
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), body


@pytest.mark.parametrize("origin", STRANGE_ORIGINS)
async def test_a_strange_origin_is_refused_and_starts_nothing(
    playground: Playground, origin: str
) -> None:
    headers = {"origin": origin.format(port=playground.port)}
    for method, path in (("POST", f"{ROOM}/runs"), ("GET", "/api/labs"), ("GET", "/healthz")):
        body = START if method == "POST" else None
        response = await playground.request(method, path, json=body, headers=headers)
        assert response.status_code == 403
        assert response.json()["error"]["code"] == "bad_origin"
    assert await playground.events() == []


@pytest.mark.parametrize("host", STRANGE_HOSTS)
async def test_a_strange_host_is_refused_and_starts_nothing(
    playground: Playground, host: str
) -> None:
    headers = {"host": host.format(port=playground.port)}
    for method, path in (("POST", f"{ROOM}/runs"), ("GET", "/api/labs"), ("GET", "/healthz")):
        body = START if method == "POST" else None
        response = await playground.request(method, path, json=body, headers=headers)
        assert response.status_code == 400
        assert response.json()["error"]["code"] == "bad_host"
    assert await playground.events() == []


async def test_no_host_or_two_are_refused_with_words(playground: Playground) -> None:
    own = f"Host: 127.0.0.1:{playground.port}\r\n"
    for hosts, words in (
        ("", "The Host header is missing"),
        (own + own, "There are 2 Host headers"),
        (own + "Host: example.com\r\n", "There are 2 Host headers"),
        ("Host: example.com\r\n", "Host is 'example.com', expected 127.0.0.1"),
    ):
        request = f"GET /healthz HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n"
        status, body = ask(playground, request)
        error = json.loads(body)["error"]
        assert (status, error["code"]) == (400, "bad_host")
        assert words in error["message"]


@pytest.mark.parametrize("name", OWN_NAMES)
async def test_a_loopback_name_needs_no_port_but_is_no_origin_without_it(
    playground: Playground, name: str
) -> None:
    headers = {"host": name}
    assert (await playground.request("GET", "/api/labs", headers=headers)).status_code == 200
    headers["origin"] = f"http://{name}"
    response = await playground.request("GET", "/api/labs", headers=headers)
    assert (response.status_code, response.json()["error"]["code"]) == (403, "bad_origin")


@pytest.mark.parametrize("path", WEBSOCKETS)
@pytest.mark.parametrize("origin", STRANGE_ORIGINS)
async def test_a_strange_origin_opens_no_websocket(
    playground: Playground, path: str, origin: str
) -> None:
    headers = {"origin": origin.format(port=playground.port)}
    status, body = refused_websocket(playground, path, headers)
    assert (status, b"bad_origin" in body) == (403, True)


@pytest.mark.parametrize("path", WEBSOCKETS)
@pytest.mark.parametrize("host", STRANGE_HOSTS)
async def test_a_strange_host_opens_no_websocket(
    playground: Playground, path: str, host: str
) -> None:
    headers = {"host": host.format(port=playground.port)}
    status, body = refused_websocket(playground, path, headers)
    assert (status, b"bad_host" in body) == (400, True)


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_a_browser_that_comes_from_elsewhere_without_origin_is_refused(
    playground: Playground, site: str
) -> None:
    for mode, destination in (("no-cors", "image"), ("cors", "empty"), ("navigate", "iframe")):
        headers = {
            "sec-fetch-site": site,
            "sec-fetch-mode": mode,
            "sec-fetch-dest": destination,
        }
        response = await playground.request("GET", "/api/labs", headers=headers)
        assert response.status_code == 403
        assert response.json()["error"]["code"] == "bad_origin"
    status, body = refused_websocket(playground, WEBSOCKETS[0], {"sec-fetch-site": site})
    assert (status, b"bad_origin" in body) == (403, True)


async def test_a_form_on_another_page_starts_nothing(playground: Playground) -> None:
    headers = {
        "sec-fetch-site": "cross-site",
        "sec-fetch-mode": "navigate",
        "sec-fetch-dest": "document",
        "content-type": "text/plain",
    }
    response = await playground.request("POST", f"{ROOM}/runs", json=START, headers=headers)
    assert response.status_code == 403
    assert await playground.events() == []


async def test_a_link_on_another_page_may_be_followed(playground: Playground) -> None:
    headers = {
        "sec-fetch-site": "cross-site",
        "sec-fetch-mode": "navigate",
        "sec-fetch-dest": "document",
    }
    response = await playground.request("GET", "/healthz", headers=headers)
    assert response.status_code == 200


@pytest.mark.parametrize("site", ["same-origin", "none"])
async def test_the_own_page_and_the_address_bar_are_let_in(
    playground: Playground, site: str
) -> None:
    response = await playground.request("GET", "/api/labs", headers={"sec-fetch-site": site})
    assert response.status_code == 200


@pytest.mark.parametrize("name", OWN_NAMES)
async def test_the_own_page_is_let_in_under_each_of_its_names(
    playground: Playground, name: str
) -> None:
    host = f"{name}:{playground.port}"
    headers = {"host": host, "origin": f"http://{host}"}
    response = await playground.request("GET", "/api/labs", headers=headers)
    assert response.status_code == 200
    async with playground.view(origin=f"http://{host}") as viewer:
        await (await viewer.ping())


async def test_a_program_that_is_no_browser_is_let_in(playground: Playground) -> None:
    assert (await playground.request("GET", "/api/labs")).status_code == 200
    async with playground.view() as viewer:
        await (await viewer.ping())
    curl = ["curl", "--silent", "--fail", f"{playground.url}/healthz"]
    assert subprocess.run(curl, capture_output=True, check=True).stdout == b'{"status":"ok"}'


async def test_a_host_that_is_allowed_by_the_settings_is_let_in() -> None:
    with serving(allowed_hosts='["lab.example.com", "Other.example.com:81"]') as playground:
        for host in ("lab.example.com", "LAB.example.com", "other.example.com:81"):
            for origin in (f"http://{host}", f"https://{host}"):
                headers = {"host": host, "origin": origin}
                response = await playground.request("GET", "/api/labs", headers=headers)
                assert response.status_code == 200
        headers = {"host": "lab.example.com:82"}
        assert (await playground.request("GET", "/api/labs", headers=headers)).status_code == 400


@pytest.mark.parametrize(
    "path", ["/healthz", "/api/labs", "/api/nowhere", f"{ROOM}/events", "/static/none.css"]
)
async def test_every_answer_carries_the_security_headers(playground: Playground, path: str) -> None:
    response = await playground.request("GET", path)
    assert SECURITY_HEADERS.items() <= dict(response.headers).items()
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "server" not in response.headers


async def test_a_refused_websocket_says_why_in_json(playground: Playground) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await playground.view(origin="http://example.com")
    assert refused.value.response.status_code == 403
    assert b"http://example.com" in (refused.value.response.body or b"")
