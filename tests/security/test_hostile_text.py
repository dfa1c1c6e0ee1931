"""What people, programs and sockets say is text in the page, whatever it is: nothing executes.

Two hundred strings go into every field that others can fill: names, peers, arguments, what is typed
and printed, bytes of clients, what programs outside tell. Then a host looks, in a real browser.
"""

from __future__ import annotations

import contextlib
import json
import re
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Dialog, Page
from websockets.sync.client import ClientConnection, connect

from tests.browser.conftest import SCREEN, WAIT_MS, report_to
from tests.classroom import HOST_KEY, hosting
from tests.labs.programs import WAIT_S
from tests.server import Playground

CALL = "window.hit=1"
MARKUP = (
    f"<script>{CALL}</script>",
    f"<img src=x onerror={CALL}>",
    f"<svg onload={CALL}>",
    f"<iframe srcdoc='<script>parent.{CALL}</script>'>",
    f"<a href=javascript:{CALL}>x</a>",
    f"'\"><b onmouseover={CALL}>",
    f"</script><script>{CALL}</script>",
    f"</textarea><script>{CALL}</script>",
    f"<style>@import'//x'</style><p style=x:expression({CALL})>",
    "<base href=//evil.example>",
    "<meta http-equiv=refresh content=0;url=//evil.example>",
    "<form action=//evil.example><input name=x>",
    "<!--", "]]>", "<![CDATA[", "&lt;b&gt;", "&#60;script&#62;", "<math><mtext><b>",
    "<template><script>", "<object data=x>", "<embed src=x>", "<link rel=stylesheet href=x>",
    "<details open ontoggle=x>", "<video><source onerror=x>", "<dialog open>",
)  # fmt: skip
TEMPLATES = (
    "${7*7}", "{{7*7}}", "{%x%}", "#{7*7}", "<%=7*7%>", "%s%n%x", "{0}", "{name}", "$(id)", "`id`",
    "%(x)s", "{{constructor}}", "__proto__", "constructor", "toString", "\\u003cb\\u003e",
)  # fmt: skip
BREAKERS = (
    '"', "'", "\\", '"}]', '","type":"x', "\\u0000", "\r\nSet-Cookie: x=1", "\n\n<b>",
    "\u2028\u2029", "data: x\n\n", "event: y\n", "\t\v\f", "../../etc/passwd", "C:\\x", "null",
    "NaN", "-1", "1e999",
)  # fmt: skip
TERMINAL = (
    "\x1b[31mred", "\x1b]0;title\x07", "\x1b]8;;http://evil.example\x1b\\x", "\x1b[2J", "\x9b31m",
    "\x90q\x9c", "\x08\x08\x08", "\x07", "\x00", "\x7f", "\x1bc", "\r overwritten",
)  # fmt: skip
BIDI = (
    "\u202egnp.exe", "\u2066x\u2069", "\u200f\u200e", "\u202a\u202c", "\u061c", "\ufeffx",
    "\u200bx", "\u00ad", "\U000e0041", "a\u0300" * 20, "\ufffd", "\ufffe", "\U0010ffff",
    "\ud800", "\udfff", "\udc80x",
)  # fmt: skip
FAMILY = "\U0001f468\u200d\U0001f469"
LONG = ("W" * 2000, "a " * 1000, "\n" * 300, "<" * 1000, FAMILY * 50, "\u0e47" * 500)
KINDS = (*MARKUP, *TEMPLATES, *BREAKERS, *TERMINAL, *BIDI, *LONG)
PAIRS = tuple(
    f"{first[:40]}{second[:40]}"
    for first, second in zip(MARKUP * 5, (TERMINAL + BIDI + BREAKERS) * 4, strict=False)
)
HOSTILE = (*KINDS, *PAIRS)[:200]

# Characters that are obeyed in place of shown: in the page there are none of them.
OBEYED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.violations.push(event.violatedDirective + " " + event.blockedURI));
"""


class Host:
    """The host of a room, who asks over HTTP and WebSockets."""

    def __init__(self, playground: Playground) -> None:
        self.playground = playground
        self._http = httpx.Client(base_url=playground.url, trust_env=False, timeout=WAIT_S)
        made = self._http.post(
            "/api/rooms",
            json={"name": "Class", "policy": "together"},
            headers={"authorization": f"Bearer {HOST_KEY}"},
        ).json()
        self.room, self.token = made["room"]["id"], made["token"]

    def close(self) -> None:
        """Ask nothing more."""
        self._http.close()

    def ask(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        path = f"/api/rooms/{self.room}/{path}".rstrip("/")
        headers = {"authorization": f"Bearer {self.token}", **kwargs.pop("headers", {})}
        answer = self._http.request(method, path, headers=headers, **kwargs)
        assert answer.status_code < 500, (path, answer.text)
        return answer

    def json(self, method: str, path: str, body: Any) -> httpx.Response:
        """Ask with a body as JSON escapes it, lone surrogates, too."""
        headers = {"content-type": "application/json"}
        return self.ask(method, path, content=json.dumps(body), headers=headers)

    @contextlib.contextmanager
    def open(self, path: str) -> Iterator[ClientConnection]:
        address = f"ws://127.0.0.1:{self.playground.port}/ws/rooms/{self.room}/{path}"
        with connect(address, proxy=None, max_size=None) as websocket:
            websocket.send(json.dumps({"type": "hello", "token": self.token}))
            yield websocket


def as_bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def whole(text: str) -> str:
    """Return it without halves of characters: of those no message of ours is made."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def fill(host: Host, strings: tuple[str, ...]) -> None:
    """Put each string wherever one can be put."""
    echo = host.json("POST", "runs", {"lab": "udp/echo", "program": "server", "port": 0}).json()
    typed = host.json("POST", "runs", {"lab": "threads/typed", "program": "demo"}).json()
    statuses = set()
    with host.open(f"runs/{echo['id']}/client") as client, host.open("trace") as trace:
        client.recv()
        trace.send(
            json.dumps(
                {
                    "program": strings[0],
                    "args": [whole(text) for text in strings[::7]],
                    "pid": 1,
                    "t": 0,
                }
            )
        )
        for number, text in enumerate(strings):
            client.send(as_bytes(text)[:1400])  # bytes, there and back
            client.send(json.dumps({"type": text}))  # control that is none
            name = whole(text)
            at = f"127.0.0.1:{1024 + number}"
            data = b64encode(as_bytes(text)[:2000]).decode()
            told = {"type": "call", "t": 0.0, "run": "r", "call": "recv", "n": number, "socket": 1,
                    "transport": "tcp", "tid": number, "thread": name, "file": name, "line": 1,
                    "error": name, "address": name, "option": name, "data": data, "bytes": 1,
                    "local": name, "peer": name}  # fmt: skip
            trace.send(json.dumps([told]))
            host.json("POST", f"runs/{typed['id']}/stdin", {"text": text[:500] + "\n"})
            for method, path, body in (
                ("POST", "people", {"name": text}),
                ("POST", "people", {"name": text[:40]}),
                ("PATCH", "", {"name": text[:40]}),
                ("PUT", f"peers/{at}", {"name": text[:40]}),
                ("POST", "runs", {"lab": text, "program": text}),
            ):
                answer = host.json(method, path, body)
                statuses.add(answer.status_code)
        for text in strings[::10]:
            run = host.json(
                "POST", "runs", {"lab": "threads/status", "program": "demo", "args": [text[:500]]}
            )
            statuses.add(run.status_code)
    assert statuses <= {200, 201, 204, 401, 404, 409, 422, 429, 502}, statuses


@pytest.fixture(scope="module")
def host() -> Iterator[Host]:
    limits = {"people_per_room": 500, "attempts_per_minute": 10**6, "runs_per_room": 100}
    with hosting(**limits) as playground:
        host = Host(playground)
        yield host
        host.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="en-GB", viewport=SCREEN)
    try:
        context.set_default_timeout(WAIT_MS)
        context.add_init_script(WATCH)
        yield context.new_page()
    finally:
        context.close()


def test_there_are_two_hundred_of_them() -> None:
    assert len(set(HOSTILE)) == len(HOSTILE) == 200


def test_nothing_that_is_said_executes_and_all_of_it_is_text(host: Host, page: Page) -> None:
    errors: list[str] = []
    dialogs: list[str] = []
    asked: list[str] = []
    report_to(errors, page)

    def note_dialog(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", note_dialog)
    page.on("request", lambda request: asked.append(request.url))
    fill(host, HOSTILE)
    seen: set[str] = set()
    base = host.playground.url
    for address in (
        f"/r/{host.room}#token={host.token}",
        f"/r/{host.room}/labs/udp/echo",
        f"/r/{host.room}/labs/threads/typed",
    ):
        page.goto(base + address)
        page.wait_for_function("document.body.innerText.length > 200")
        page.wait_for_timeout(3000)  # for all that it draws by itself
        text = page.evaluate("document.body.innerText")
        assert not OBEYED.findall(text), sorted(map(ascii, set(OBEYED.findall(text))))
        assert page.evaluate("window.hit") is None
        assert page.evaluate("window.violations") == []
        assert page.locator("body script:not([src]):not([type='application/json'])").count() == 0
        assert page.locator("body img[src=x], body base, body object, body embed").count() == 0
        seen |= {said for said in MARKUP if said in text}
    assert (dialogs, errors) == ([], [])
    assert len(seen) > len(MARKUP) // 2, seen  # it stands there, as it was said
    assert {url for url in asked if not url.startswith((base, "data:", "blob:"))} == set()
    assert not [url for url in asked if host.token in url or HOST_KEY in url]
