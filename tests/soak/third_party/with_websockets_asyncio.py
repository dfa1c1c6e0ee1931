"""websockets, its asyncio: a chat that sends what one says to all; three clients at once."""

import asyncio
import secrets
import sys

# Keys and masks: two runs are the same.
secrets.token_bytes = bytes  # type: ignore[assignment]

from websockets.asyncio.client import ClientConnection, connect  # noqa: E402
from websockets.asyncio.server import ServerConnection, broadcast, serve  # noqa: E402

port, way = map(int, sys.argv[1:])
present: set[ServerConnection] = set()


async def chat(connection: ServerConnection) -> None:
    present.add(connection)
    await connection.send("welcome")
    try:
        async for message in connection:
            broadcast(present, message)
    finally:
        present.discard(connection)


async def say(client: ClientConnection, others: list[ClientConnection], text: str) -> None:
    await client.send(text)
    heard = [await each.recv() for each in others]
    print(text[:20], [len(each) for each in heard], set(heard) == {text})


async def main() -> None:
    async with serve(chat, "127.0.0.1", port):
        clients = []
        for name in ("ada", "bob", "cy"):
            clients.append(await connect(f"ws://127.0.0.1:{way}/{name}", proxy=None))
            print(name, await clients[-1].recv())
        for number, client in enumerate(clients):
            await say(client, clients, f"I am number {number}")
            await say(client, clients, str(number) * 100_000)
        await asyncio.gather(*(client.close(1000, "bye") for client in clients))
        print([client.close_code for client in clients])


asyncio.run(main())
print("done")
