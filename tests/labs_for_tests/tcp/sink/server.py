"""TCP server: accepts connections and never reads from them."""

import argparse
import socket


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=21006)
    args = parser.parse_args()
    with socket.create_server((args.host, args.port)) as listener:
        held = []
        while True:
            held.append(listener.accept())


main()
