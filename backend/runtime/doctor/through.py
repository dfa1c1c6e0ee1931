"""What comes through the address that people use: a page, a long wait, a WebSocket; whose it is.

Proxies break these one by one: they cut what waits, do not pass `Upgrade` on, buffer what comes
back. So each is tried as the page uses it, with our own server as the other end.
"""

from __future__ import annotations

import secrets
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Iterable
from http.client import HTTPException

import msgspec
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from backend.domain.findings import Echo, Finding, clock_finding, finding
from backend.domain.web_address import read_web_address

ASK_S = 10.0
WAIT_S = 5.0  # that a waiting request is to survive
ANSWER_LIMIT_BYTES = 65536


def look_through(base: str, instance: str | None) -> Iterable[Finding]:
    """Yield what was found behind an address; `instance` is that which is to answer there."""
    is_known = True
    try:
        try:
            echo = ask_echo(base, timeout_s=ASK_S)
        except ssl.SSLCertVerificationError as error:
            yield finding("certificate_unknown", reason=error.verify_message)
            is_known = False
            echo = ask_echo(base, timeout_s=ASK_S, is_own=True)
    except (OSError, ValueError) as error:
        yield finding("url_fails", url=base, reason=_reason(error))
        return
    if instance is not None and echo.instance != instance:
        yield finding("url_stranger", url=base)
        return
    yield finding("url_leads_here", url=base)
    yield clock_finding(echo.time - time.time())
    if echo.hidden_by:
        yield finding("caller_hidden", proxy=echo.hidden_by)
    else:
        yield finding("caller_seen", caller=echo.caller)
    yield _websocket(base, is_known=is_known)
    yield _waiting(base, is_known=is_known)


def ask_echo(base: str, *, timeout_s: float, wait_s: float = 0, is_own: bool = False) -> Echo:
    """Return what the server behind an address says. Raises OSError, ValueError.

    `is_own`: whoever signed the certificate.
    """
    base = str(read_web_address(base))  # of HTTP or HTTPS, and of nothing else
    request = urllib.request.Request(f"{base}/api/echo?wait_s={wait_s:g}")  # noqa: S310  see above
    request.add_header("cache-control", "no-cache")
    handlers = [
        urllib.request.ProxyHandler({}),
        urllib.request.HTTPSHandler(context=_tls(is_known=not is_own)),
    ]
    try:
        with urllib.request.build_opener(*handlers).open(request, timeout=timeout_s) as answer:
            return msgspec.json.decode(answer.read(ANSWER_LIMIT_BYTES), type=Echo)
    except urllib.error.HTTPError as error:
        raise ValueError(f"the answer is {error.code} {error.reason}") from error
    except urllib.error.URLError as error:
        raise error.reason if isinstance(error.reason, OSError) else error from error
    except HTTPException as error:
        raise ValueError(f"no answer of HTTP: {type(error).__name__}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ValueError("something else than Socket Lab answers there") from error


def _tls(*, is_known: bool) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if not is_known:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _websocket(base: str, *, is_known: bool) -> Finding:
    url = f"{base.replace('http', 'ws', 1)}/ws/echo"
    tls = _tls(is_known=is_known) if url.startswith("wss:") else None
    word = secrets.token_hex(4)
    began = time.monotonic()
    try:
        with connect(url, ssl=tls, proxy=None, open_timeout=ASK_S, close_timeout=1) as websocket:
            websocket.send(word)
            if websocket.recv(timeout=ASK_S) != word:
                return finding("websocket_fails", reason="another answer came than was sent")
    except TimeoutError:
        return finding("websocket_fails", reason=f"no answer within {ASK_S:g} s")
    except (OSError, WebSocketException) as error:
        return finding("websocket_fails", reason=_reason(error))
    return finding("websocket_works", took_ms=f"{(time.monotonic() - began) * 1000:.0f}")


def _waiting(base: str, *, is_known: bool) -> Finding:
    try:
        ask_echo(base, timeout_s=WAIT_S + ASK_S, wait_s=WAIT_S, is_own=not is_known)
    except (OSError, ValueError) as error:
        return finding("waiting_fails", wait_s=f"{WAIT_S:g}", reason=_reason(error))
    return finding("waiting_works", wait_s=f"{WAIT_S:g}")


def _reason(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__
