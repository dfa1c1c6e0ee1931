"""`socketlab serve`, from its settings to its end: the key, the certificate, the socket, the words.

What cannot be served raises ValueError or SocketLabError, in words, before anything listens.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import sys
from collections.abc import Sequence

from backend.app import create_app
from backend.runtime.host_key import HostKey, host_key_of
from backend.runtime.interfaces import own_addresses
from backend.settings import Settings
from backend.terminal.welcome import Welcome, lines_of
from backend.web.invitation import reach_of
from backend.web.logs import log_to_operator
from backend.web.server import listen, serve_until_stopped
from backend.web.tls import read_tls


def serve(settings: Settings, *, open_page: bool = False) -> None:
    """Serve until SIGINT or SIGTERM."""
    log_to_operator(settings.log_format)
    tls = _certificate(settings)
    key = host_key_of(settings) if settings.is_hosted else None
    if key is not None:
        settings = settings.with_values(host_key=key.key)
    with _listening(settings) as sock:
        settings = settings.with_port(sock.getsockname()[1])
        application = create_app(settings)
        welcome = welcome_to(settings, own_addresses(), key)
        with contextlib.suppress(KeyboardInterrupt):  # also as soon as the first line is read
            for line in lines_of(welcome, with_picture=sys.stdout.isatty()):
                print(line, flush=True)
            if open_page:
                _open(welcome)
            serve_until_stopped(application, settings, sock, tls)
    print("Socket Lab has ended")


def welcome_to(settings: Settings, addresses: Sequence[str], key: HostKey | None = None) -> Welcome:
    """Return what is to be said of a server, on a machine with these addresses.

    `settings.port` must be the port that it is served on.
    """
    reach = reach_of(settings, addresses)
    return Welcome(
        here=reach.here,
        others=reach.others if settings.is_hosted else (),
        is_hosted=settings.is_hosted,
        made_key=key.key if key and key.is_new else None,
        key_file=str(key.file) if key and key.file else None,
    )


def _certificate(settings: Settings) -> ssl.SSLContext | None:
    try:
        return read_tls(settings)
    except ValueError as error:
        raise ValueError(f"TLS: {error}.") from error


def _listening(settings: Settings) -> socket.socket:
    try:
        return listen(settings.host, settings.port)
    except OSError as error:
        where = f"{settings.host} port {settings.port}"
        raise ValueError(f"Cannot listen on {where}: {error}. Try --port 0.") from error


def _open(welcome: Welcome) -> None:
    import webbrowser

    webbrowser.open(welcome.host_link if welcome.is_hosted else welcome.here)
