"""The one place that turns errors into HTTP statuses and words.

Under /api an error is `{"error": {"code", "message"}}`; elsewhere it is a page.
"""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from backend.domain.errors import (
    BadArguments,
    BadInput,
    InputFull,
    InvalidRequest,
    LimitReached,
    PortInUse,
    RunEnded,
    SocketLabError,
    StartFailed,
    UnknownLab,
    UnknownProgram,
    UnknownRoom,
    UnknownRun,
)
from backend.web.pages.site import error_page

STATUSES: dict[type[SocketLabError], int] = {
    UnknownLab: 404,
    UnknownProgram: 404,
    UnknownRoom: 404,
    UnknownRun: 404,
    InvalidRequest: 422,
    BadArguments: 422,
    PortInUse: 409,
    RunEnded: 409,
    InputFull: 429,
    LimitReached: 429,
    StartFailed: 502,
    BadInput: 400,
}
_HTTP_CODES = {404: "not_found", 405: "method_not_allowed"}


def status_of(error: SocketLabError) -> int:
    """Return the HTTP status of an error; 500 for what is our own fault."""
    return next((STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES), 500)


def error_body(code: str, message: str, **more: Any) -> dict[str, Any]:
    """Return the JSON form of an error."""
    return {"error": {"code": code, "message": message, **more}}


def _answer(request: Request, status: int, code: str, message: str) -> Response:
    if request.url.path.startswith(("/api/", "/ws/")):
        return JSONResponse(error_body(code, message), status)
    return error_page(request, status, code=code, message=message)


async def _on_socket_lab_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, SocketLabError)
    return _answer(request, status_of(error), error.code, error.message)


async def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = _HTTP_CODES.get(error.status_code, "http_error")
    message = f"{request.method} {request.url.path}: {error.detail}."
    response = _answer(request, error.status_code, code, message)
    response.headers.update(error.headers or {})
    return response


async def _on_validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    problems = [
        f"{'.'.join(str(part) for part in problem['loc'])}: {problem['msg']}"
        for problem in error.errors()
    ]
    return _answer(request, 422, "invalid", "; ".join(problems))


async def _on_defect(request: Request, _error: Exception) -> Response:
    message = "Socket Lab itself failed here. The server's log says more."
    return _answer(request, 500, "defect", message)


def install(app: FastAPI) -> None:
    """Make the application answer its errors here."""
    app.add_exception_handler(SocketLabError, _on_socket_lab_error)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(Exception, _on_defect)
