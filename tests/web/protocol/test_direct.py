"""Frames on the bridge's way past ASGI: however the network cuts them, the same messages come."""

from __future__ import annotations

import asyncio
import json
import random
import socket
from itertools import pairwise

import pytest

from backend.web.protocol.direct import frame_at
from tests.labs.programs import WAIT_S
from tests.server import Playground
from tests.web.protocol.raw import BINARY, TEXT, Connection, connected, frame

CONTINUED, PING, PONG = 0, 9, 10
MASK = b"\x5a\x00\xff\x01"

# Of each length of length (RFC 6455, 5.2), a control message that is none, a message in parts.
SAID = (
    (BINARY, b"first", True),
    (BINARY, b"", True),
    (TEXT, b"no control", True),
    (BINARY, bytes(range(125)), True),
    (BINARY, b"in ", False),
    (PING, b"are you there", True),
    (CONTINUED, b"parts", True),
    (BINARY, bytes(range(256)) * 2, True),
    (BINARY, b"z" * 65_536, True),
    (BINARY, b"last", True),
)
FRAMES = b"".join(frame(opcode, data, fin=fin, mask=MASK) for opcode, data, fin in SAID)
BYTES = b"".join(data for opcode, data, _ in SAID if opcode in (BINARY, CONTINUED))


def cuts(kind: str) -> list[int]:
    """Return the places where the frames are cut: nowhere, everywhere, or anywhere."""
    if kind == "every byte":  # but not within the long one
        return [*range(1500), *range(len(FRAMES) - 50, len(FRAMES) + 1)]
    if kind == "anywhere":
        places = random.Random(7).sample(range(1, len(FRAMES)), 300)
        return [0, *sorted(places), len(FRAMES)]
    return [0, len(FRAMES)]


@pytest.mark.parametrize("kind", ["at once", "anywhere", "every byte"])
async def test_the_same_messages_come_however_they_are_cut(
    playground: Playground, kind: str
) -> None:
    run = await playground.start("tcp/echo")
    with connected(playground) as connection:
        connection.open(f"/ws/rooms/local/runs/{run['id']}/client")
        for begin, end in pairwise(cuts(kind)):
            connection.send(FRAMES[begin:end])
        echoed = b""
        told: set[str | int] = set()
        while len(echoed) < len(BYTES) or not {PONG, "error"} <= told:
            opcode, data = connection.frame()
            if opcode == BINARY:
                echoed += data
            else:
                told.add(json.loads(data)["type"] if opcode == TEXT else opcode)
        assert echoed == BYTES


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536])
def test_a_frame_is_found_once_its_head_is_there(size: int) -> None:
    whole = memoryview(frame(BINARY, bytes(size), mask=MASK))
    head = len(whole) - size
    for come in range(head):
        assert frame_at(whole[:come], 0) is None
    for come in (head, len(whole)):
        found = frame_at(whole[:come], 0)
        assert found is not None
        assert found == (head, len(whole), True, True)


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        (b"\x82\x7e\xff\xff", "incorrect masking"),
        (b"\x83\xfe\xff\xff" + MASK, "invalid opcode"),
    ],
)
async def test_a_frame_that_is_wrong_is_refused_by_its_head_though_no_payload_comes(
    playground: Playground, head: bytes, reason: str
) -> None:
    run = await playground.start("tcp/echo")
    with connected(playground) as connection:
        connection.open(f"/ws/rooms/local/runs/{run['id']}/client")
        connection.send(head)
        code, words = connection.closed_with()
        assert (code, reason in words) == (1002, True), words


def say_without_end(connection: Connection) -> None:
    """Send what is refused, again and again, and read nothing."""
    while True:
        connection.send(frame(TEXT, b"no control") * 1000)


@pytest.mark.parametrize("lab", ["tcp/echo", "udp/echo"])
async def test_a_browser_that_says_much_reads_nothing_and_goes_frees_its_client(
    playground: Playground, lab: str
) -> None:
    """It is held while it takes no answers; going lets it end all the same."""
    run = await playground.start(lab)
    with connected(playground) as connection:
        connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.open(f"/ws/rooms/local/runs/{run['id']}/client")
        connection.sock.settimeout(0.5)
        with pytest.raises(TimeoutError):
            say_without_end(connection)
        assert (await playground.room())["clients"]
    async with asyncio.timeout(WAIT_S):
        while (await playground.room())["clients"]:
            await asyncio.sleep(0.05)
