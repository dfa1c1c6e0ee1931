"""The one place that turns errors into HTTP statuses, WebSocket close codes and words.

Under /api an error is `{"error": {"code", "message"}}`; elsewhere it is a page.
"""

from __future__ import annotations

import contextlib
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError, WebSocketRequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from backend.domain.errors import (
    BadArguments,
    BadInput,
    ClientEnded,
    ErrorCode,
    Forbidden,
    InputFull,
    InvalidRequest,
    LimitReached,
    NotKept,
    NotListening,
    NotOpened,
    NotTaken,
    OutOfTurn,
    PortInUse,
    RunEnded,
    ShuttingDown,
    SocketLabError,
    StartFailed,
    TooManyAttempts,
    Unauthorized,
    UnknownClient,
    UnknownDraft,
    UnknownLab,
    UnknownPerson,
    UnknownProgram,
    UnknownRecording,
    UnknownRoom,
    UnknownRun,
)
from backend.domain.events import Problem, ProblemCode
from backend.web.methods import is_websocket, methods_of
from backend.web.playground import playground_of
from backend.web.refusals import REFUSALS, RefusalCode, error_body

STATUSES: dict[type[SocketLabError], int] = {
    UnknownLab: 404,
    UnknownProgram: 404,
    UnknownRoom: 404,
    UnknownRun: 404,
    UnknownRecording: 404,
    UnknownDraft: 404,
    UnknownClient: 404,
    UnknownPerson: 404,
    Unauthorized: 401,
    TooManyAttempts: 429,
    Forbidden: 403,
    InvalidRequest: 422,
    BadArguments: 422,
    PortInUse: 409,
    RunEnded: 409,
    NotListening: 409,
    ClientEnded: 409,
    OutOfTurn: 409,
    InputFull: 429,
    NotTaken: 429,
    LimitReached: 429,
    StartFailed: 502,
    NotOpened: 502,
    ShuttingDown: 503,
    NotKept: 503,
    BadInput: 400,
}
HINTS: dict[type[SocketLabError], str] = {UnknownLab: " GET /api/labs lists those that exist."}

# RFC 6455, 7.4.1, and the IANA registry of close codes; what is not here closes as usual.
NORMAL_CLOSURE = 1000
CLOSE_CODES: dict[ProblemCode, int] = {
    "invalid": 1007,  # invalid frame payload data
    "window": 1008,  # policy violation
    "defect": 1011,  # internal error
    "limit": 1013,  # try again later
    "unauthorized": 4401,  # ours, like the statuses (DESIGN.md, "Credentials")
    "forbidden": 4403,
    "locked": 4403,
}
# What programs ask for: they get JSON, everybody else a page.
FOR_PROGRAMS = ("/api/", "/ws/", "/healthz", "/readyz", "/metrics")
ADDRESS_SHOWN = 80  # characters of an address that an error page repeats


def status_of(error: SocketLabError) -> int:
    """Return the HTTP status of an error; 500 for what is our own fault."""
    return next((STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES), 500)


def close_code_of(end: SocketLabError | Problem | None) -> int:
    """Return the code with which a WebSocket is closed after this error, or after none."""
    return NORMAL_CLOSURE if end is None else CLOSE_CODES.get(end.code, NORMAL_CLOSURE)


async def _answer(
    request: Request, status: int, code: ErrorCode | RefusalCode, message: str
) -> Response:
    if request.url.path.startswith(FOR_PROGRAMS):
        return JSONResponse(error_body(code, message), status)
    site = (await playground_of(request)).site
    asked = f"{request.method} {quote(request.url.path)[:ADDRESS_SHOWN]}"
    return site.answer(
        request, "error.html", status=status, code=code, message=message, asked=asked
    )


async def _on_socket_lab_error(request: Any, error: Exception) -> Any:
    """Answer an error of ours; a WebSocket that is open already gets its code as it is closed."""
    assert isinstance(error, SocketLabError)
    if isinstance(request, WebSocket) and request.application_state is WebSocketState.CONNECTED:
        await _close(request, error)
        return None
    message = error.message + HINTS.get(type(error), "")
    response = await _answer(request, status_of(error), error.code, message)
    if isinstance(error, Unauthorized):
        response.headers["www-authenticate"] = "Bearer"
    if isinstance(error, TooManyAttempts):
        response.headers["retry-after"] = str(error.wait_s)
    return response


async def _close(websocket: WebSocket, error: SocketLabError) -> None:
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        await websocket.close(close_code_of(error), error.code)


async def _on_gone(_websocket: Any, _error: Exception) -> None:
    """Answer nothing: who opened a WebSocket has gone before they said who they are."""


async def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 400 and error.__cause__ is not None:  # what json.loads raised
        return await _refuse(request, "bad_json", f"The body is no JSON: {_why(error.__cause__)}.")
    if error.status_code in (404, 405):
        return await _answer_for_method(request)
    if error.status_code == 415:
        return await _refuse(request, "unsupported_media_type", error.detail)
    message = f"{request.method} {request.url.path}: {error.detail}."
    response = await _answer(request, error.status_code, "http_error", message)
    response.headers.update(error.headers or {})
    return response


async def _answer_for_method(request: Request) -> Response:
    """Answer where no handler did: an unknown address, another method, OPTIONS, a WebSocket's."""
    path, method = request.scope["path"], request.method
    methods = methods_of(request.app.routes, request.scope)
    if (
        method in methods
        and method != "OPTIONS"
        and is_websocket(request.app.routes, request.scope)
    ):
        message = (
            f"{path} is the address of a WebSocket: open it with a WebSocket client, "
            "which sends Upgrade: websocket (RFC 6455, 4.1)."
        )
        response = await _refuse(request, "upgrade_required", message)
        response.headers.update({"upgrade": "websocket", "connection": "upgrade"})
        return response
    if method == "OPTIONS" and (methods or path == "*"):
        response = Response(status_code=204)
    elif not methods or method in methods:
        return await _refuse(request, "not_found", f"{method} {path}: Not Found.")
    else:
        message = f"{path} knows {', '.join(methods)}, not {method}."
        response = await _refuse(request, "method_not_allowed", message)
    response.headers["allow"] = ", ".join(methods)
    return response


def _why(cause: BaseException) -> str:
    """Say what was wrong with bytes that were to be JSON."""
    if isinstance(cause, RecursionError):
        return "it is nested too deep"
    return str(cause)


async def _on_validation_error(request: Request, error: Exception) -> Response:
    """Answer what cannot be read as what was asked for; a WebSocket is not opened then."""
    assert isinstance(error, RequestValidationError | WebSocketRequestValidationError)
    problems = error.errors()
    if isinstance(error, RequestValidationError) and problems:
        if problems[0]["type"] == "json_invalid":
            position = problems[0]["loc"][-1]
            message = f"The body is no JSON: {problems[0]['ctx']['error']} (character {position})."
            return await _refuse(request, "bad_json", message)
        if isinstance(error.body, bytes):  # nobody took it for JSON
            sent = request.headers.get("content-type")
            said = f"Content-Type is {sent}" if sent else "The header Content-Type is missing"
            message = f"{said}, expected Content-Type: application/json."
            return await _refuse(request, "unsupported_media_type", message)
        if error.body is None and problems[0]["loc"] == ("body",):
            return await _answer(
                request, 422, "invalid", "The body is missing, expected a JSON object."
            )
    words = [
        f"{'.'.join(str(part) for part in problem['loc'])}: {problem['msg']}"
        for problem in problems
    ]
    return await _answer(request, 422, "invalid", "; ".join(words))


async def _refuse(request: Request, code: RefusalCode, message: str) -> Response:
    return await _answer(request, REFUSALS[code], code, message)


async def _on_defect(request: Request, _error: Exception) -> Response:
    message = "Socket Lab itself failed here. The server's log says more."
    return await _answer(request, 500, "defect", message)


def install(app: FastAPI) -> None:
    """Make the application answer its errors here."""
    app.add_exception_handler(SocketLabError, _on_socket_lab_error)
    app.add_exception_handler(WebSocketDisconnect, _on_gone)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(WebSocketRequestValidationError, _on_validation_error)
    app.add_exception_handler(Exception, _on_defect)
