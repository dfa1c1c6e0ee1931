"""The bridge: a browser's socket, held here, on the very same ports as the classic clients.

A client names a run, never an address. What the browser sends goes to the lab byte for byte; what
the lab sends goes to the browser byte for byte. Both directions are bounded: the browser by
credit, the lab by the kernel (we do not read for a browser that does not).
"""

from __future__ import annotations

from backend.domain.events import Transport
from backend.runtime.bridge.client import Client
from backend.runtime.bridge.tcp import TcpClient
from backend.runtime.bridge.udp import UdpClient

CLIENTS: dict[Transport, type[Client]] = {kind.transport: kind for kind in (UdpClient, TcpClient)}
