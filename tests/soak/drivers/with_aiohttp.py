"""Drive the client of `aiohttp`."""

from __future__ import annotations

import aiohttp  # type: ignore[import-not-found]

from tests.soak.drivers.driving import Closed, RefusedError, drive


class AiohttpClient:
    """One WebSocket of `aiohttp`, in an own session."""

    async def open(self, url: str, offered: list[str]) -> str | None:
        """Open it; return the subprotocol that the server chose."""
        self._session = aiohttp.ClientSession()
        try:
            self._socket = await self._session.ws_connect(url, protocols=offered, max_msg_size=0)
        except aiohttp.WSServerHandshakeError as error:
            await self._session.close()
            raise RefusedError(str(error)) from error
        chosen: str | None = self._socket.protocol
        return chosen

    async def send(self, message: bytes | str) -> None:
        """Send a message."""
        if isinstance(message, bytes):
            await self._socket.send_bytes(message)
        else:
            await self._socket.send_str(message)

    async def receive(self) -> bytes | str | Closed:
        """Return the next message, or how the server closed."""
        message = await self._socket.receive()
        if message.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
            data: bytes | str = message.data
            return data
        assert message.type is aiohttp.WSMsgType.CLOSE, message
        await self._session.close()
        return Closed(message.data, message.extra)

    async def close(self, code: int, reason: str) -> Closed:
        """Close it; aiohttp keeps the server's code, not its reason."""
        await self._socket.close(code=code, message=reason.encode())
        await self._session.close()
        return Closed(self._socket.close_code, reason)


if __name__ == "__main__":
    drive(AiohttpClient())
