"""TCP server: sends so many bytes and closes, one thread a connection."""

import argparse
import socket
import threading

PATTERN = bytes(range(256)) * 256


def give(connection: socket.socket, n: int) -> None:
    with connection:
        while n > 0:
            connection.sendall(PATTERN[:n])
            n -= len(PATTERN)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=21004)
    parser.add_argument("--bytes", type=int, default=2**20)
    args = parser.parse_args()
    with socket.create_server((args.host, args.port), backlog=128) as listener:
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=give, args=(connection, args.bytes), daemon=True).start()


main()
