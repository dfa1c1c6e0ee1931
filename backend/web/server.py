"""How the application is served: its socket, and uvicorn around it."""

from __future__ import annotations

import contextlib
import logging
import socket

import uvicorn
from fastapi import FastAPI

from backend.domain.addresses import is_ipv6
from backend.settings import Settings

BACKLOG = 1024
PING_S = 20.0  # to each WebSocket; one that does not answer within the same time is gone


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens there; port 0 is any free one. Raises OSError."""
    family = socket.AF_INET6 if is_ipv6(host) else socket.AF_INET
    with contextlib.ExitStack() as undo:
        sock = undo.enter_context(socket.socket(family, socket.SOCK_STREAM))
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, port))
        sock.listen(BACKLOG)
        undo.pop_all()
    return sock


def serve_until_stopped(application: FastAPI, settings: Settings, sock: socket.socket) -> None:
    """Serve on a listening socket until SIGINT or SIGTERM; at most `shutdown_s` longer."""
    server = uvicorn.Server(_config(application, settings))
    log = logging.getLogger("uvicorn.error")
    log.addFilter(_is_true)
    # Who presses Ctrl+C a second time need not read what was cut short.
    log.addFilter(lambda _record: not server.force_exit)
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[sock])


def _config(application: FastAPI, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        http="httptools",
        ws="websockets-sansio",
        ws_max_size=settings.message_limit_bytes,
        ws_per_message_deflate=False,
        ws_ping_interval=PING_S,
        ws_ping_timeout=PING_S,
        timeout_graceful_shutdown=settings.shutdown_s,
        log_level="warning",
        server_header=False,
    )


def _is_true(record: logging.LogRecord) -> bool:
    """Keep out what uvicorn 0.54 says of each refused WebSocket, although it was answered."""
    return "without completing handshake" not in record.msg
