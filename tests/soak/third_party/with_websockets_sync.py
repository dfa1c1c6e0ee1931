"""websockets, its threads: a server that answers in upper case, two clients after each other."""

import secrets
import sys
import threading

# Keys and masks: two runs are the same.
secrets.token_bytes = bytes  # type: ignore[assignment]

from websockets.sync.client import connect  # noqa: E402
from websockets.sync.server import ServerConnection, serve  # noqa: E402

port, way = map(int, sys.argv[1:])


def answer(connection: ServerConnection) -> None:
    for message in connection:
        connection.send(message.upper())


with serve(answer, "127.0.0.1", port) as server:
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    for name in ("ada", "bob"):
        with connect(f"ws://127.0.0.1:{way}/{name}", proxy=None) as client:
            for message in (f"hello {name}", "привет", b"\x00\xffbytes", "x" * 70_000):
                client.send(message)
                received = client.recv()
                print(name, len(received), received[:20])
            pong = client.ping("are you there?")
            print(name, pong.wait(10))
        print(name, client.close_code, client.close_reason)
    server.shutdown()
    thread.join()
print("done")
