"""Drive `wsproto`, which does no I/O: the socket is ours."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

from wsproto import ConnectionType, WSConnection  # type: ignore[import-not-found]
from wsproto.events import (  # type: ignore[import-not-found]
    AcceptConnection,
    BytesMessage,
    CloseConnection,
    Event,
    Ping,
    RejectConnection,
    Request,
    TextMessage,
)

from tests.soak.drivers.driving import Closed, RefusedError, drive

PIECE = 65536


class WsprotoClient:
    """One WebSocket of `wsproto`, over asyncio's streams."""

    async def open(self, url: str, offered: list[str]) -> str | None:
        """Open it; return the subprotocol that the server chose."""
        parts = urlsplit(url)
        self._reader, self._writer = await asyncio.open_connection(parts.hostname, parts.port)
        self._wsproto = WSConnection(ConnectionType.CLIENT)
        self._events: list[Event] = []
        await self._send(Request(host=parts.netloc, target=parts.path, subprotocols=offered))
        event = await self._event()
        if isinstance(event, RejectConnection):
            raise RefusedError(str(event.status_code))
        assert isinstance(event, AcceptConnection), event
        chosen: str | None = event.subprotocol
        return chosen

    async def _send(self, event: Event) -> None:
        self._writer.write(self._wsproto.send(event))
        await self._writer.drain()

    async def _event(self) -> Event:
        while not self._events:
            self._wsproto.receive_data(await self._reader.read(PIECE) or None)
            self._events = list(self._wsproto.events())
        return self._events.pop(0)

    async def send(self, message: bytes | str) -> None:
        """Send a message."""
        kind = BytesMessage if isinstance(message, bytes) else TextMessage
        await self._send(kind(data=message))

    async def receive(self) -> bytes | str | Closed:
        """Return the next message, whole, or how the server closed."""
        pieces = []
        while True:
            event = await self._event()
            if isinstance(event, Ping):
                await self._send(event.response())
            elif isinstance(event, CloseConnection):
                return Closed(event.code, event.reason or "")
            else:
                pieces.append(event.data)
                if event.message_finished:
                    empty: bytes | str = event.data[:0]
                    return empty.join(pieces)  # all are of one kind

    async def close(self, code: int, reason: str) -> Closed:
        """Close it; read up to the server's answer."""
        await self._send(CloseConnection(code=code, reason=reason))
        while not isinstance(message := await self.receive(), Closed):
            pass
        self._writer.close()
        return message


if __name__ == "__main__":
    drive(WsprotoClient())
