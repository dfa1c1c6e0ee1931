"""A machine between browser and server, as campuses and hotels have them: a process of its own.

It passes requests on, each on a connection of its own, and breaks WebSockets in the way that stands
in its mode file, which is read anew for each: see `Mode`. What is open when a WebSocket is to be
broken stays open.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import itertools
import os
import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, get_args

from tests.labs.programs import Program

Mode = Literal[
    "pass",  # nothing is broken
    "504",  # a WebSocket's handshake is answered with 504
    "hang",  # or never
    "close",  # or the connection is closed
    "mute",  # it opens, and nothing comes through
    "buffer",  # as 504; and an answer is passed on when it is whole, later
    "lossy",  # as 504; and of what clients ask for every third answer is lost on its way
]
MODES = get_args(Mode)
GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, 1.3
LATER_S = 0.3
OF_CLIENT = re.compile(rb"(?:POST|GET) \S+/clients[/?]")
_asked = itertools.count(1)
HEAD_LIMIT = 65536


class Middlebox:
    """The machine, from outside."""

    def __init__(self, port: int, mode_file: Path) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._mode_file = mode_file

    def set(self, mode: Mode) -> None:
        """Break WebSockets in this way from now on."""
        self._mode_file.write_text(mode)


@contextlib.contextmanager
def middlebox(server_port: int, mode: Mode, folder: Path) -> Iterator[Middlebox]:
    """Run one in front of a server."""
    mode_file = folder / "mode"
    mode_file.write_text(mode)
    command = (sys.executable, "-m", "tests.middlebox", str(server_port), str(mode_file))
    with Program(*command) as program:
        port = int(program.wait_for(r"listens on (\d+)")[1])
        yield Middlebox(port, mode_file)
        program.stop()
        assert not program.errors, program.errors


async def _pass_on(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, server_port: int, mode_file: Path
) -> None:
    own_port = writer.get_extra_info("sockname")[1]
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        # To the server it looks as if it had been asked itself, with a page of its own.
        head = head.replace(b"127.0.0.1:%d" % own_port, b"127.0.0.1:%d" % server_port)
        mode = mode_file.read_text()
        if re.search(rb"\r\nupgrade: *websocket", head, re.I):
            if mode == "pass":
                await _tunnel(head, reader, writer, server_port)
            else:
                await _break(mode, head, reader, writer)
        else:
            head = re.sub(rb"\r\nconnection: [^\r]*", b"", head, flags=re.I)
            head = head[:-2] + b"connection: close\r\n\r\n"
            await _exchange(mode, head, reader, writer, server_port)
    except (OSError, asyncio.IncompleteReadError):
        pass  # an end has gone
    finally:
        writer.close()


async def _break(
    mode: str, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    if mode in ("504", "buffer", "lossy"):
        writer.write(b"HTTP/1.1 504 Gateway Time-out\r\ncontent-length: 0\r\n\r\n")
        await writer.drain()
    elif mode == "hang":
        await reader.read()
    elif mode == "mute":
        key = re.search(rb"sec-websocket-key: *(\S+)", head, re.I)
        assert key
        accept = base64.b64encode(hashlib.sha1(key[1] + GUID).digest())
        writer.write(b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n")
        writer.write(b"connection: upgrade\r\nsec-websocket-accept: " + accept + b"\r\n\r\n")
        await reader.read()


async def _tunnel(
    head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, server_port: int
) -> None:
    to_read, to_write = await asyncio.open_connection("127.0.0.1", server_port)
    to_write.write(head)
    ways = [
        asyncio.create_task(_copy(source, target))
        for source, target in ((reader, to_write), (to_read, writer))
    ]
    await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    for way in ways:
        way.cancel()
    await asyncio.gather(*ways, return_exceptions=True)
    to_write.close()


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while data := await source.read(65536):
        target.write(data)
        await target.drain()


async def _exchange(
    mode: str,
    head: bytes,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    server_port: int,
) -> None:
    length = re.search(rb"\r\ncontent-length: *(\d+)", head, re.I)
    body = await reader.readexactly(int(length[1])) if length else b""
    to_read, to_write = await asyncio.open_connection("127.0.0.1", server_port)
    try:
        to_write.write(head + body)
        if mode == "lossy" and OF_CLIENT.match(head) and next(_asked) % 3 == 0:
            await to_read.read()
        elif mode == "buffer":
            answer = await to_read.read()
            await asyncio.sleep(LATER_S)
            writer.write(answer)
            await writer.drain()
        else:
            await _copy(to_read, writer)
    finally:
        to_write.close()


async def main(server_port: int, mode_file: Path) -> None:
    """Pass on what comes, until it is stopped."""
    serving: set[asyncio.Task[None]] = set()  # which nobody else holds

    def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(_pass_on(reader, writer, server_port, mode_file))
        serving.add(task)
        task.add_done_callback(serving.discard)

    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=HEAD_LIMIT)
    # What is on its way goes nowhere then: nobody is there any more.
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, os._exit, 0)
    print(f"listens on {server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2])))
