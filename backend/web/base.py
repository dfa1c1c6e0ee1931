"""The path under which a proxy has the playground: taken off at the door, put before what we send.

Inside, nobody knows of it: routes, gates and errors see `/r/local`, whether a proxy passes on
`/lab/r/local` or takes `/lab` off itself. What leads back here is made by `Site.at` in Python and
templates, by `at()` of net/base.js in the page; tests hold that no other address begins with `/`.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class BaseGate:
    """Takes the base off the path of each request.

    The framework's own redirects (a slash too many) name scheme and host of this server, which are
    not those that the browser sees behind a proxy: they become paths.
    """

    def __init__(self, app: ASGIApp, *, base: str) -> None:
        self._app = app
        self._base = base

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with the path that routes know."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return

        async def send_with_base(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._lead_back(MutableHeaders(scope=message))
            await send(message)

        await self._app(self._without_base(scope), receive, send_with_base)

    def _without_base(self, scope: Scope) -> Scope:
        path: str = scope["path"]
        if not self._base or not f"{path}/".startswith(f"{self._base}/"):
            return scope
        raw_path: bytes = scope.get("raw_path") or path.encode()
        return {
            **scope,
            "path": path[len(self._base) :] or "/",
            "raw_path": raw_path[len(self._base) :] or b"/",
        }

    def _lead_back(self, headers: MutableHeaders) -> None:
        location = headers.get("location", "")
        if location.startswith(("http://", "https://")):
            parts = urlsplit(location)
            query = f"?{parts.query}" if parts.query else ""
            headers["location"] = f"{self._base}{parts.path}{query}"
