"""How a test drives a WebSocket library of others: orders and answers, a line of JSON each.

The library's driver runs in the soak's own environment. Orders are `{"open": url, "offered": […]}`,
`{"bytes": base64}`, `{"text": …}`, `{"receive": true}` and `{"close": [code, reason]}`; what is
opened, received or closed is one answer.
"""

from __future__ import annotations

import asyncio
import base64
import json
import sys
from dataclasses import dataclass
from typing import Any, Protocol


class RefusedError(Exception):
    """The library did not open the WebSocket; its words say why."""


@dataclass(frozen=True)
class Closed:
    """How a WebSocket was closed, as the library tells it."""

    code: int
    reason: str


class Driver(Protocol):
    """One WebSocket of a library."""

    async def open(self, url: str, offered: list[str]) -> str | None:
        """Open it; return the subprotocol that the server chose. Raises RefusedError."""

    async def send(self, message: bytes | str) -> None:
        """Send a binary or a text message."""

    async def receive(self) -> bytes | str | Closed:
        """Return the next message, or how the server closed."""

    async def close(self, code: int, reason: str) -> Closed:
        """Close it; return what the server answered."""


def drive(driver: Driver) -> None:
    """Do what is ordered, until there are no more orders."""
    asyncio.run(_obey(driver))


async def _obey(driver: Driver) -> None:
    while line := await asyncio.to_thread(sys.stdin.readline):
        answer = await _do(driver, json.loads(line))
        if answer is not None:
            print(json.dumps(answer), flush=True)


async def _do(driver: Driver, order: dict[str, Any]) -> dict[str, Any] | None:
    if "open" in order:
        try:
            return {"opened": await driver.open(order["open"], order["offered"])}
        except RefusedError as refused:
            return {"refused": str(refused)}
    if "receive" in order:
        return _told(await driver.receive())
    if "close" in order:
        return _told(await driver.close(*order["close"]))
    await driver.send(base64.b64decode(order["bytes"]) if "bytes" in order else order["text"])
    return None


def _told(message: bytes | str | Closed) -> dict[str, Any]:
    if isinstance(message, Closed):
        return {"closed": message.code, "reason": message.reason}
    if isinstance(message, bytes):
        return {"bytes": base64.b64encode(message).decode()}
    return {"text": message}
