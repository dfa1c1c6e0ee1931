"""Replaces socket.socket by a subclass that tells what the program asks of the kernel.

Calls behave as they do untraced: same results, same exceptions. `accept`, `create_server`,
`makefile`, `socketserver` and `http.server` follow by themselves, because the standard library
looks the class up by its name in the `socket` module.
"""

from __future__ import annotations

import errno
import socket
import time
from typing import Any

from backend.tracing.channel import Channel

_TRANSPORTS = {socket.SOCK_STREAM: "tcp", socket.SOCK_DGRAM: "udp"}


def install(channel: Channel) -> None:
    """Make every socket from now on a traced one."""
    real = socket.socket

    def tell(sock: socket.socket, call: str, error: OSError | None) -> None:
        transport = _TRANSPORTS.get(sock.type)
        if transport is None or sock.family not in (socket.AF_INET, socket.AF_INET6):
            return
        record: dict[str, Any] = {
            "type": "call",
            "t": time.monotonic(),
            "call": call,
            "transport": transport,
        }
        if error is None:
            host, port = real.getsockname(sock)[:2]
            record["local"] = f"{host}:{port}" if ":" not in host else f"[{host}]:{port}"
        elif error.errno is not None:
            record["error"] = errno.errorcode.get(error.errno, str(error.errno))
        else:
            record["error"] = type(error).__name__
        channel.tell(record)

    class TracedSocket(real):  # type: ignore[misc, valid-type]
        __slots__ = ()

        def bind(self, address: Any, /) -> None:
            try:
                real.bind(self, address)
            except OSError as error:
                tell(self, "bind", error)
                raise
            tell(self, "bind", None)

        def listen(self, *args: Any) -> None:
            try:
                real.listen(self, *args)
            except OSError as error:
                tell(self, "listen", error)
                raise
            tell(self, "listen", None)

    TracedSocket.__name__ = TracedSocket.__qualname__ = "socket"
    TracedSocket.__module__ = "socket"
    socket.socket = TracedSocket  # type: ignore[misc]
