"""Drive `autobahn`, which calls back."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlsplit

from autobahn.asyncio.websocket import (  # type: ignore[import-not-found]
    WebSocketClientFactory,
    WebSocketClientProtocol,
)

from tests.soak.drivers.driving import Closed, RefusedError, drive


class Heard(WebSocketClientProtocol):  # type: ignore[misc]
    """Puts all that autobahn tells into a queue."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: asyncio.Queue[bytes | str | Closed] = asyncio.Queue()
        self.chosen: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()

    def onConnect(self, response: Any) -> None:  # noqa: N802 - autobahn's name
        """Note the subprotocol."""
        self.chosen.set_result(response.protocol)

    def onMessage(self, payload: bytes, isBinary: bool) -> None:  # noqa: N802, N803 - autobahn's
        """Note a message."""
        self.heard.put_nowait(payload if isBinary else payload.decode())

    def onClose(self, wasClean: bool, code: int, reason: str) -> None:  # noqa: N802, N803
        """Note the end."""
        if not self.chosen.done():
            self.chosen.set_exception(RefusedError(reason))
        self.heard.put_nowait(Closed(code, reason or ""))


class AutobahnClient:
    """One WebSocket of `autobahn`."""

    async def open(self, url: str, offered: list[str]) -> str | None:
        """Open it; return the subprotocol that the server chose."""
        factory = WebSocketClientFactory(url, protocols=offered)
        factory.protocol = Heard
        parts = urlsplit(url)
        _, self._socket = await asyncio.get_running_loop().create_connection(
            factory, str(parts.hostname), int(parts.port or 80)
        )
        chosen: str | None = await self._socket.chosen
        await self._socket.is_open
        return chosen

    async def send(self, message: bytes | str) -> None:
        """Send a message."""
        is_binary = isinstance(message, bytes)
        payload = message if isinstance(message, bytes) else message.encode()
        self._socket.sendMessage(payload, isBinary=is_binary)

    async def receive(self) -> bytes | str | Closed:
        """Return the next message, or how the server closed."""
        message: bytes | str | Closed = await self._socket.heard.get()
        return message

    async def close(self, code: int, reason: str) -> Closed:
        """Close it; wait for the server's answer."""
        self._socket.sendClose(code, reason)
        while not isinstance(message := await self.receive(), Closed):
            pass
        return message


if __name__ == "__main__":
    drive(AutobahnClient())
