"""UDP client: sends one datagram and shows the answer."""

import argparse
import socket


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("message", nargs="?", default="Hello, server")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=12345)
    args = parser.parse_args()
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.settimeout(3)  # seconds: in UDP nothing tells that there is no server
            sock.sendto(args.message.encode(errors="replace"), (args.host, args.port))
            data, _address = sock.recvfrom(65535)
            print(f"Response from server: {data.decode(errors='replace')}")
    except KeyboardInterrupt:
        print("Client stopped")
    except (OSError, OverflowError) as error:  # a TimeoutError is an OSError, too
        parser.exit(1, f"No answer from {args.host} port {args.port}: {error}\n")


if __name__ == "__main__":
    main()
