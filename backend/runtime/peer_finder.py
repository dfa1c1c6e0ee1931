"""Finds out which programs of this machine talk to a room's, or have the port that one wanted.

Only in a room of one's own, on Linux: nobody's processes are told to others. The work is bounded: a
few look-ups a second, one after the other, beside the loop. A program that has ended by then, or
that we may not look at, stays without a name.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Mapping

from backend.domain.addresses import Address, as_text, from_text, is_loopback, reachable
from backend.domain.events import Event
from backend.domain.meter import Bucket
from backend.domain.program_names import program_name
from backend.domain.traced_events import Call, SocketTransport
from backend.runtime.bridge.client import Client
from backend.runtime.kernel import command_line, holder_of, inode_of
from backend.runtime.peers import Peers
from backend.runtime.processes.proc import IS_HERE

LOOKS_A_SECOND = 5.0
LOOKS_AT_ONCE = 20.0
ADDRESSES_KNOWN = 200
_TELL_PEER = ("accept", "recvfrom", "recvfrom_into", "recvmsg", "recvmsg_into")


class PeerFinder:
    """Looks for the program at each address that a room's calls tell of, once."""

    def __init__(
        self, peers: Peers, is_ours: Callable[[int], bool], clients: Mapping[str, Client]
    ) -> None:
        """`is_ours` knows the room's programs by their ids; `clients` are those of its pages."""
        self._peers = peers
        self._is_ours = is_ours
        self._clients = clients
        self._bucket = Bucket(rate=LOOKS_A_SECOND, burst=LOOKS_AT_ONCE, now=time.monotonic())
        self._known: dict[str, None] = {}
        self._looks: set[asyncio.Task[None]] = set()
        self._one = asyncio.Semaphore(1)

    def take(self, event: Event) -> None:
        """Take what happened in the room."""
        if not IS_HERE or not isinstance(event, Call) or event.phase == "enter":
            return
        if event.error == "EADDRINUSE" and event.address is not None:
            self._look(event.address, event.transport, listens=True)
        elif event.call in _TELL_PEER and event.peer is not None and event.error is None:
            # A TCP connection is somebody new, whatever the address was before.
            self._look(event.peer, event.transport, listens=False)

    def _look(self, text: str, transport: SocketTransport, *, listens: bool) -> None:
        try:
            host, port = from_text(text)
        except ValueError:  # of a Unix socket
            return
        address = reachable(host), port
        if not is_loopback(address[0]) or (transport == "udp" and text in self._known):
            return
        if not self._bucket.take(1, time.monotonic()):
            return
        self._known[text] = None
        if len(self._known) > ADDRESSES_KNOWN:
            del self._known[next(iter(self._known))]
        if not listens and self._is_client(as_text(address)):
            return  # it has a name, and a look takes longer the more clients there are
        look = asyncio.create_task(self._find(address, transport, listens=listens))
        self._looks.add(look)
        look.add_done_callback(self._looks.discard)

    def _is_client(self, local: str) -> bool:
        return any(client.local == local for client in self._clients.values())

    async def _find(self, address: Address, transport: SocketTransport, *, listens: bool) -> None:
        async with self._one:
            found = await asyncio.to_thread(_find, transport, address, listens)
        if found is not None and not self._is_ours(found[0]):
            self._peers.find(as_text(address), found[1], found[0])


def _find(transport: SocketTransport, address: Address, listens: bool) -> tuple[int, str] | None:
    inode = inode_of(transport, address, listens=listens)
    pid = None if inode is None else holder_of(inode, os.getpid())
    name = "" if pid is None else program_name(command_line(pid))
    return (pid, name) if pid is not None and name else None
