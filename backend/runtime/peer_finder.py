"""Finds out which programs of this machine talk to a room's, or have the port that one wanted.

Only in a room of one's own, on Linux: nobody's processes are told to others. The work is bounded: a
few addresses a second, all that wait in one look, beside the loop. A program that has ended by
then, or that we may not look at, stays without a name.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from backend.domain.addresses import Address, as_text, from_text, is_loopback, reachable
from backend.domain.events import Event
from backend.domain.meter import Bucket
from backend.domain.program_names import name_in_a_playground, program_name
from backend.domain.traced_events import Call, SocketTransport
from backend.runtime.bridge.client import Client
from backend.runtime.kernel import command_line, holders_of, inode_of, working_folder
from backend.runtime.outside import OutsideRun
from backend.runtime.peers import Peers
from backend.runtime.processes.folders import is_of_a_playground
from backend.runtime.processes.proc import IS_HERE, session_of, stat

LOOKS_A_SECOND = 5.0
LOOKS_AT_ONCE = 20.0
ADDRESSES_KNOWN = 200
_TELL_PEER = ("accept", "recvfrom", "recvfrom_into", "recvmsg", "recvmsg_into")


class Processes(Protocol):
    """Programs of a room."""

    def has_process(self, pid: int) -> bool:
        """Whether a process is one of them."""


class PeerFinder:
    """Looks for the program at each address that a room's calls tell of, once."""

    def __init__(
        self,
        peers: Peers,
        runs: Processes,
        clients: Mapping[str, Client],
        outside: Mapping[str, OutsideRun],
    ) -> None:
        """`runs` are the room's programs, `clients` those of its pages.

        `outside` are programs of people's own that are told here.
        """
        self._peers = peers
        self._runs = runs
        self._clients = clients
        self._outside = outside
        self._bucket = Bucket(rate=LOOKS_A_SECOND, burst=LOOKS_AT_ONCE, now=time.monotonic())
        self._known: dict[str, None] = {}
        self._wanted: list[_Wanted] = []
        self._looking: asyncio.Task[None] | None = None

    def take(self, *events: Event) -> None:
        """Take what happened in the room."""
        if not IS_HERE:
            return
        for event in events:
            if isinstance(event, Call) and event.phase != "enter":
                self._take_call(event)

    def _take_call(self, event: Call) -> None:
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
        self._wanted.append(_Wanted(address, transport, listens))
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._find())

    def _is_client(self, local: str) -> bool:
        return any(client.local == local for client in self._clients.values())

    async def _find(self) -> None:
        """Look for all that are wanted at a time: one look takes as long as one for many."""
        while self._wanted:
            wanted, self._wanted = self._wanted, []
            for found in await asyncio.to_thread(_find, wanted):
                if not self._runs.has_process(found.leader):
                    name = self._name_told(found) or found.name
                    self._peers.find(as_text(found.address), name, found.pid)

    def _name_told(self, found: _Found) -> str | None:
        """Return what a program is called that is told here: by its file, as its run is."""
        process = stat(found.pid)
        for run in self._outside.values():
            # The process that a run names is `socketlab trace`, which has started the program.
            is_its = process is not None and run.pid in (process.pid, process.parent)
            if is_its and found.name == f"python {run.program}":
                return run.program
        return None


class _Wanted(NamedTuple):
    """An address at which a program is looked for; `listens`, the one that holds it for others."""

    address: Address
    transport: SocketTransport
    listens: bool


class _Found(NamedTuple):
    """Which process is at an address, and what it is called.

    `leader` is whose program it is, if a playground's: the one that leads its session.
    """

    address: Address
    pid: int
    leader: int
    name: str


def _find(wanted: Sequence[_Wanted]) -> list[_Found]:
    """Return at which of these addresses which process is, and what it is called."""
    inodes = {each: inode_of(each.transport, each.address, listens=each.listens) for each in wanted}
    pids = holders_of({inode for inode in inodes.values() if inode is not None}, os.getpid())
    found = [_named(each.address, pids[inode]) for each, inode in inodes.items() if inode in pids]
    return [each for each in found if each.name]


def _named(address: Address, pid: int) -> _Found:
    words, folder, leader = command_line(pid), working_folder(pid), pid
    name = program_name(words)
    if name.endswith(".py") and folder is not None and is_of_a_playground(folder):
        leader, name = session_of(pid) or pid, name_in_a_playground(words)
    return _Found(address, pid, leader, name)
