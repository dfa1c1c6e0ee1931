"""TCP server that never listens: it binds its port and waits for ever, or ends with --status."""

import argparse
import signal
import socket
import sys


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=21008)
    parser.add_argument("--status", type=int)
    args = parser.parse_args()
    with socket.socket() as sock:
        sock.bind((args.host, args.port))
        if args.status is not None:
            print("it rains", file=sys.stderr)
            sys.exit(args.status)
        signal.pause()


main()
