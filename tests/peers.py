"""The browser's end of a client, as tests are one: over its WebSocket, or over plain HTTP."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from base64 import b64decode
from typing import Any, Literal

import httpx
from websockets.asyncio import client as websockets

from backend.web.errors import CLOSE_CODES, NORMAL_CLOSURE
from tests.described import hold_to_description
from tests.labs.programs import WAIT_S

TRUSTING = httpx.create_ssl_context(verify=False)  # once: to make one takes longer than to ask

Way = Literal["websocket", "plain http"]


class Peer:
    """The browser's end of a client WebSocket, which keeps count of its credit."""

    def __init__(self, websocket: websockets.ClientConnection) -> None:
        self.websocket = websocket
        self.opened: dict[str, Any] = {}
        self.credit = 0

    async def next(self) -> bytes | dict[str, Any]:
        """Return the next bytes or control message."""
        message = await asyncio.wait_for(self.websocket.recv(), WAIT_S)
        if isinstance(message, bytes):
            return message
        control: dict[str, Any] = json.loads(message)
        return control

    async def receive(self) -> bytes | dict[str, Any]:
        """Return the next bytes or control message; credit is counted and passed over."""
        while True:
            control = await self.next()
            if isinstance(control, bytes):
                return control
            if control["type"] != "credit":
                return control
            self.credit += control["bytes"]

    async def data(self) -> bytes:
        """Return the next bytes; a control message before them is a failure."""
        message = await self.receive()
        assert isinstance(message, bytes), message
        return message

    async def told(self, kind: str, code: str | None = None) -> dict[str, Any]:
        """Return the next message, which must be this control message."""
        message = await self.receive()
        assert isinstance(message, dict), f"{len(message)} bytes"
        assert (message["type"], message.get("code")) == (kind, code), message
        return message

    async def send(self, data: bytes) -> None:
        """Send bytes, credit or not."""
        self.credit -= len(data)
        await self.websocket.send(data)

    async def text(self, text: str) -> None:
        """Send text, a control message or not."""
        await self.websocket.send(text)

    async def control(self, kind: str) -> None:
        """Send a control message."""
        await self.text(json.dumps({"type": kind}))

    async def ended(self) -> str:
        """Wait until it is closed, with no more messages; return the reason."""
        await asyncio.wait_for(self.websocket.wait_closed(), WAIT_S)
        reason = self.websocket.close_reason or ""
        codes = {str(code): number for code, number in CLOSE_CODES.items()}
        assert self.websocket.close_code == codes.get(reason, NORMAL_CLOSURE)
        return reason

    async def wait_for_credit(self, n: int = 1) -> None:
        """Read until so much credit is there; bytes before it are a failure."""
        while self.credit < n:
            control = await self.next()
            assert isinstance(control, dict), f"{len(control)} bytes"
            assert control["type"] == "credit", control
            self.credit += control["bytes"]

    async def stream(self) -> bytes:
        """Return all bytes up to the end of the stream."""
        received = bytearray()
        while isinstance(message := await self.receive(), bytes):
            received += message
        assert message == {"type": "eof"}
        return bytes(received)

    async def ping(self) -> float:
        """Ping; return the seconds until the pong."""
        pong = await self.websocket.ping()
        return await asyncio.wait_for(pong, WAIT_S)

    def vanish(self) -> None:
        """Be gone without a word: the kernel sends RST."""
        sock: socket.socket = self.websocket.transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.websocket.transport.abort()


class PlainPeer(Peer):
    """The same over plain HTTP: a message is a request, and what comes is fetched."""

    def __init__(
        self,
        url: str,
        path: str,
        created: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> None:
        self.opened = {}
        self.credit = 0
        self.path = f"{path}/{created['id']}"
        self.sent = 0  # messages
        self.after: int = created["after"]
        self._connection = httpx.AsyncClient(
            base_url=url, headers=headers, verify=TRUSTING, trust_env=False, timeout=2 * WAIT_S
        )
        named = {
            key: created[key] for key in ("transport", "local", "peer", "number", "message_limit")
        }
        self._waiting: list[dict[str, Any]] = [
            {"type": "opened", "client": created["id"], **named},
            {"type": "credit", "bytes": created["credit"]},
        ]

    async def request(self, method: str, path: str = "", **kwargs: Any) -> httpx.Response:
        """Make one request of this client."""
        response = await self._connection.request(method, self.path + path, **kwargs)
        hold_to_description(response)
        return response

    async def post(self, body: bytes, kind: str = "application/octet-stream") -> httpx.Response:
        """Send the next message, whatever the answer."""
        return await self.request(
            "POST", f"?n={self.sent + 1}", content=body, headers={"content-type": kind}
        )

    async def _post(self, body: bytes, kind: str = "application/octet-stream") -> None:
        response = await self.post(body, kind)
        assert response.status_code == 204, response.text
        self.sent += 1

    async def next(self) -> bytes | dict[str, Any]:
        """Return the next bytes or control message."""
        async with asyncio.timeout(WAIT_S):
            while not self._waiting:
                response = await self.request("GET", f"?after={self.after}&wait_s=20")
                assert response.status_code == 200, response.text
                self._waiting += response.json()["messages"]
        message = self._waiting.pop(0)
        if (number := message.pop("n", None)) is not None:
            assert number == self.after + 1
            self.after = number
        return b64decode(message["data"]) if message["type"] == "bytes" else message

    async def send(self, data: bytes) -> None:
        """Send bytes, credit or not."""
        self.credit -= len(data)
        await self._post(data)

    async def text(self, text: str) -> None:
        """Send text, a control message or not."""
        await self._post(text.encode(), "application/json")

    async def ended(self) -> str:
        """Wait until it is closed, with no more messages; return the reason."""
        reason: str = (await self.told("closed"))["reason"]
        return reason

    async def ping(self) -> float:
        """See that it is there; return the seconds that took."""
        began = time.monotonic()
        response = await self.request("GET", f"?after={self.after}")
        assert response.status_code == 200, response.text
        return time.monotonic() - began

    async def close(self) -> None:
        """Be gone, with a word if the server still knows of the client."""
        if not self._connection.is_closed:
            await self.request("DELETE")
        await self.forget()

    async def forget(self) -> None:
        """Be gone without a word."""
        await self._connection.aclose()
