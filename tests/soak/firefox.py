"""A headless Firefox, driven by WebDriver BiDi on a port of its own: no driver program is needed.

A page is asked in its own language, pressed with a pointer and typed into with keys. Every wait has
a bound; at the end Firefox, whatever it has started, and its profile are gone.

https://www.w3.org/TR/webdriver-bidi/
"""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

from tests.labs.programs import WAIT_S, Program

Json = dict[str, Any]

NAMES = ("firefox-esr", "firefox", "/Applications/Firefox.app/Contents/MacOS/firefox")
LOOK_S = 1.0  # how long a page looks for something before it is asked again
ENTER = "\ue007"
# It asks nobody for updates, lists or news, and shows nothing beside the page.
PREFERENCES: dict[str, bool | int | str] = {
    "app.normandy.enabled": False,
    "app.update.disabledForTesting": True,
    "browser.aboutwelcome.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.safebrowsing.update.enabled": False,
    "browser.search.update": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.systemAddon.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.proxy.type": 0,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
    "toolkit.telemetry.server": "data:,",
}
# An element as somebody sees it: `find(selector, text)` is the first one in sight with that text.
WORDS = """
  const find = (selector, text = null) =>
    [...document.querySelectorAll(selector)].find((each) =>
      each.checkVisibility({ visibilityProperty: true }) &&
      (text === null || each.textContent.replace(/\\s+/g, " ").trim().includes(text)));
"""


class Lost(AssertionError):
    """What was waited for did not come."""


class Firefox:
    """One browser with one page."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._asked = 0
        self.errors: list[str] = []
        self.version = self.ask("session.new", capabilities={})["capabilities"]["browserVersion"]
        self.ask("session.subscribe", events=["log.entryAdded"])
        self._page = self.ask("browsingContext.getTree")["contexts"][0]["context"]

    def ask(self, method: str, **parameters: Any) -> Json:
        """Give one command; return its result. What is told meanwhile is noted."""
        self._asked += 1
        number = self._asked
        command = {"id": number, "method": method, "params": parameters}
        self._socket.send(json.dumps(command))
        deadline = time.monotonic() + WAIT_S
        while True:
            told = json.loads(self._socket.recv(timeout=max(0.0, deadline - time.monotonic())))
            if told["type"] == "event":
                self._note(told["params"])
            elif told["id"] == number:
                assert told["type"] == "success", f"{method}: {told['error']}: {told['message']}"
                result: Json = told["result"]
                return result

    def _note(self, entry: Json) -> None:
        if entry.get("level") == "error":
            self.errors.append(f"{entry['type']}: {entry['text']}")

    def resize(self, width: int, height: int) -> None:
        """Give the page another size."""
        size = {"width": width, "height": height}
        self.ask("browsingContext.setViewport", context=self._page, viewport=size)

    def open(self, url: str) -> None:
        """Open a page, and wait until it is loaded."""
        self.ask("browsingContext.navigate", context=self._page, url=url, wait="complete")

    def evaluate(self, expression: str) -> Any:
        """Return the value of an expression of the page, as JSON has it; it may be a promise."""
        value = f"JSON.stringify(await ({expression}) ?? null)"
        said = self.ask(
            "script.callFunction",
            functionDeclaration=f"async () => {{{WORDS} return {value}; }}",
            target={"context": self._page},
            awaitPromise=True,
        )
        assert said["type"] == "success", said["exceptionDetails"]["text"]
        return json.loads(said["result"]["value"])

    def wait_for(self, expression: str) -> Any:
        """Wait until an expression is true, also on the next page; return its value."""
        look = f"""new Promise((resolve) => {{
          const end = performance.now() + {1000 * LOOK_S};
          const look = () => {{
            const value = {expression};
            if (value || performance.now() > end) resolve(value ?? null);
            else setTimeout(look, 20);
          }};
          look();
        }})"""
        deadline = time.monotonic() + WAIT_S
        problem = ""
        while time.monotonic() < deadline:
            try:
                if value := self.evaluate(look):
                    return value
            except AssertionError as error:  # the page that was asked has gone, say
                problem = str(error)
        raise Lost(f"not within {WAIT_S} s: {expression} {problem}\n{self.text[:4000]}")

    def wait_for_text(self, selector: str, text: str = "") -> None:
        """Wait until an element is in sight that has a text."""
        self.wait_for(f"Boolean(find({json.dumps(selector)}, {json.dumps(text)}))")

    @property
    def text(self) -> str:
        """What can be read on the page."""
        text: str = self.evaluate("document.body.innerText")
        return text

    def press(self, selector: str, text: str = "") -> None:
        """Press the middle of an element with the pointer, once nothing moves or covers it."""
        place = self.wait_for(f"""(() => {{
          const one = find({json.dumps(selector)}, {json.dumps(text)});
          if (!one || one.disabled) return null;
          const before = one.getBoundingClientRect();
          one.scrollIntoView({{ block: "nearest", inline: "nearest", behavior: "instant" }});
          const {{ x, y, width, height }} = one.getBoundingClientRect();
          if (Math.abs(before.x - x) + Math.abs(before.y - y) > 0) return null;
          const place = {{ x: Math.round(x + width / 2), y: Math.round(y + height / 2) }};
          const places = (window.placesOfTest ??= new WeakMap());  // 20 ms ago
          const isSteady = places.get(one) === `${{place.x}}, ${{place.y}}`;
          places.set(one, `${{place.x}}, ${{place.y}}`);
          if (!isSteady) return null;
          const hit = document.elementFromPoint(place.x, place.y);
          return hit && (one.contains(hit) || hit.contains(one)) ? place : null;
        }})()""")
        pointer = {
            "type": "pointer",
            "id": "mouse",
            "actions": [
                {"type": "pointerMove", **place},
                {"type": "pointerDown", "button": 0},
                {"type": "pointerUp", "button": 0},
            ],
        }
        self.ask("input.performActions", context=self._page, actions=[pointer])

    def type(self, text: str) -> None:
        """Type a text into whatever has the focus."""
        keys = [{"type": kind, "value": key} for key in text for kind in ("keyDown", "keyUp")]
        actions = [{"type": "key", "id": "keyboard", "actions": keys}]
        self.ask("input.performActions", context=self._page, actions=actions)

    def picture(self) -> str:
        """Return a picture of what is in sight, a PNG in base64."""
        data: str = self.ask("browsingContext.captureScreenshot", context=self._page)["data"]
        return data


@contextlib.contextmanager
def firefox() -> Iterator[Firefox]:
    """Run a Firefox that nobody has used before."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    assert program, "no Firefox: sh .ci/tools PYTHON soak installs it"
    with tempfile.TemporaryDirectory() as profile:
        lines = (f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in PREFERENCES.items())
        Path(profile, "user.js").write_text("\n".join(lines), encoding="utf-8")
        command = (program, "--headless", "--no-remote", "--profile", profile)
        # It says on standard error where it listens.
        shell = ("sh", "-c", 'exec "$@" 2>&1', "sh")
        home = {"HOME": profile, "MOZ_CRASHREPORTER_DISABLE": "1"}
        with Program(*shell, *command, "--remote-debugging-port", "0", env=home) as process:
            address = process.wait_for(r"WebDriver BiDi listening on (ws://\S+)")[1]
            with connect(
                f"{address}/session", proxy=None, max_size=None, open_timeout=WAIT_S
            ) as socket:
                browser = Firefox(socket)
                yield browser
                browser.ask("browser.close")
            process.finish()
