"""UDP server: shows every datagram and answers "Hello, client"."""

import argparse
import socket
from contextlib import suppress


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=12345)
    args = parser.parse_args()
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.bind((args.host, args.port))
            host, port = sock.getsockname()
            print(f"Server is listening on {host} port {port}", flush=True)
            while True:
                data, client = sock.recvfrom(65535)  # room for the largest datagram
                print(f"Message from client: {data.decode(errors='replace')}", flush=True)
                with suppress(OSError):  # only this answer is lost: the next client gets its own
                    sock.sendto(b"Hello, client", client)
    except KeyboardInterrupt:
        print("Server stopped", flush=True)
    except (OSError, OverflowError) as error:
        parser.exit(2, f"Cannot listen on {args.host} port {args.port}: {error}\n")


if __name__ == "__main__":
    main()
