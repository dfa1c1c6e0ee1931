"""What an address can be asked for: its methods, or a WebSocket.

No handler answers HEAD, and none knows the addresses beside its own: what holds for all of them is
here. MethodGate turns HEAD into GET, and refuses WebSockets where there is none.
"""

from __future__ import annotations

from collections.abc import Iterable

from starlette.routing import BaseRoute, Match, Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from backend.web.refusals import refuse

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")  # HEAD comes with GET, OPTIONS with any


def methods_of(routes: Iterable[BaseRoute], scope: Scope) -> list[str]:
    """Return the methods that the address of a request knows; none where there is no address."""
    routes = list(routes)
    whole = {**scope, "root_path": scope.get("app_root_path", scope.get("root_path", ""))}
    known = [method for method in METHODS if _leads(routes, {**whole, "method": method})]
    if not known:
        return ["GET", "OPTIONS"] if is_websocket(routes, whole) else []
    return [*known, *(["HEAD"] if "GET" in known else []), "OPTIONS"]


def is_websocket(routes: Iterable[BaseRoute], scope: Scope) -> bool:
    """Return whether a WebSocket can be opened at the address of a request."""
    asked = {**scope, "type": "websocket"}
    return any(
        route.matches(asked)[0] is Match.FULL for route in routes if not isinstance(route, Mount)
    )


def _leads(routes: Iterable[BaseRoute], scope: Scope) -> bool:
    return any(
        route.matches(scope)[0] is Match.FULL
        for route in routes
        if scope["method"] == "GET" or not isinstance(route, Mount)  # files are only read
    )


class MethodGate:
    """Asks for GET where HEAD came; refuses a WebSocket at an address that has none."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what a handler has to answer."""
        if scope["type"] == "websocket" and not is_websocket(scope["app"].routes, scope):
            await _refuse_websocket(scope, send)
            return
        if scope["type"] == "http" and scope["method"] == "HEAD":
            # The server, which knows what it was asked, leaves out the body (RFC 9110, 9.3.2).
            scope = {**scope, "method": "GET"}
        await self._app(scope, receive, send)


async def _refuse_websocket(scope: Scope, send: Send) -> None:
    path = scope["path"]
    message = f"There is no WebSocket at {path}."
    bare = path.rstrip("/")
    if bare != path and is_websocket(scope["app"].routes, {**scope, "path": bare}):
        message += f" There is one at {bare}, without the slash at the end."
    await refuse(scope, send, "not_found", message)
