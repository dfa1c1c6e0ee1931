"""What tests of the timeline share: events to see, and a viewer's next message."""

from __future__ import annotations

import asyncio
import json

from websockets.asyncio.client import ClientConnection

from tests.labs.programs import WAIT_S
from tests.server import Event, Playground


async def batch(viewer: ClientConnection) -> list[Event]:
    events: list[Event] = json.loads(await asyncio.wait_for(viewer.recv(), WAIT_S))
    assert events
    return events


async def make_events(playground: Playground, count: int) -> None:
    """Let a client make events, two a datagram."""
    run = await playground.start("udp/echo")
    async with playground.open_client(run) as peer:
        for number in range(count // 2):
            await peer.send(b"%d" % number)
            await peer.data()
    await playground.stop(run)
