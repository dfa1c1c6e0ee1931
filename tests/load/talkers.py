"""Clients of labs that talk at a pace, and check that every line comes, in order."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from tests.load.raw_websocket import BINARY, RawWebSocket, open_raw


@dataclass
class Heard:
    """What all talkers heard."""

    lines: int = 0
    latencies_ms: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


class Talker:
    """One client. Its lines are "NAME NUMBER TIME"; whatever a lab puts before them is let go."""

    def __init__(self, name: str, heard: Heard) -> None:
        self.name = name
        self.sent = 0
        self._heard = heard
        self._next: dict[str, int] = defaultdict(int)  # the number of each speaker's next line
        self._rest = b""
        self._websocket: RawWebSocket | None = None

    async def open(self, port: int, room: str, run: str, *, token: str = "") -> None:
        """Connect to a run; return once the socket is open."""
        opened = asyncio.get_running_loop().create_future()

        def hear(opcode: int, payload: bytes) -> None:
            if opcode == BINARY:
                self._take(payload)
            elif not opened.done() and b'"opened"' in payload:
                opened.set_result(None)
            elif b'"error"' in payload:
                self._heard.faults.append(payload.decode())

        path = f"/ws/rooms/{room}/runs/{run}/client"
        self._websocket = await open_raw(port, path, hear, token=token)
        await opened

    async def talk(self, per_s: float, for_s: float, delay_s: float) -> None:
        """Send so many lines a second, each at its own time; begin after a delay."""
        assert self._websocket is not None
        loop = asyncio.get_running_loop()
        began = loop.time() + delay_s
        for number in range(round(per_s * for_s)):
            await asyncio.sleep(began + number / per_s - loop.time())
            line = f"{self.name} {number} {time.monotonic()}\n".encode()
            self._websocket.send(BINARY, line)
            self.sent += 1

    def _take(self, data: bytes) -> None:
        now = time.monotonic()
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            words = line.split()
            if len(words) < 3 or b"." not in words[-1]:
                continue  # what the lab says of itself
            name, number = words[-3].decode(), int(words[-2])
            if number != self._next[name]:
                self._heard.faults.append(f"{name} {number} came in place of {self._next[name]}")
            self._next[name] = number + 1
            self._heard.lines += 1
            self._heard.latencies_ms.append((now - float(words[-1])) * 1000)

    async def close(self) -> None:
        """Close the socket."""
        if self._websocket is not None:
            await self._websocket.close()


async def talk_together(talkers: Sequence[Talker], *, per_s: float, for_s: float) -> None:
    """Let all talk, none in step with another."""
    random = Random(1)
    async with asyncio.TaskGroup() as group:
        for talker in talkers:
            group.create_task(talker.talk(per_s, for_s, random.random() / per_s))


async def all_heard(heard: Heard, lines: int, *, within_s: float) -> None:
    """Wait until so many lines have come."""
    async with asyncio.timeout(within_s):
        while heard.lines < lines:
            await asyncio.sleep(0.02)
