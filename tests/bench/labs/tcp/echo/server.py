"""TCP server: sends everything back as it comes, one thread a connection."""

import _socket
import argparse
import socket
import threading


def echo(connection: socket.socket | _socket.socket) -> None:
    while data := connection.recv(65536):
        connection.sendall(data)
    connection.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=21201)
    parser.add_argument("--quiet", action="store_true", help="connections without tracing")
    args = parser.parse_args()
    threading.stack_size(256 * 1024)
    with socket.create_server((args.host, args.port), backlog=1024) as listener:
        print("listening", flush=True)
        while True:
            accepted, _ = listener.accept()
            accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection: socket.socket | _socket.socket = accepted
            if args.quiet:  # the type below the standard library's, which is not traced
                connection = _socket.socket(fileno=accepted.detach())
            threading.Thread(target=echo, args=(connection,), daemon=True).start()


main()
