"""UDP client: sends one datagram and shows the answer."""

import argparse
import signal
import socket
import sys

BUFFER_BYTES = 65535
ANSWER_WITHIN_S = 3.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("message", nargs="?", default="Hello, server")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=12345)
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # SIGTERM ends us as Ctrl+C does

    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.settimeout(ANSWER_WITHIN_S)
            sock.sendto(args.message.encode(errors="replace"), (args.host, args.port))
            data, _server = sock.recvfrom(BUFFER_BYTES)
            print(f"Response from server: {data.decode(errors='replace')}")
    except KeyboardInterrupt:
        print("Client stopped")
    except TimeoutError:
        print(
            f"No answer from {args.host} port {args.port} in {ANSWER_WITHIN_S:.0f} s: "
            "in UDP, a lost datagram and a server that is not there look the same",
            file=sys.stderr,
        )
        return 1
    except (OSError, OverflowError) as error:
        print(f"Cannot send to {args.host} port {args.port}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
