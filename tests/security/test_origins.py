"""Pages of other origins, among them those of the labs, cannot act on the playground."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.browser.conftest import ROOT, WAIT_MS
from tests.classroom import HOST_KEY, hosting
from tests.labs.programs import WAIT_S
from tests.server import Playground, serving

ROOM = "/api/rooms/local"
START = {"lab": "udp/hello", "program": "server", "port": 0}

# What is not this server's own: {port} is its port, {other} another one.
STRANGERS = (
    "null",
    "http://127.0.0.1",
    "http://127.0.0.1:{other}",
    "http://127.0.0.1.evil.example:{port}",
    "http://127.0.0.1:{port}.evil.example",
    "http://evil.example:{port}",
    "http://localhost.evil.example:{port}",
    "http://127.0.0.1@evil.example:{port}",
    "http://evil.example#http://127.0.0.1:{port}",
    "http://127.0.0.2:{port}",
    "http://0.0.0.0:{port}",
    "http://2130706433:{port}",
    "ftp://127.0.0.1:{port}",
    "file://",
    "127.0.0.1:{port}",
    "http://127.0.0.1:{port}/",
    "",
)
WRONG_HOSTS = (
    "evil.example",
    "evil.example:{port}",
    "127.0.0.1.evil.example:{port}",
    "127.0.0.1:{other}",
    "127.0.0.1:{port}.evil.example",
    "localhost.:{port}",
    "127.0.0.1:{port}, evil.example",
    "user@127.0.0.1:{port}",
    "",
)


@pytest.fixture(scope="module")
def local() -> Iterator[Playground]:
    with serving(labs_dir=ROOT / "labs") as playground:
        yield playground


@pytest.fixture(scope="module")
def hosted() -> Iterator[Playground]:
    with hosting() as playground:
        yield playground


def filled(text: str, playground: Playground) -> str:
    return text.format(port=playground.port, other=playground.port + 1)


def runs(playground: Playground) -> list[Any]:
    room = httpx.get(playground.url + ROOM, trust_env=False, timeout=WAIT_S).json()
    return [run["id"] for run in room["runs"]]


def refused_handshake(playground: Playground, headers: dict[str, str]) -> int:
    """Return the status with which a WebSocket is refused before it is one."""
    address = f"ws://127.0.0.1:{playground.port}/ws/rooms/local/events"
    with (
        pytest.raises(InvalidStatus) as refused,
        connect(address, additional_headers=headers, proxy=None),
    ):
        pass
    status: int = refused.value.response.status_code
    return status


@pytest.mark.parametrize("stranger", STRANGERS)
@pytest.mark.parametrize("kind", ["local", "hosted"])
def test_another_origin_is_refused_before_anything_is_done(
    kind: str, stranger: str, request: pytest.FixtureRequest
) -> None:
    playground: Playground = request.getfixturevalue(kind)
    headers = {"origin": filled(stranger, playground), "authorization": f"Bearer {HOST_KEY}"}
    path, body = ("/api/rooms", {"name": "Theirs"}) if kind == "hosted" else (f"{ROOM}/runs", START)
    with playground.asked() as client:
        for method, at in (("POST", path), ("GET", "/healthz"), ("GET", "/")):
            response = client.request(method, at, json=body, headers=headers)
            assert response.status_code == 403, (method, at)
            assert response.json()["error"]["code"] == "bad_origin"
            assert "access-control-allow-origin" not in response.headers
    assert refused_handshake(playground, {"origin": headers["origin"]}) == 403
    if kind == "local":
        assert runs(playground) == []


@pytest.mark.parametrize("site", ["cross-site", "same-site", "anything"])
def test_a_browser_that_hides_the_origin_says_with_its_site_that_it_is_another(
    local: Playground, site: str
) -> None:
    headers = {"sec-fetch-site": site, "sec-fetch-mode": "no-cors", "sec-fetch-dest": "script"}
    with local.asked() as client:
        assert client.get(ROOM, headers=headers).status_code == 403
        assert client.post(f"{ROOM}/runs", json=START, headers=headers).status_code == 403
        frame = {**headers, "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"}
        assert client.get("/r/local", headers=frame).status_code == 403
    assert refused_handshake(local, {"sec-fetch-site": site}) == 403


@pytest.mark.parametrize("host", WRONG_HOSTS)
def test_another_host_is_a_bad_request(hosted: Playground, host: str) -> None:
    name = filled(host, hosted)
    asked = f"GET / HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n"
    upgrade = asked.replace(
        "Connection: close",
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
    ).replace("GET / ", "GET /ws/rooms/local/events ")
    for request in (asked, upgrade):
        with socket.create_connection(("127.0.0.1", hosted.port), WAIT_S) as sock:
            sock.sendall(request.encode())
            status = sock.recv(4096).split(b" ")[1]
        assert status == b"400", request


# In a real browser: a page that a lab serves, on another port of the same host.

ATTACKS = """async ([base, port]) => {
  const got = {};
  const start = JSON.stringify({ lab: "udp/hello", program: "server", port: 0 });
  const ask = async (name, path, options) => {
    try {
      const answer = await fetch(base + path, options);
      got[name] = [answer.type, answer.status, answer.type === "opaque" ? "" : await answer.text()];
    } catch (error) {
      got[name] = ["refused", 0, ""];
    }
  };
  const room = "/api/rooms/local";
  const post = { method: "POST", body: start };
  await ask("read", room);
  await ask("read with credentials", room, { credentials: "include" });
  await ask("read without cors", room, { mode: "no-cors" });
  await ask("json", room + "/runs", { ...post, headers: { "content-type": "application/json" } });
  await ask("text", room + "/runs", { ...post, headers: { "content-type": "text/plain" } });
  await ask("text without cors", room + "/runs", { ...post, mode: "no-cors" });
  await ask("beacon", room + "/runs", { ...post, mode: "no-cors", keepalive: true });
  navigator.sendBeacon(base + room + "/runs", start);
  got.websocket = await new Promise((resolve) => {
    const socket = new WebSocket("ws" + base.slice(4) + "/ws/rooms/local/events");
    socket.onopen = () => resolve("open");
    socket.onmessage = () => resolve("message");
    socket.onerror = () => resolve("refused");
  });
  got.script = await new Promise((resolve) => {
    const script = document.createElement("script");
    script.src = base + "/api/labs";
    script.onload = () => resolve("loaded");
    script.onerror = () => resolve("refused");
    document.head.append(script);
  });
  got.image = await new Promise((resolve) => {
    const image = new Image();
    image.onload = () => resolve("loaded");
    image.onerror = () => resolve("refused");
    image.src = base + "/static/favicon.svg";
  });
  return got;
}"""
FORM = """([action, type, value]) => {
  const form = document.createElement("form");
  form.method = "POST"; form.action = action; form.enctype = type;
  const field = document.createElement("input");
  field.name = value; field.value = "";
  form.append(field); document.body.append(form); form.submit();
}"""


@pytest.fixture
def lab_page(local: Playground, browser: Browser) -> Iterator[Page]:
    """Open the page that the lab http/page serves."""
    with local.asked() as client:
        run = client.post(
            f"{ROOM}/runs", json={"lab": "http/page", "program": "server", "port": 0}
        ).json()
        context = browser.new_context()
        try:
            context.set_default_timeout(WAIT_MS)
            page = context.new_page()
            page.goto(f"http://127.0.0.1:{run['port']}/")
            yield page
        finally:
            context.close()
            client.delete(f"{ROOM}/runs/{run['id']}")


def test_a_page_of_a_lab_reads_and_starts_nothing(local: Playground, lab_page: Page) -> None:
    before = runs(local)
    got = lab_page.evaluate(ATTACKS, [local.url, local.port])
    for name in ("read", "read with credentials", "json", "text"):
        assert got[name] == ["refused", 0, ""], name
    for name in ("read without cors", "text without cors", "beacon"):
        assert got[name][0] in ("refused", "opaque"), name
    assert (got["websocket"], got["script"], got["image"]) == ("refused", "refused", "refused")
    assert runs(local) == before


@pytest.mark.parametrize("enctype", ["text/plain", "application/x-www-form-urlencoded"])
def test_a_form_on_the_page_of_a_lab_has_no_effect(
    local: Playground, lab_page: Page, enctype: str
) -> None:
    before = runs(local)
    value = '{"lab": "udp/hello", "program": "server", "port": 0, "args": ["'
    with lab_page.expect_navigation() as navigation:
        lab_page.evaluate(FORM, [f"{local.url}{ROOM}/runs", enctype, value])
    assert navigation.value is not None
    assert navigation.value.status == 403
    assert runs(local) == before


def test_a_page_of_a_lab_can_frame_nothing_of_ours(local: Playground, lab_page: Page) -> None:
    with lab_page.expect_response(lambda answer: answer.url.endswith("/r/local")) as framed:
        lab_page.evaluate(
            """(address) => {
              const frame = document.createElement("iframe");
              frame.src = address; document.body.append(frame);
            }""",
            f"{local.url}/r/local",
        )
    assert framed.value.status == 403
    assert (
        "frame-ancestors 'none'"
        in httpx.get(f"{local.url}/r/local", trust_env=False, timeout=WAIT_S).headers[
            "content-security-policy"
        ]
    )


def test_a_form_of_the_right_form_but_the_wrong_type_is_refused(local: Playground) -> None:
    before = runs(local)
    body = '{"lab": "udp/hello", "program": "server", "port": 0}'
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""):
        answer = httpx.post(
            f"{local.url}{ROOM}/runs",
            content=body,
            headers={"content-type": kind} if kind else {},
            trust_env=False,
            timeout=WAIT_S,
        )
        assert answer.status_code == 415, kind
    assert runs(local) == before
