"""UDP server: answers each datagram with its size in bytes."""

import argparse
import socket


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=21002)
    args = parser.parse_args()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((args.host, args.port))
        while True:
            data, client = sock.recvfrom(65535)
            sock.sendto(str(len(data)).encode(), client)


main()
