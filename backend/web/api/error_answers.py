"""What an operation refuses, for its description: each status with its codes and their words.

A handler names the errors that it, or what it depends on, can raise. What the web refuses before
any handler (web/refusals.py) comes with them.
"""

from __future__ import annotations

import inspect
from collections import defaultdict
from typing import Any, Literal

import msgspec

from backend.domain.errors import (
    Defect,
    ErrorCode,
    Forbidden,
    InvalidRequest,
    SocketLabError,
    Unauthorized,
    UnknownLab,
    UnknownRoom,
    UnknownRun,
)
from backend.web.errors import status_of
from backend.web.refusals import REFUSALS, RefusalCode

Answers = dict[int | str, dict[str, Any]]  # by status, as FastAPI's `responses` takes them

Possible = type[SocketLabError] | RefusalCode


class ErrorInfo(msgspec.Struct, frozen=True):
    """An error: a code for scripts, a message with its numbers for people."""

    code: Literal[ErrorCode, RefusalCode]
    message: str


class ErrorAnswer(msgspec.Struct, frozen=True):
    """What every refusal answers."""

    error: ErrorInfo


# When the web itself refuses a request for an operation, in the words of the reference. What is no
# request, or one for no operation, is not among them (`NO_OPERATION`).
WORDS: dict[RefusalCode, str] = {
    "bad_host": "The Host header is missing or does not name this server: a loopback name, alone "
    "or with the port, the host of `public_url` or else of this machine, or one of "
    "`allowed_hosts`.",
    "bad_json": "The body is no JSON.",
    "bad_origin": "The request comes from a page of another origin.",
    "not_found": "There is nothing at this address, or no WebSocket.",
    "request_timeout": "The request was not complete after `request_timeout_s`.",
    "too_large": "The request body is larger than `request_limit_bytes`.",
    "target_too_long": "The path with its query is longer than `target_limit_bytes`.",
    "unsupported_media_type": "The body is not called what it has to be: `Content-Type: "
    "application/json` is missing, or for bytes `application/octet-stream`.",
    "headers_too_large": "There are more than `headers_limit` headers, or they have more than "
    "`headers_limit_bytes`.",
    "busy": "All connections are in use: `connections_limit`, `connections_per_address`, or what "
    "descriptors allow.",
}
NO_OPERATION: frozenset[RefusalCode] = frozenset(
    {"bad_request", "bad_handshake", "method_not_allowed", "upgrade_required", "http_error"}
)
EVERYWHERE: tuple[Possible, ...] = (
    *("bad_host", "bad_origin", "request_timeout", "target_too_long", "headers_too_large", "busy"),
    Defect,
)
BODY: tuple[Possible, ...] = ("bad_json", "too_large", "unsupported_media_type", InvalidRequest)
IN_LAB: tuple[Possible, ...] = (UnknownLab, "not_found")
IN_ROOM: tuple[Possible, ...] = (UnknownRoom, "not_found", Unauthorized, Forbidden)
OF_RUN: tuple[Possible, ...] = (*IN_ROOM, UnknownRun)


def error_answers(*possible: Possible) -> Answers:
    """Return the descriptions of these errors, and of those that any request can meet."""
    by_status: dict[int, dict[str, str]] = defaultdict(dict)
    for one in (*possible, *EVERYWHERE):
        if isinstance(one, str):
            by_status[REFUSALS[one]][one] = WORDS[one]
        else:
            when = inspect.cleandoc(one.__doc__ or "").splitlines()[0]
            by_status[status_of(one.__new__(one))][one.code] = when
    return {status: _described(by_status[status]) for status in sorted(by_status)}


def _described(codes: dict[str, str]) -> dict[str, Any]:
    narrowed = {"properties": {"error": {"properties": {"code": {"enum": sorted(codes)}}}}}
    schema = {"$ref": "#/components/schemas/ErrorAnswer", **narrowed}
    return {
        "description": " ".join(f"`{code}`: {when}" for code, when in sorted(codes.items())),
        "content": {"application/json": {"schema": schema}},
    }
