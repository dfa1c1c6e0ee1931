"""The one place that turns errors into HTTP statuses, WebSocket close codes and words.

Under /api an error is `{"error": {"code", "message"}}`; elsewhere it is a page.
"""

from __future__ import annotations

from typing import Any, Literal
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from backend.domain.errors import (
    BadArguments,
    BadInput,
    ErrorCode,
    InputFull,
    InvalidRequest,
    LimitReached,
    NotListening,
    PortInUse,
    RunEnded,
    SocketLabError,
    StartFailed,
    UnknownLab,
    UnknownProgram,
    UnknownRoom,
    UnknownRun,
)
from backend.domain.events import Problem, ProblemCode
from backend.web.playground import playground_of

STATUSES: dict[type[SocketLabError], int] = {
    UnknownLab: 404,
    UnknownProgram: 404,
    UnknownRoom: 404,
    UnknownRun: 404,
    InvalidRequest: 422,
    BadArguments: 422,
    PortInUse: 409,
    RunEnded: 409,
    NotListening: 409,
    InputFull: 429,
    LimitReached: 429,
    StartFailed: 502,
    BadInput: 400,
}
# What the web itself refuses, before there is anything of the domain.
RefusalCode = Literal[
    "bad_host", "bad_origin", "too_large", "not_found", "method_not_allowed", "http_error"
]
_HTTP_CODES: dict[int, RefusalCode] = {404: "not_found", 405: "method_not_allowed"}
HINTS: dict[type[SocketLabError], str] = {UnknownLab: " GET /api/labs lists those that exist."}

# RFC 6455, 7.4.1, and the IANA registry of close codes; what is not here closes as usual.
NORMAL_CLOSURE = 1000
CLOSE_CODES: dict[ProblemCode, int] = {
    "invalid": 1007,  # invalid frame payload data
    "window": 1008,  # policy violation
    "defect": 1011,  # internal error
    "limit": 1013,  # try again later
}
ADDRESS_SHOWN = 80  # characters of an address that an error page repeats


def status_of(error: SocketLabError) -> int:
    """Return the HTTP status of an error; 500 for what is our own fault."""
    return next((STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES), 500)


def close_code_of(end: SocketLabError | Problem | None) -> int:
    """Return the code with which a WebSocket is closed after this error, or after none."""
    return NORMAL_CLOSURE if end is None else CLOSE_CODES.get(end.code, NORMAL_CLOSURE)


def error_body(code: ErrorCode | RefusalCode, message: str) -> dict[str, Any]:
    """Return the JSON form of an error."""
    return {"error": {"code": code, "message": message}}


async def _answer(
    request: Request, status: int, code: ErrorCode | RefusalCode, message: str
) -> Response:
    if request.url.path.startswith(("/api/", "/ws/")):
        return JSONResponse(error_body(code, message), status)
    site = (await playground_of(request)).site
    asked = f"{request.method} {quote(request.url.path)[:ADDRESS_SHOWN]}"
    return site.answer(
        request, "error.html", status=status, code=code, message=message, asked=asked
    )


async def _on_socket_lab_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, SocketLabError)
    message = error.message + HINTS.get(type(error), "")
    return await _answer(request, status_of(error), error.code, message)


async def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = _HTTP_CODES.get(error.status_code, "http_error")
    message = f"{request.method} {request.url.path}: {error.detail}."
    response = await _answer(request, error.status_code, code, message)
    response.headers.update(error.headers or {})
    return response


async def _on_validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    problems = [
        f"{'.'.join(str(part) for part in problem['loc'])}: {problem['msg']}"
        for problem in error.errors()
    ]
    return await _answer(request, 422, "invalid", "; ".join(problems))


async def _on_defect(request: Request, _error: Exception) -> Response:
    message = "Socket Lab itself failed here. The server's log says more."
    return await _answer(request, 500, "defect", message)


def install(app: FastAPI) -> None:
    """Make the application answer its errors here."""
    app.add_exception_handler(SocketLabError, _on_socket_lab_error)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(Exception, _on_defect)
