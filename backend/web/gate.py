"""Who may talk to this server at all, checked before anything is accepted.

`Host` must name this server (against DNS rebinding). `Origin`, where a browser sends one, must be
this server's own: pages of the labs live on other ports of the same host. A browser that sends no
`Origin` says with `Sec-Fetch-Site` (Fetch Metadata) where a request comes from; only a visible
navigation may come from elsewhere. Programs that are no browsers send neither.
"""

from __future__ import annotations

import json

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.settings import Settings
from backend.web.errors import error_body

LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")

HEADERS = {
    "content-security-policy": "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "frame-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


class _BodyTooLargeError(Exception):
    pass


class Gate:
    """ASGI middleware: refuses strangers, bounds bodies, adds the security headers."""

    def __init__(self, app: ASGIApp, *, settings: Settings) -> None:
        self._app = app
        self._body_limit = settings.request_limit_bytes
        own = {f"{name}:{settings.port}" for name in LOOPBACK_NAMES}
        if settings.port == 80:
            own |= set(LOOPBACK_NAMES)
        self._hosts = frozenset(own | {host.lower() for host in settings.allowed_hosts})
        self._origins = frozenset(
            f"{scheme}://{host}" for scheme in ("http", "https") for host in self._hosts
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or refuse it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(Headers(scope=scope), scope)
        if refusal is not None:
            await _refuse(scope, send, *refusal)
        elif scope["type"] == "http":
            await self._pass_http(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _refusal(self, headers: Headers, scope: Scope) -> tuple[int, str, str] | None:
        hosts = headers.getlist("host")
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            expected = ", ".join(sorted(self._hosts))
            return 400, "bad_host", f"Host is {hosts}, expected one of {expected}."
        origins = headers.getlist("origin")
        if origins:
            if len(origins) != 1 or origins[0].lower() not in self._origins:
                return 403, "bad_origin", f"Requests from {origins} are not accepted here."
            return None
        site = headers.get("sec-fetch-site", "none")
        navigation = (
            scope["type"] == "http"
            and scope["method"] == "GET"
            and headers.get("sec-fetch-mode") == "navigate"
            and headers.get("sec-fetch-dest", "document") == "document"
        )
        if site not in ("none", "same-origin") and not navigation:
            return 403, "bad_origin", f"Requests from a {site} page are not accepted here."
        return None

    async def _pass_http(self, scope: Scope, receive: Receive, send: Send) -> None:
        limit, got = self._body_limit, 0
        answered = refused = False

        async def bounded_receive() -> Message:
            nonlocal got
            message = await receive()
            got += len(message.get("body", b""))
            if got > limit:
                raise _BodyTooLargeError
            return message

        async def headed_send(message: Message) -> None:
            nonlocal answered
            if message["type"] == "http.response.start":
                if got > limit and not refused:  # what the application made of the error
                    raise _BodyTooLargeError
                answered = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._app(scope, bounded_receive, headed_send)
        except _BodyTooLargeError:
            if answered:
                raise
            refused = True
            message = f"A request body may have {limit} bytes at most."
            await _refuse(scope, headed_send, 413, "too_large", message)


async def _refuse(scope: Scope, send: Send, status: int, code: str, message: str) -> None:
    """Answer with an error in JSON; a WebSocket gets it in place of the handshake."""
    prefix = "http.response" if scope["type"] == "http" else "websocket.http.response"
    body = json.dumps(error_body(code, message)).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": f"{prefix}.start", "status": status, "headers": headers})
    await send({"type": f"{prefix}.body", "body": body})
