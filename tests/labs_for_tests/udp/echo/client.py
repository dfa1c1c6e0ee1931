"""UDP client: sends every line that is typed, prints what comes back."""

import argparse
import socket
import sys


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=21001)
    args = parser.parse_args()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.connect((args.host, args.port))
        for line in sys.stdin:
            sock.send(line.encode())
            print(sock.recv(65535).decode(), end="", flush=True)
    print("end of input", flush=True)


main()
