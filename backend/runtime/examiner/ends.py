"""Where peers come from: clients that connect to a server, or a server to which a client comes."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections import deque
from collections.abc import Callable
from functools import partial

from backend.domain.addresses import Address
from backend.domain.events import Transport
from backend.runtime.examiner.news import Bell
from backend.runtime.examiner.peers import Peer, TcpPeer, UdpPeer
from backend.runtime.examiner.subject import HOST

CONNECT_WITHIN_S = 5.0
QUEUE_LIMIT = 100
LARGEST_BYTES = 65_535


async def connect(address: Address, transport: Transport) -> Peer:
    """Connect to a server. Raises OSError."""
    loop = asyncio.get_running_loop()
    host, port = address
    if transport == "tcp":
        async with asyncio.timeout(CONNECT_WITHIN_S):
            _, peer = await loop.create_connection(TcpPeer, host, port)
        return peer
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setblocking(False)
    sock.connect(address)
    datagrams = UdpPeer(sock)
    loop.add_reader(
        sock, _read_each(sock, lambda data, _address: datagrams.note(data), datagrams.note_problem)
    )
    return datagrams


class Listener:
    """The server of a client program, on a port of its own."""

    def __init__(self) -> None:
        self.port = 0
        self._bell = Bell()
        self._queue: deque[Peer] = deque(maxlen=QUEUE_LIMIT)
        self._talks: dict[Address, UdpPeer] = {}
        self._ends = contextlib.ExitStack()

    async def open(self, transport: Transport, port: int, *, answers: bool) -> None:
        """Listen on a port, 0 is any free one; without `answers` nobody does. Raises OSError."""
        loop = asyncio.get_running_loop()
        kind = socket.SOCK_STREAM if transport == "tcp" else socket.SOCK_DGRAM
        sock = socket.socket(socket.AF_INET, kind)
        self._ends.callback(sock.close)
        if transport == "tcp":
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((HOST, port))
        self.port = sock.getsockname()[1]
        if not answers:  # a TCP socket that does not listen holds the port, and refuses
            if transport == "udp":
                sock.close()
        elif transport == "tcp":
            server = await loop.create_server(lambda: TcpPeer(self._take), sock=sock)
            self._ends.callback(server.close)
        else:
            sock.setblocking(False)
            loop.add_reader(sock, _read_each(sock, partial(self._take_datagram, sock)))
            self._ends.callback(loop.remove_reader, sock)

    async def accept(self, within_s: float) -> Peer | None:
        """Return the next that came, None if nobody does in that time."""
        await self._bell.wait_until(lambda: bool(self._queue), within_s)
        return self._queue.popleft() if self._queue else None

    def close(self) -> None:
        """Let go of the port."""
        for peer in self._queue:
            peer.close()
        self._ends.close()

    def _take_datagram(self, sock: socket.socket, data: bytes, address: Address) -> None:
        """Give a datagram to the peer from which it is."""
        peer = self._talks.get(address)
        if peer is None:
            if len(self._talks) >= QUEUE_LIMIT:
                return
            peer = self._talks[address] = UdpPeer(sock, address)
            self._take(peer)
        peer.note(data)

    def _take(self, peer: Peer) -> None:
        self._queue.append(peer)
        self._bell.ring()


def _read_each(
    sock: socket.socket,
    take: Callable[[bytes, Address], None],
    note: Callable[[OSError], None] = lambda _error: None,
) -> Callable[[], None]:
    """Return what reads one datagram, for the event loop."""

    def read() -> None:
        try:
            data, address = sock.recvfrom(LARGEST_BYTES)
        except BlockingIOError:
            return
        except OSError as error:  # what ICMP said of a datagram that was sent before
            note(error)
        else:
            take(data, address)

    return read
