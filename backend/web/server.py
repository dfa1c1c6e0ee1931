"""How the application is served: its socket, and uvicorn around it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import ssl
import sys
from functools import partial
from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn.config import STARTUP_FAILURE

from backend.domain.addresses import is_ipv6
from backend.settings import Settings
from backend.web.playground import Playground, playground_served_by
from backend.web.protocol.connections import connections_of
from backend.web.protocol.direct import DirectConnection
from backend.web.protocol.http import HttpConnection
from backend.web.unread import Unread

BACKLOG = 1024

LOOK_S = 1.0  # between two looks for peers that read nothing
ENDING_LOOK_S = 0.2
ENDING_UNREAD_S = 1.0  # the same as `unread_s` while the server ends
ENDING_REST_S = 0.5  # before uvicorn's bound, of which it would complain


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens there; port 0 is any free one. Raises OSError."""
    family = socket.AF_INET6 if is_ipv6(host) else socket.AF_INET
    with contextlib.ExitStack() as undo:
        sock = undo.enter_context(socket.socket(family, socket.SOCK_STREAM))
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if host == "::":  # IPv4, too, whatever the system's default is (ipv6(7))
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        sock.bind((host, port))
        sock.listen(BACKLOG)
        undo.pop_all()
    return sock


def serve_until_stopped(
    application: FastAPI,
    settings: Settings,
    sock: socket.socket,
    tls: ssl.SSLContext | None = None,
) -> None:
    """Serve on a listening socket until SIGINT or SIGTERM; at most `shutdown_s` longer."""
    server = Server(server_config(application, settings, tls), playground_served_by(application))
    log = logging.getLogger("uvicorn.error")
    log.addFilter(_is_true)
    # Who presses Ctrl+C a second time need not read what was cut short.
    log.addFilter(lambda _record: not server.force_exit)
    serving = server.serve(sockets=[sock])
    try:
        with asyncio.Runner(loop_factory=server.config.get_loop_factory()) as runner:
            runner.run(serving)
    except KeyboardInterrupt:
        serving.close()  # where it came before the loop: else Python says "never awaited"


class Server(uvicorn.Server):
    """uvicorn's server, which cuts who reads nothing, and ends the playground before connections.

    So who waits for a start is answered: of the application's end uvicorn itself says something
    only when no connection is left, or its bound is over.
    """

    def __init__(self, config: uvicorn.Config, playground: Playground) -> None:
        super().__init__(config)
        self._playground = playground
        self._unread = Unread()
        self._looked_s = 0.0

    async def on_tick(self, counter: int) -> bool:
        """Do what is to be done several times a second; return whether to end."""
        now_s = asyncio.get_running_loop().time()
        if now_s - self._looked_s >= LOOK_S:
            self._looked_s = now_s
            self._cut_unread(now_s, self._playground.settings.unread_s)
        return await super().on_tick(counter)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve; with TLS as uvicorn does, which cannot be told the bound of a handshake.

        Without that bound who connects and says nothing is there for a minute (asyncio's own).
        """
        if self.config.ssl is None:
            await super().startup(sockets)
            return
        await self.lifespan.startup()
        if self.lifespan.should_exit:
            sys.exit(STARTUP_FAILURE)
        loop = asyncio.get_running_loop()
        self.servers = [
            await loop.create_server(
                self._protocol,
                sock=sock,
                ssl=self.config.ssl,
                ssl_handshake_timeout=self._playground.settings.tls_handshake_s,
                backlog=self.config.backlog,
            )
            for sock in sockets or []
        ]
        self.started = True

    # Our lifespan gives the application no state.
    def _protocol(self) -> asyncio.Protocol:
        make: Any = self.config.http_protocol_class
        protocol: asyncio.Protocol = make(
            config=self.config, server_state=self.server_state, app_state={}
        )
        return protocol

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the playground, and with it the connections, within `shutdown_s`.

        After a second Ctrl+C its programs are not waited for.
        """
        ending = asyncio.create_task(self._playground.close())
        cutting = asyncio.create_task(self._cut_in_time())
        forcing = asyncio.create_task(self._kill_when_forced())
        try:
            await super().shutdown(sockets)
        finally:
            cutting.cancel()
            await ending
            forcing.cancel()

    async def _kill_when_forced(self) -> None:
        # uvicorn looks at the second Ctrl+C only while it waits for connections.
        while not self.force_exit:  # noqa: ASYNC110  uvicorn sets it in the handler of a signal
            await asyncio.sleep(ENDING_LOOK_S)
        self._playground.kill_runs()

    async def _cut_in_time(self) -> None:
        """Cut who reads nothing, soon, and everybody else shortly before uvicorn's bound."""
        loop = asyncio.get_running_loop()
        end_s = loop.time() + self._playground.settings.shutdown_s - ENDING_REST_S
        while loop.time() < end_s:
            self._cut_unread(loop.time(), ENDING_UNREAD_S)
            await asyncio.sleep(ENDING_LOOK_S)
        for connection in list(self.server_state.connections):
            connection.transport.abort()

    def _cut_unread(self, now_s: float, after_s: float) -> None:
        self._unread.cut(self.server_state.connections, now_s, after_s=after_s)


def server_config(
    application: FastAPI, settings: Settings, tls: ssl.SSLContext | None = None
) -> uvicorn.Config:
    """Return how uvicorn serves the playground."""
    connections = connections_of(settings)
    # uvicorn asks for classes, and only calls them.
    http: Any = partial(HttpConnection, settings=settings, connections=connections)
    websocket: Any = partial(DirectConnection, settings=settings, connections=connections)
    return uvicorn.Config(
        application,
        http=http,
        ws=websocket,
        ws_max_size=settings.message_limit_bytes,
        ws_per_message_deflate=False,
        ws_ping_interval=settings.ping_s,
        ws_ping_timeout=settings.ping_s,
        timeout_graceful_shutdown=settings.shutdown_s,
        log_config=None,  # web/logs.py
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,  # our protocols believe the proxies that the settings name
        ssl_context_factory=None if tls is None else lambda _config, _default: tls,
    )


def _is_true(record: logging.LogRecord) -> bool:
    """Keep out what uvicorn 0.54 says of each refused WebSocket, although it was answered."""
    return "without completing handshake" not in record.msg
