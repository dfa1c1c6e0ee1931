"""Two hundred strings that somebody may try, how the page shows them, and a host who says them."""

from __future__ import annotations

import contextlib
import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

import httpx
from websockets.sync.client import ClientConnection, connect

from tests.classroom import HOST_KEY
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

# One of each kind: what the gate has time for.
SAMPLE = (
    MARKUP[1], MARKUP[6], TEMPLATES[6], TEMPLATES[13], BREAKERS[6], BREAKERS[8], TERMINAL[1],
    TERMINAL[4], TERMINAL[8], BIDI[0], BIDI[2], BIDI[13], LONG[0], LONG[4],
)  # fmt: skip

# Characters that are obeyed in place of shown: in the page there are none of them.
OBEYED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]"
)
NAMED = {"\t": "\\t", "\n": "\\n", "\r": "\\r"}
SIGNED = ("Cc", "Cf", "Zl", "Zp")
NAME_LIMIT = 40


def whole(text: str) -> str:
    """Return it without halves of characters, as a browser encodes it."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def as_bytes(text: str) -> bytes:
    """Return its bytes, those of halves of characters, too."""
    return text.encode("utf-8", "surrogatepass")


def shown(text: str, *, lines: bool = False) -> str:
    """Return how a text stands in the page; with `lines` where lines are lines."""
    kept = "\n\t" if lines else ""
    return "".join(_sign(each) if _is_signed(each, kept) else each for each in text)


def _is_signed(character: str, kept: str) -> bool:
    return character not in kept and unicodedata.category(character) in SIGNED


def _sign(character: str) -> str:
    if character in NAMED:
        return NAMED[character]
    code = ord(character)
    return f"\\x{code:02x}" if code < 0xA0 else f"⟨U+{code:04X}⟩"


def shown_bytes(text: str) -> str:
    """Return how the bytes of a text stand in the page: what is no UTF-8 byte by byte."""
    return "".join(
        "".join(f"\\x{byte:02X}" for byte in as_bytes(each))
        if unicodedata.category(each) == "Cs"
        else shown(each, lines=True)
        for each in text
    )


def as_name(text: str) -> str | None:
    """Return a text as it is kept as a name; None: it may be none."""
    if any(_is_refused(each) for each in text):
        return None
    name = " ".join(unicodedata.normalize("NFC", text).split())
    return name if 1 <= len(name) <= NAME_LIMIT else None


def _is_refused(character: str) -> bool:
    if character.isspace() or character in "\u200c\u200d":
        return False
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Cn", "Co")


class Host:
    """The host of a room, who asks over HTTP and WebSockets."""

    def __init__(self, playground: Playground, *, policy: str = "together") -> None:
        self.playground = playground
        self._http = httpx.Client(base_url=playground.url, trust_env=False, timeout=WAIT_S)
        made = self.make_room({"name": "Class", "policy": policy}).json()
        self.room, self.token = made["room"]["id"], made["token"]
        self.code, self.id = made["room"]["code"], made["person"]["id"]

    def close(self) -> None:
        """Ask nothing more; the room is closed."""
        self.ask("DELETE", "")
        self._http.close()

    def make_room(self, body: Any) -> httpx.Response:
        """Ask for a room, with the host key."""
        headers = {"authorization": f"Bearer {HOST_KEY}", "content-type": "application/json"}
        return self._http.request("POST", "/api/rooms", content=json.dumps(body), headers=headers)

    def ask(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        """Ask for something of the room."""
        path = f"/api/rooms/{self.room}/{path}".rstrip("/")
        is_door = (method, path) == ("POST", f"/api/rooms/{self.room}/people")  # a guest's
        credential = {} if is_door else {"authorization": f"Bearer {self.token}"}
        headers = {**credential, **kwargs.pop("headers", {})}
        answer = self._http.request(method, path, headers=headers, **kwargs)
        assert answer.status_code < 500, (path, answer.text)
        return answer

    def json(self, method: str, path: str, body: Any) -> httpx.Response:
        """Ask with a body as JSON escapes it, lone surrogates, too."""
        headers = {"content-type": "application/json"}
        return self.ask(method, path, content=json.dumps(body), headers=headers)

    def start(self, lab: str, program: str = "server", **order: Any) -> str:
        """Start a program; return the id of its run."""
        port = {"port": 0} if program == "server" else {}
        answer = self.json("POST", "runs", {"lab": lab, "program": program, **port, **order})
        assert answer.status_code == 201, answer.text
        run: str = answer.json()["id"]
        return run

    def names(self, method: str, paths: str | Sequence[str], strings: Sequence[str]) -> list[str]:
        """Give each as a name, and see which are taken; return those, as they are kept."""
        taken = []
        for number, text in enumerate(strings):
            path = paths if isinstance(paths, str) else paths[number]
            answer = self.json(method, path, {"name": text[:NAME_LIMIT]})
            name = as_name(text[:NAME_LIMIT])
            assert answer.status_code in ((422,) if name is None else (200, 201, 204)), ascii(text)
            if name is None:
                assert "Expected a name of" in answer.json()["error"]["message"], answer.text
            else:
                taken.append(shown(name))
        return taken

    @contextlib.contextmanager
    def open(self, path: str) -> Iterator[ClientConnection]:
        """Open a WebSocket of the room, and say who it is."""
        address = f"ws://127.0.0.1:{self.playground.port}/ws/rooms/{self.room}/{path}"
        with connect(address, proxy=None, max_size=None) as websocket:
            websocket.send(json.dumps({"type": "hello", "token": self.token}))
            yield websocket
