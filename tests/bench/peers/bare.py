"""What does nothing but answer: how fast the load itself can be.

    python -m tests.bench.peers.bare websocket|socket SIZE

It takes as many bytes as a client's message has and sends a message of a server for them, made
beforehand, without a look at what came. Prints its port.
"""

from __future__ import annotations

import select
import socket
import sys

from tests.bench.load.frames import client_frame, server_frame

ANSWER = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"


def main(kind: str, size: int) -> None:
    """Answer until killed."""
    payload = bytes(size)
    is_websocket = kind == "websocket"
    takes = len(client_frame(payload)) if is_websocket else size
    answer = server_frame(payload) if is_websocket else payload
    connections: dict[int, socket.socket] = {}
    rest: dict[int, int] = {}  # bytes of a message that came in part; -1: no handshake yet
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as listener, select.epoll() as ready:
        print(listener.getsockname()[1], flush=True)
        ready.register(listener.fileno(), select.EPOLLIN)
        while True:
            for number, _ in ready.poll():
                if number == listener.fileno():
                    connection, _ = listener.accept()
                    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    connections[connection.fileno()] = connection
                    rest[connection.fileno()] = -1 if is_websocket else 0
                    ready.register(connection.fileno(), select.EPOLLIN)
                elif not (data := connections[number].recv(1 << 18)):
                    ready.unregister(number)
                    connections.pop(number).close()
                elif rest[number] < 0:
                    connections[number].sendall(ANSWER)
                    rest[number] = 0
                else:
                    count, rest[number] = divmod(rest[number] + len(data), takes)
                    if count:
                        connections[number].sendall(answer * count)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
