"""The options of sockets that are told, by name: those that explain what happens later."""

from __future__ import annotations

import socket
import struct
from typing import Any

from backend.tracing.arguments import attempt, index_of

_TIMES = ("SO_RCVTIMEO", "SO_SNDTIMEO")  # a struct timeval, socket(7)
_NAMES = {
    "SOL_SOCKET": (
        "SO_REUSEADDR", "SO_REUSEPORT", "SO_BROADCAST", "SO_KEEPALIVE", "SO_LINGER", "SO_RCVBUF",
        "SO_SNDBUF", *_TIMES,
    ),
    "IPPROTO_TCP": ("TCP_NODELAY", "TCP_USER_TIMEOUT"),
    "IPPROTO_IP": ("IP_ADD_MEMBERSHIP", "IP_MULTICAST_TTL", "IP_MULTICAST_LOOP"),
}  # fmt: skip
OPTIONS = {
    (int(getattr(socket, level)), int(getattr(socket, name))): name
    for level, names in _NAMES.items()
    for name in names
    if hasattr(socket, level) and hasattr(socket, name)
}


def option_value(name: str, values: tuple[Any, ...]) -> float | bool | None:
    """Return the value of an option as it is told; None where it is none.

    Times are in seconds; SO_LINGER, a struct linger (socket(7)), is one, or False where it is off.
    """
    value = values[0] if values else None
    if name == "SO_LINGER":
        linger: tuple[int, int] | None = attempt(struct.unpack, "@ii", value)
        return None if linger is None else bool(linger[0]) and linger[1]
    if name not in _TIMES:
        return index_of(value) if isinstance(value, int) else None
    parts: tuple[int, int] | None = attempt(struct.unpack, "@ll", value)
    return None if parts is None else parts[0] + parts[1] / 1e6
