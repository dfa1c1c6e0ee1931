"""Viewers of a timeline: each checks that nothing is missing, all together how late events come."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass, field

from tests.load.raw_websocket import RawWebSocket, open_raw

SEQ = b'{"seq":'


@dataclass
class Arrivals:
    """When each event came to the last of the viewers, and when it had happened."""

    last: dict[int, float] = field(default_factory=dict)
    happened: dict[int, float] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def latencies_ms(self) -> list[float]:
        """Return how long each event took to the last viewer."""
        return [
            (self.last[seq] - happened) * 1000
            for seq, happened in self.happened.items()
            if seq in self.last
        ]


class Viewer:
    """One viewer; `arrivals` are shared. A witness reads the times of the events, too."""

    def __init__(self, arrivals: Arrivals, after: int, *, is_witness: bool = False) -> None:
        self.at = after
        self.messages = 0
        self.websocket: RawWebSocket | None = None
        self._arrivals = arrivals
        self._is_witness = is_witness

    async def open(self, port: int, room: str = "local", *, token: str = "") -> None:
        """Begin to follow."""
        path = f"/ws/rooms/{room}/events?after={self.at}"
        self.websocket = await open_raw(port, path, self._hear, token=token)

    def _hear(self, _opcode: int, batch: bytes) -> None:
        now = time.monotonic()
        self.messages += 1
        # Inside of texts quotes are escaped, so this is the number of an event.
        is_whole = batch.startswith(b"[" + SEQ)  # without a gap at its beginning
        first = int(batch[8 : batch.index(b",", 8)]) if is_whole else -1
        at = batch.rindex(SEQ) + len(SEQ)
        last = int(batch[at : batch.index(b",", at)])
        if first != self.at + 1:
            came = "a gap" if first < 0 else f"event {first}"
            self._arrivals.faults.append(f"{came} came after event {self.at}")
        self._arrivals.last.update(dict.fromkeys(range(first, last + 1), now))
        self.at = last
        if self._is_witness:
            events = [event for event in json.loads(batch) if "seq" in event]  # a gap has none
            self._arrivals.happened |= {event["seq"]: event["t"] for event in events}

    async def reach(self, seq: int, within_s: float) -> None:
        """Wait until this event is there."""
        async with asyncio.timeout(within_s):
            while self.at < seq:
                await asyncio.sleep(0.01)
