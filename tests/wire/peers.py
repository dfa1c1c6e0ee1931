"""Peers of a lab: a bare socket of somebody outside, and a browser's client."""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
from collections.abc import Awaitable, Callable

from websockets.exceptions import ConnectionClosedOK

from tests.labs.programs import WAIT_S
from tests.peers import Peer
from tests.wire.accounts import Said
from tests.wire.frames import HOST
from tests.wire.talks import Talk


class Outsider:
    """A bare socket, somebody's own script."""

    def __init__(self, transport: str, port: int) -> None:
        kind = socket.SOCK_STREAM if transport == "tcp" else socket.SOCK_DGRAM
        self.sock = socket.socket(type=kind)
        self.sock.settimeout(WAIT_S)
        self.sock.connect((HOST, port))
        self.port: int = self.sock.getsockname()[1]
        self.said = Said()
        self._heard = b""

    async def say(self, data: bytes, cuts: tuple[int, ...] = ()) -> None:
        """Send it, cut into pieces."""
        for begin, end in zip((0, *cuts), (*cuts, len(data)), strict=True):
            self.sock.sendall(self.said.say(data[begin:end]))

    async def hear(self, pattern: str) -> None:
        """Receive until it matches."""
        while not re.search(pattern, self._heard.decode(errors="replace")):
            await self._receive()

    async def leave(self) -> None:
        """Say that this was all, and receive what is left."""
        if self.sock.type == socket.SOCK_STREAM:
            self.sock.shutdown(socket.SHUT_WR)
            while await self._receive():
                pass
        self.sock.close()

    async def _receive(self) -> bytes:
        data = await asyncio.to_thread(self.sock.recv, 65536)
        if data:
            self._heard += self.said.hear(data)
        return data


class Browser:
    """A client over the WebSocket."""

    def __init__(self, peer: Peer, transport: str) -> None:
        self._peer = peer
        self._transport = transport
        self._heard = b""

    async def say(self, data: bytes, _cuts: tuple[int, ...] = ()) -> None:
        """Send it as one message."""
        await self._peer.send(data)

    async def hear(self, pattern: str) -> None:
        """Receive until it matches."""
        while not re.search(pattern, self._heard.decode(errors="replace")):
            self._heard += await self._peer.data()

    async def leave(self) -> None:
        """Say that this was all, and receive what is left."""
        if self._transport == "tcp":
            with contextlib.suppress(ConnectionClosedOK):  # a server that answers once was quicker
                await self._peer.control("shutdown")
                await self._peer.stream()


async def converse(
    peer: Outsider | Browser, talk: Talk, shown: Callable[[], Awaitable[object]]
) -> None:
    await peer.say(talk.says, talk.cuts)
    if talk.answer:
        await peer.hear(talk.answer)
    if talk.bye:
        await peer.say(talk.bye)
    await shown()
    await peer.leave()
