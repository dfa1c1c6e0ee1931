"""Who may talk to this server at all, checked before anything is accepted: the middlewares.

HostGate: `Host` must name this server (against DNS rebinding). OriginGate: `Origin`, where a
browser sends one, must be this server's own, for pages of the labs live on other ports of the same
host. LimitGate: a body is bounded, and what is answered has the security headers. Before them all,
BaseGate (base.py).
"""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.settings import Settings
from backend.web.base import BaseGate
from backend.web.methods import MethodGate
from backend.web.own_names import OwnNames
from backend.web.refusals import SECURITY_HEADERS, refuse


def gates(settings: Settings) -> list[Middleware]:
    """Return them, the outermost first."""
    names = OwnNames(settings)
    return [
        Middleware(BaseGate, base=settings.base_path),
        Middleware(HostGate, names=names),
        Middleware(OriginGate, names=names),
        Middleware(LimitGate, body_limit_bytes=settings.request_limit_bytes),
        Middleware(MethodGate),
    ]


class HostGate:
    """Refuses what is meant for another host (RFC 9110, 7.2)."""

    def __init__(self, app: ASGIApp, *, names: OwnNames) -> None:
        self._app = app
        self._names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or refuse it with 400."""
        if scope["type"] != "lifespan":
            hosts = Headers(scope=scope).getlist("host")
            if len(hosts) != 1 or not self._names.is_host(hosts[0]):
                message = f"{_named(hosts)}, expected {' or '.join(sorted(self._names.told))}."
                await refuse(scope, send, "bad_host", message)
                return
        await self._app(scope, receive, send)


def _named(hosts: list[str]) -> str:
    """Say which host a request names."""
    if not hosts:
        return "The Host header is missing (RFC 9112, 3.2)"
    if len(hosts) > 1:
        return f"There are {len(hosts)} Host headers, {', '.join(hosts)}"
    return f"Host is {hosts[0]!r}"


class OriginGate:
    """Refuses what a page of another origin asks for.

    A browser that sends no `Origin` says with `Sec-Fetch-Site` (Fetch Metadata) where a request
    comes from; only a visible navigation may come from elsewhere. Programs that are no browsers
    send neither.
    """

    def __init__(self, app: ASGIApp, *, names: OwnNames) -> None:
        self._app = app
        self._names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or refuse it with 403."""
        if scope["type"] != "lifespan":
            stranger = self._stranger(Headers(scope=scope), scope)
            if stranger is not None:
                message = f"Requests from {stranger} are not accepted here."
                await refuse(scope, send, "bad_origin", message)
                return
        await self._app(scope, receive, send)

    def _stranger(self, headers: Headers, scope: Scope) -> str | None:
        """Return where a request comes from, when that is not from here."""
        origins = headers.getlist("origin")
        if origins:
            is_own = len(origins) == 1 and self._names.is_origin(origins[0])
            return None if is_own else str(origins)
        site = headers.get("sec-fetch-site", "none")
        is_navigation = (
            scope["type"] == "http"
            and scope["method"] == "GET"
            and headers.get("sec-fetch-mode") == "navigate"
            and headers.get("sec-fetch-dest", "document") == "document"
        )
        return None if site in ("none", "same-origin") or is_navigation else f"a {site} page"


class _BodyTooLargeError(Exception):
    pass


class LimitGate:
    """Bounds the bodies of requests; adds the security headers to what the application answers."""

    def __init__(self, app: ASGIApp, *, body_limit_bytes: int) -> None:
        self._app = app
        self._limit = body_limit_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; answer 413 where its body is too large."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(receive, send, self._limit)
        try:
            await self._app(scope, exchange.receive, exchange.send)
        except _BodyTooLargeError:
            if exchange.is_answered:
                raise
            message = f"A request body may have {self._limit} bytes at most."
            await refuse(scope, exchange.send_with_headers, "too_large", message)


class _Exchange:
    """One request and its answer: what has come so far, whether an answer has begun."""

    def __init__(self, receive: Receive, send: Send, limit: int) -> None:
        self.is_answered = False
        self._receive = receive
        self._send = send
        self._limit = limit
        self._got = 0

    async def receive(self) -> Message:
        """Return the next message. Raises when the body is over its limit."""
        message = await self._receive()
        self._got += len(message.get("body", b""))
        if self._got > self._limit:
            raise _BodyTooLargeError
        return message

    async def send(self, message: Message) -> None:
        """Send a part of the answer; not what the application made of the error above."""
        if message["type"] == "http.response.start":
            if self._got > self._limit:
                raise _BodyTooLargeError
            self.is_answered = True
        await self.send_with_headers(message)

    async def send_with_headers(self, message: Message) -> None:
        """Send a part of an answer, with the security headers where it begins."""
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in SECURITY_HEADERS.items():
                headers.setdefault(name, value)
        await self._send(message)
