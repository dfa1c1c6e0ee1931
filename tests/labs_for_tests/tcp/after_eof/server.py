"""TCP server: reads up to the client's FIN, only then answers how many bytes came."""

import argparse
import socket


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=21005)
    args = parser.parse_args()
    with socket.create_server((args.host, args.port)) as listener:
        while True:
            connection, _ = listener.accept()
            with connection:
                n = 0
                while data := connection.recv(65536):
                    n += len(data)
                connection.sendall(f"{n} bytes".encode())


main()
