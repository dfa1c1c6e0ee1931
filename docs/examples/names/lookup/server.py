"""UDP server: knows the addresses of a few names."""

import argparse
import socket

ADDRESSES = {"router.lab": "192.0.2.1", "printer.lab": "192.0.2.7"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=12371)
    args = parser.parse_args()

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((args.host, args.port))
        host, port = sock.getsockname()
        print(f"Listening on {host}:{port}", flush=True)
        while True:
            data, client = sock.recvfrom(512)
            name = data.decode(errors="replace").strip().lower()
            address = ADDRESSES.get(name, "unknown")
            print(f"{name} is {address}", flush=True)
            sock.sendto(address.encode(), client)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        print("Stopped", flush=True)
