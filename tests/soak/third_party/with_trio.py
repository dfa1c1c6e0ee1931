"""trio: its server and four clients in one nursery, and a pair of datagram sockets."""

import sys

import trio

port, way = map(int, sys.argv[1:])
SIZE = 300_000


async def answer(stream: trio.SocketStream) -> None:
    async for data in stream:
        await stream.send_all(data.upper())


async def ask(name: str, heard: dict[str, bytes]) -> None:
    async with await trio.open_tcp_stream("127.0.0.1", way) as stream:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(send, stream, name)
            pieces = b""
            async for data in stream:
                pieces += data
        heard[name] = pieces


async def send(stream: trio.SocketStream, name: str) -> None:
    await stream.send_all(name.encode() * SIZE)
    await stream.send_eof()


async def datagrams() -> None:
    with trio.socket.socket(type=trio.socket.SOCK_DGRAM) as one:
        await one.bind(("127.0.0.1", 0))
        with trio.socket.socket(type=trio.socket.SOCK_DGRAM) as other:
            for text in (b"", b"hello", b"x" * 1400):
                await other.sendto(text, one.getsockname())
                data, sender = await one.recvfrom(2000)
                print(len(data), sender[0])


async def main() -> None:
    heard: dict[str, bytes] = {}
    async with trio.open_nursery() as nursery:
        await nursery.start(trio.serve_tcp, answer, port)
        async with trio.open_nursery() as clients:
            for name in "abcd":
                clients.start_soon(ask, name, heard)
        for name, data in sorted(heard.items()):
            print(name, len(data), data == name.upper().encode() * SIZE)
        await datagrams()
        with trio.move_on_after(0.05) as scope:
            await trio.sleep_forever()
        print("cancelled:", scope.cancelled_caught)
        nursery.cancel_scope.cancel()


trio.run(main)
print("done")
