"""Drive `websocket-client`, which waits for each message in the thread that asks."""

from __future__ import annotations

import asyncio

import websocket  # type: ignore[import-not-found]

from tests.soak.drivers.driving import Closed, RefusedError, drive


class WebsocketClient:
    """One WebSocket of `websocket-client`."""

    async def open(self, url: str, offered: list[str]) -> str | None:
        """Open it; return the subprotocol that the server chose."""
        try:
            self._socket = await asyncio.to_thread(
                websocket.create_connection, url, subprotocols=offered
            )
        except websocket.WebSocketException as error:
            raise RefusedError(str(error)) from error
        chosen: str | None = self._socket.getsubprotocol()
        return chosen

    async def send(self, message: bytes | str) -> None:
        """Send a message."""
        send = self._socket.send_binary if isinstance(message, bytes) else self._socket.send
        await asyncio.to_thread(send, message)

    async def receive(self) -> bytes | str | Closed:
        """Return the next message, or how the server closed."""
        while True:
            opcode, frame = await asyncio.to_thread(self._socket.recv_data, control_frame=True)
            if opcode == websocket.ABNF.OPCODE_CLOSE:
                return Closed(int.from_bytes(frame[:2], "big"), frame[2:].decode())
            if opcode == websocket.ABNF.OPCODE_TEXT:
                return str(frame, "utf-8")
            if opcode == websocket.ABNF.OPCODE_BINARY:
                return bytes(frame)

    async def close(self, code: int, reason: str) -> Closed:
        """Close it; read up to the server's answer."""
        await asyncio.to_thread(self._socket.send_close, code, reason.encode())
        while not isinstance(message := await self.receive(), Closed):
            pass
        self._socket.shutdown()
        return message


if __name__ == "__main__":
    drive(WebsocketClient())
