"""TCP server: waits for one byte, then ends the connection with RST."""

import argparse
import socket
import struct

NO_LINGER = struct.pack("ii", 1, 0)  # close(2) then sends RST: socket(7), SO_LINGER


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=21007)
    args = parser.parse_args()
    with socket.create_server((args.host, args.port)) as listener:
        while True:
            connection, _ = listener.accept()
            with connection:
                connection.recv(1)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)


main()
