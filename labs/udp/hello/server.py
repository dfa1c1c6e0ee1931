"""UDP server: shows every datagram and answers "Hello, client"."""

import argparse
import signal
import socket
import sys

BUFFER_BYTES = 65535  # room for the largest UDP datagram: a smaller buffer would cut it


def say(text: str) -> None:
    print(text, flush=True)  # at once, even when the output goes into a pipe


def serve(sock: socket.socket) -> None:
    while True:
        data, client = sock.recvfrom(BUFFER_BYTES)
        say(f"Message from client: {data.decode(errors='replace')}")
        try:
            sock.sendto(b"Hello, client", client)
        except OSError as error:  # only this answer is lost: the next client gets its own
            say(f"Cannot answer {client[0]} port {client[1]}: {error}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=12345)
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # SIGTERM ends us as Ctrl+C does

    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            try:
                sock.bind((args.host, args.port))
            except (OSError, OverflowError) as error:
                print(f"Cannot listen on {args.host} port {args.port}: {error}", file=sys.stderr)
                return 2
            host, port = sock.getsockname()
            say(f"Server is listening on {host} port {port}")
            serve(sock)
    except KeyboardInterrupt:
        say("Server stopped")
    return 0


if __name__ == "__main__":
    sys.exit(main())
