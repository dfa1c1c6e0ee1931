"""Peers that take nothing of what is sent to them, over HTTP or WebSocket: they are cut.

What waits for one is bounded by the connection's buffer; how long it waits, here. A peer that reads
slowly goes on: what counts is whether its kernel has acknowledged anything since the last look.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol
from weakref import WeakKeyDictionary

# tcpi_bytes_acked in linux/tcp.h: the acknowledged bytes of a connection.
_ACKNOWLEDGED = struct.Struct("Q")
_ACKNOWLEDGED_AT = 120


class Connection(Protocol):
    """A protocol of uvicorn's: one connection."""

    transport: asyncio.Transport


@dataclass(frozen=True)
class _Seen:
    progress: int
    since_s: float


class Unread:
    """Remembers since when each connection has made no progress. `look` from time to time."""

    def __init__(self) -> None:
        self._seen: WeakKeyDictionary[asyncio.Transport, _Seen] = WeakKeyDictionary()

    def cut(self, connections: Iterable[Connection], now_s: float, *, after_s: float) -> None:
        """Look at the connections; cut those from which nothing was taken for `after_s`."""
        for transport in [connection.transport for connection in connections]:
            if not transport.get_write_buffer_size():
                self._seen.pop(transport, None)
                continue
            progress = _progress(transport)
            seen = self._seen.get(transport)
            if seen is None or seen.progress != progress:
                self._seen[transport] = _Seen(progress, now_s)
            elif now_s - seen.since_s >= after_s:
                transport.abort()


def _progress(transport: asyncio.Transport) -> int:
    """Return a number that changes when the peer takes something."""
    sock = transport.get_extra_info("socket")
    if sys.platform == "linux" and sock is not None:
        try:
            info = sock.getsockopt(
                socket.IPPROTO_TCP, socket.TCP_INFO, _ACKNOWLEDGED_AT + _ACKNOWLEDGED.size
            )
        except OSError:  # it is already closed
            return 0
        if len(info) == _ACKNOWLEDGED_AT + _ACKNOWLEDGED.size:  # since Linux 4.1
            acknowledged: int = _ACKNOWLEDGED.unpack_from(info, _ACKNOWLEDGED_AT)[0]
            return acknowledged
    return transport.get_write_buffer_size()
