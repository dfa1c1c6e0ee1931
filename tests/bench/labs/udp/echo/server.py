"""UDP server: sends each datagram back."""

import _socket
import argparse
import socket


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=21202)
    parser.add_argument("--quiet", action="store_true", help="datagrams without tracing")
    args = parser.parse_args()
    bound = socket.socket(type=socket.SOCK_DGRAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    bound.bind((args.host, args.port))
    sock: socket.socket | _socket.socket = bound
    if args.quiet:  # the type below the standard library's, which is not traced
        sock = _socket.socket(fileno=bound.detach())
    while True:
        data, peer = sock.recvfrom(65536)
        sock.sendto(data, peer)


main()
