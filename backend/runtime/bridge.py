"""The bridge: a browser's socket, held here, on the very same ports as the classic clients.

A client names a run, never an address. What the browser sends goes to the lab byte for byte; what
the lab sends goes to the browser byte for byte. Both directions are bounded: the browser by
credit, the lab by the kernel (we do not read for a browser that does not).
"""

from __future__ import annotations

from typing import Any

from backend.runtime.client import Client
from backend.runtime.tcp_client import TcpClient
from backend.runtime.udp_client import UdpClient

_CLIENTS: dict[str, type[Client]] = {"udp": UdpClient, "tcp": TcpClient}


def make_client(transport: str, *args: Any, **kwargs: Any) -> Client:
    """Return a client of this transport, `udp` or `tcp`."""
    return _CLIENTS[transport](*args, **kwargs)
