"""A WebSocket that a library of others holds, in a process of its own, driven from a test."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from typing import Any

from tests.commands import ROOT
from tests.labs.programs import WAIT_S
from tests.soak.tools import NODE, NPM, tool

LINE_LIMIT_BYTES = 2**20  # a message is 128 KiB at most, and a third more as base64
COMMANDS = {
    "websocket-client": ("python", "-m", "tests.soak.drivers.with_websocket_client"),
    "aiohttp": ("python", "-m", "tests.soak.drivers.with_aiohttp"),
    "autobahn": ("python", "-m", "tests.soak.drivers.with_autobahn"),
    "wsproto": ("python", "-m", "tests.soak.drivers.with_wsproto"),
    "ws": (str(NODE), str(NPM / "with-ws.js")),
}


class ForeignClosedError(Exception):
    """The server closed the WebSocket."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"closed with {code} {reason!r}")
        self.code = code
        self.reason = reason


class ForeignSocket:
    """The orders that `tests.soak.drivers.driving` takes, as calls."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._orders = process.stdin
        self._answers = process.stdout

    async def _order(self, **order: Any) -> None:
        self._orders.write(json.dumps(order).encode() + b"\n")
        await self._orders.drain()

    async def _answer(self) -> dict[str, Any]:
        line = await asyncio.wait_for(self._answers.readline(), WAIT_S)
        assert line, "the driver ended"
        answer: dict[str, Any] = json.loads(line)
        return answer

    async def open(self, url: str, *offered: str) -> dict[str, Any]:
        """Open it; return the subprotocol as `opened`, or why not as `refused`."""
        await self._order(open=url, offered=offered)
        return await self._answer()

    async def send(self, message: bytes | str) -> None:
        """Send a binary or a text message."""
        if isinstance(message, str):
            await self._order(text=message)
        else:
            await self._order(bytes=base64.b64encode(message).decode())

    async def recv(self) -> bytes | str:
        """Return the next message. Raises ForeignClosedError."""
        await self._order(receive=True)
        answer = await self._answer()
        if "closed" in answer:
            raise ForeignClosedError(answer["closed"], answer["reason"])
        return base64.b64decode(answer["bytes"]) if "bytes" in answer else str(answer["text"])

    async def close(self, code: int, reason: str) -> int:
        """Close it; return the code that the server answered."""
        await self._order(close=(code, reason))
        answered: int = (await self._answer())["closed"]
        return answered


@contextlib.asynccontextmanager
async def driven(library: str) -> AsyncIterator[ForeignSocket]:
    """Start the driver of a library; at the end it must go in peace and have said nothing else."""
    program, *words = COMMANDS[library]
    process = await asyncio.create_subprocess_exec(
        *(program if "/" in program else tool(program), *words),
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
        limit=LINE_LIMIT_BYTES,
        cwd=ROOT,
        env={**os.environ, "NO_PROXY": "*"},
    )
    try:
        yield ForeignSocket(process)
        assert process.stdin is not None
        process.stdin.close()
        said, errors = await asyncio.wait_for(process.communicate(), WAIT_S)
        assert (process.returncode, said) == (0, b""), errors.decode()
    finally:
        if process.returncode is None:
            process.kill()
            print((await process.communicate())[1].decode())
