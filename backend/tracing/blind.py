"""Tells, once in each process, that a program does something which is not told.

A socket that is neither a stream nor a datagram of the internet or of a unix path; and a package
that asks the kernel itself, or puts sockets of its own in the place of ours. Whoever looks at the
program's lifeline shall not take silence for quiet.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from typing import TYPE_CHECKING, Any

from backend.tracing.channel import Channel
from backend.tracing.notes import compact
from backend.tracing.sites import Sites

if TYPE_CHECKING:
    from backend.tracing.giving import Watch

# By the module in which a package has what is not told: it is imported when that is to be used.
PACKAGES = {
    "confluent_kafka.cimpl": "confluent_kafka",
    "eventlet.greenio.base": "eventlet",
    "gevent._socket3": "gevent",
    "grpc._cython.cygrpc": "grpc",
    "psycopg2._psycopg": "psycopg2",
    "pycurl": "pycurl",
    "uvloop": "uvloop",
    "zmq.backend.cython": "zmq",
}
_PACKET = getattr(socket, "AF_PACKET", None)
_ICMP = (1, 58)  # over IPv4, over IPv6

_get_ident = threading.get_ident
_monotonic_ns = time.monotonic_ns


class BlindTeller:
    """Tells of each blind spot once."""

    def __init__(self, channel: Channel, sites: Sites) -> None:
        self._channel = channel
        self._sites = sites
        self._told: set[str] = set()
        os.register_at_fork(after_in_child=self._told.clear)

    def tell(self, what: str) -> None:
        """Tell of one, if it is the first of its kind in this process."""
        if what in self._told:
            return
        self._told.add(what)
        thread, site = self._sites.thread(_get_ident()), self._sites.here()
        fields = f'"t":{_monotonic_ns()}e-9,"what":{compact(what)}{thread.json}{site.json}'
        self._channel.tell_surely(f'{{"type":"blind","run":{self._channel.run_json},{fields}}}')

    def tell_socket(self, sock: Any) -> None:
        """Tell that a socket of this kind is not told."""
        if sock.family == _PACKET:
            self.tell("packet")
        else:
            is_raw = sock.type == socket.SOCK_RAW or is_ping(sock)
            self.tell("raw" if is_raw and is_internet(sock) else "family")

    def watched(self) -> dict[str, Watch]:
        """Return what is to be called when a module, by its name, is imported from a file."""

        def watch(package: str) -> Watch:
            def imported(origin: str | None) -> None:
                if origin is None or self._sites.own_name(origin) is None:  # no file of its own
                    self.tell(package)

            return imported

        return {module: watch(package) for module, package in PACKAGES.items()}


def is_ping(sock: Any) -> bool:
    """Whether what it sends as datagrams are messages of ICMP (icmp(7))."""
    return sock.type == socket.SOCK_DGRAM and sock.proto in _ICMP


def is_internet(sock: Any) -> bool:
    """Whether a socket is one of the internet."""
    return sock.family in (socket.AF_INET, socket.AF_INET6)
