"""TCP server: keeps values by their keys; a request is a line, and so is its answer."""

import argparse
import socket

LINE_LIMIT = 4096


def answer(line: str, values: dict[str, str]) -> str:
    match line.split(maxsplit=2):
        case ["set", key, value]:
            values[key] = value
            return "ok"
        case ["get", key]:
            return values.get(key, "no such key")
        case ["delete", key]:
            return "ok" if values.pop(key, None) is not None else "no such key"
        case _:
            return "expected: set KEY VALUE, get KEY or delete KEY"


def serve(connection: socket.socket, values: dict[str, str]) -> None:
    with connection.makefile("rb") as lines:
        while line := lines.readline(LINE_LIMIT):
            text = answer(line.decode(errors="replace"), values)
            connection.sendall(text.encode() + b"\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=12372)
    args = parser.parse_args()

    values: dict[str, str] = {}
    with socket.create_server((args.host, args.port)) as server:
        host, port = server.getsockname()[:2]
        print(f"Listening on {host}:{port}", flush=True)
        while True:
            connection, peer = server.accept()
            print(f"{peer[0]}:{peer[1]} has come", flush=True)
            with connection:
                try:
                    serve(connection, values)
                except ConnectionError as error:
                    print(f"{peer[0]}:{peer[1]}: {error}", flush=True)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        print("Stopped", flush=True)
