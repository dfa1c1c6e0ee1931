"""Makes the example that /replay ships, from a real run: python -m tests.web.example_recording.

A server, a browser's client, a program of somebody's own; a datagram that nobody is there to take;
and the server once more. `--labs-dir` names other labs than those of this repository.
"""

from __future__ import annotations

import argparse
import asyncio
import socket

from backend.settings import ROOT
from backend.web.pages.replay import EXAMPLE
from tests.labs.programs import WAIT_S
from tests.peers import Peer
from tests.server import Playground, serving

LAB = "udp/transform"
MESSAGES = ("Привет, сокет", "А роза упала на лапу Азора")
SEQ = b'"seq":'


async def record(
    playground: Playground, lab: str = LAB, *, port: int | None = None, pause_s: float = 0.0
) -> bytes:
    """Act the scene, leaving `pause_s` between its steps; return the recording.

    Without a port the lab's own is taken, if it is free.
    """
    server = (await playground.try_start(lab, port=port)).json()
    async with playground.open_client(server) as client:
        await asyncio.sleep(pause_s)
        for message in MESSAGES:
            await exchange(client, message)
            await asyncio.sleep(pause_s)
        await asyncio.to_thread(ask_as_a_program_of_ones_own, server["port"], "шалаш\n")
        await asyncio.sleep(pause_s)
        await playground.stop(server)
        await client.send("Есть кто-нибудь?".encode())
        await client.told("error", "refused")
        await asyncio.sleep(pause_s)
        server = await playground.start(lab, port=server["port"])
        await asyncio.sleep(pause_s)
        await exchange(client, "А теперь?")
        await asyncio.sleep(pause_s)
    await playground.wait_for_event("client.closed")
    await playground.stop(server)
    response = await playground.request("GET", "/api/rooms/local/recording")
    return response.content


async def exchange(client: Peer, message: str) -> None:
    await client.send(message.encode())
    await client.data()


def ask_as_a_program_of_ones_own(port: int, text: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(WAIT_S)
        sock.sendto(text.encode(), ("127.0.0.1", port))
        sock.recvfrom(65535)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--labs-dir", default=str(ROOT / "labs"))
    args = parser.parse_args()
    with serving(labs_dir=args.labs_dir) as playground:
        recording = asyncio.run(record(playground, pause_s=0.8))
    EXAMPLE.write_bytes(recording)
    print(f"{EXAMPLE}: {len(recording)} bytes, {recording.count(SEQ)} events")


if __name__ == "__main__":
    main()
