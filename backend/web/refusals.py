"""What the web itself refuses, before there is anything of the domain: codes, statuses, the answer.

The statuses are those of RFC 9110, 15.5 and 15.6, and RFC 6585.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, Literal

from starlette.types import Scope, Send

from backend.domain.errors import ErrorCode

RefusalCode = Literal[
    "bad_request", "bad_host", "bad_json", "bad_handshake", "bad_origin", "not_found",
    "method_not_allowed", "request_timeout", "too_large", "target_too_long",
    "unsupported_media_type", "upgrade_required", "headers_too_large", "http_error", "busy",
]  # fmt: skip
REFUSALS: dict[RefusalCode, int] = {
    "bad_request": 400,
    "bad_host": 400,
    "bad_json": 400,
    "bad_handshake": 400,
    "bad_origin": 403,
    "not_found": 404,
    "method_not_allowed": 405,
    "request_timeout": 408,
    "too_large": 413,
    "target_too_long": 414,
    "unsupported_media_type": 415,
    "upgrade_required": 426,
    "headers_too_large": 431,
    "busy": 503,
}  # `http_error` has whatever status the framework gave it


SECURITY_HEADERS = {
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


def error_body(code: ErrorCode | RefusalCode, message: str) -> dict[str, Any]:
    """Return the JSON form of an error."""
    return {"error": {"code": code, "message": message}}


def refusal_as_http(
    code: RefusalCode, message: str, headers: Iterable[tuple[bytes, bytes]]
) -> bytes:
    """Return an error as a whole HTTP answer, after which the connection closes."""
    status = HTTPStatus(REFUSALS[code])
    body = json.dumps(error_body(code, message)).encode()
    fields = {
        **{name.decode(): value.decode() for name, value in headers},
        **SECURITY_HEADERS,
        "content-type": "application/json",
        "content-length": str(len(body)),
        "connection": "close",
    }
    lines = [f"HTTP/1.1 {status.value} {status.phrase}"]
    lines += [f"{name}: {value}" for name, value in fields.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def refuse(
    scope: Scope,
    send: Send,
    code: RefusalCode,
    message: str,
    *,
    headers: Mapping[str, str] = {"connection": "close"},
) -> None:
    """Answer with an error in JSON; a WebSocket gets it in place of the handshake."""
    prefix = "http.response" if scope["type"] == "http" else "websocket.http.response"
    body = json.dumps(error_body(code, message)).encode()
    fields = {
        "content-type": "application/json",
        "content-length": str(len(body)),
        **headers,
    }
    await send(
        {
            "type": f"{prefix}.start",
            "status": REFUSALS[code],
            "headers": [(name.encode(), value.encode()) for name, value in fields.items()],
        }
    )
    await send({"type": f"{prefix}.body", "body": body})
