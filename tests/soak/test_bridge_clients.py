"""WebSocket libraries that others wrote are clients of the bridge, with and without `binary`."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Iterator
from typing import Any, cast

import pytest

from backend.settings import Settings
from tests.labs.programs import Program
from tests.peers import Peer
from tests.server import Playground, Run, serving
from tests.soak.foreign_socket import COMMANDS, ForeignClosedError, ForeignSocket, driven
from tests.soak.tools import NPM_FOLDER, tool
from tests.web.sockets.stage import running

pytestmark = pytest.mark.soak

MESSAGE_LIMIT = Settings().message_limit_bytes
LARGEST_DATAGRAM = 65_507
DATAGRAMS = (0, 1, 2, 125, 126, 1472, 65_506, LARGEST_DATAGRAM)
# At 126 and 65,536 a frame writes its length otherwise (RFC 6455, 5.2).
PIECES = (1, 125, 126, 65_535, 65_536, MESSAGE_LIMIT - 1, MESSAGE_LIMIT)
PATTERN = random.randbytes(MESSAGE_LIMIT + 1)
SHUTDOWN = json.dumps({"type": "shutdown"})

each_library = pytest.mark.parametrize("library", COMMANDS)
with_and_without_binary = pytest.mark.parametrize("offered", [(), ("binary",)], ids=["", "binary"])


@pytest.fixture(scope="module")
def playground() -> Iterator[Playground]:
    with serving() as served:
        yield served


def url_of(playground: Playground, run: str) -> str:
    return f"ws://127.0.0.1:{playground.port}/ws/rooms/local/runs/{run}/client"


async def opened(
    playground: Playground, run: Run, foreign: ForeignSocket, offered: tuple[str, ...]
) -> Peer:
    """Open a client of a run; return it as one that counts its credit."""
    answer = await foreign.open(url_of(playground, run["id"]), *offered)
    assert answer == {"opened": offered[0] if offered else None}
    peer = Peer(cast(Any, foreign))
    peer.opened = await peer.told("opened")
    assert peer.opened["peer"] == f"127.0.0.1:{run['port']}"
    assert peer.opened["message_limit"] == MESSAGE_LIMIT
    return peer


async def expect_close(peer: Peer, code: int) -> None:
    with pytest.raises(ForeignClosedError) as closed:
        await peer.receive()
    assert closed.value.code == code


@with_and_without_binary
@each_library
async def test_datagrams_come_back_as_they_were_sent(
    playground: Playground, library: str, offered: tuple[str, ...]
) -> None:
    async with running(playground, "udp/echo") as run, driven(library) as foreign:
        peer = await opened(playground, run, foreign, offered)
        for size in DATAGRAMS:
            await peer.send(PATTERN[:size])
            assert await peer.data() == PATTERN[:size]
        await peer.send(PATTERN[: LARGEST_DATAGRAM + 1])
        await peer.told("error", "too_big")
        await peer.send(b"still there?")
        assert await peer.data() == b"still there?"
        assert await foreign.close(1000, "enough") == 1000


@with_and_without_binary
@each_library
async def test_a_stream_comes_back_up_to_its_half_close(
    playground: Playground, library: str, offered: tuple[str, ...]
) -> None:
    async with running(playground, "tcp/echo") as run, driven(library) as foreign:
        peer = await opened(playground, run, foreign, offered)
        for size in PIECES:
            await peer.wait_for_credit(size)
            await peer.send(PATTERN[:size])
            echoed = b""
            while len(echoed) < size:
                echoed += await peer.data()
            assert echoed == PATTERN[:size]
        await foreign.send(SHUTDOWN)
        assert await peer.stream() == b""
        await expect_close(peer, 1000)


@each_library
async def test_text_is_control_and_nothing_else(playground: Playground, library: str) -> None:
    async with running(playground, "tcp/echo") as run, driven(library) as foreign:
        peer = await opened(playground, run, foreign, ())
        for text in ("", "hello", "приве́т 🙂", "x" * MESSAGE_LIMIT):
            await foreign.send(text)
            await peer.told("error", "bad_message")
        await peer.send(b"alive")
        assert await peer.data() == b"alive"
        assert await foreign.close(3000, "") == 3000


@pytest.mark.parametrize("message", [PATTERN, "x" * (MESSAGE_LIMIT + 1)], ids=["bytes", "text"])
@pytest.mark.parametrize("lab", ["udp/echo", "tcp/echo"])
@each_library
async def test_one_byte_over_the_limit_is_told_as_1009(
    playground: Playground, library: str, lab: str, message: bytes | str
) -> None:
    async with running(playground, lab) as run, driven(library) as foreign:
        peer = await opened(playground, run, foreign, ())
        await foreign.send(message)
        await expect_close(peer, 1009)


@with_and_without_binary
@each_library
async def test_the_refusal_of_an_unknown_run_is_understood(
    playground: Playground, library: str, offered: tuple[str, ...]
) -> None:
    async with driven(library) as foreign:
        answer = await foreign.open(url_of(playground, "r0"), *offered)
        assert "404" in answer["refused"]


# From a terminal: wscat, which types text and prints what comes


def wscat(url: str, *flags: str) -> Program:
    return Program(tool("wscat", NPM_FOLDER), "--connect", url, *flags, env={"NO_PROXY": "*"})


@pytest.mark.parametrize("flags", [(), ("--subprotocol", "binary")], ids=["", "binary"])
async def test_wscat_shows_what_a_lab_sends_and_half_closes(
    playground: Playground, flags: tuple[str, ...]
) -> None:
    async with running(playground, "tcp/after_eof") as run:
        with wscat(url_of(playground, run["id"]), *flags) as program:
            await asyncio.to_thread(program.wait_for, '"type": ?"credit"')
            program.type("hello\n")
            await asyncio.to_thread(program.wait_for, '"code": ?"bad_message"')
            program.type(SHUTDOWN + "\n")
            await asyncio.to_thread(program.wait_for, '(?s)0 bytes.*"type": ?"eof"')
            assert await asyncio.to_thread(program.finish) == 0
            assert program.errors == ""


async def test_wscat_says_that_a_run_is_unknown(playground: Playground) -> None:
    with wscat(url_of(playground, "r0")) as program:
        assert await asyncio.to_thread(program.finish) == 255
        assert program.errors == "error: Unexpected server response: 404\n"
