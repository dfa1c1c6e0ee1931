"""UDP client: sends one datagram and shows the answer."""

import argparse
import socket

ANSWER_WITHIN_S = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("message", nargs="?", default="Hello, server")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=12345)
    args = parser.parse_args()
    server = f"{args.host} port {args.port}"
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.settimeout(ANSWER_WITHIN_S)
            sock.sendto(args.message.encode(errors="replace"), (args.host, args.port))
            data, _address = sock.recvfrom(65535)
            print(f"Response from server: {data.decode(errors='replace')}")
    except KeyboardInterrupt:
        print("Client stopped")
    except TimeoutError:
        parser.exit(1, f"No answer from {server} in {ANSWER_WITHIN_S} s: lost, or nobody there\n")
    except (OSError, OverflowError) as error:
        parser.exit(1, f"Cannot send to {server}: {error}\n")


if __name__ == "__main__":
    main()
