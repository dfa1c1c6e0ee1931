"""UDP client: asks for the address of a name."""

import argparse
import socket
import sys


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", nargs="?", default="router.lab")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=12371)
    args = parser.parse_args()

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(3)
        sock.sendto(args.name.encode(), (args.host, args.port))
        try:
            data, _ = sock.recvfrom(512)
        except OSError as error:
            sys.exit(f"No answer from {args.host}:{args.port}: {error}")
        print(f"{args.name} is {data.decode(errors='replace')}")


if __name__ == "__main__":
    main()
