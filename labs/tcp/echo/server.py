"""TCP server: sends every byte of its clients back to them, one client after the other."""

import argparse
import socket
from contextlib import suppress


def serve_client(conn: socket.socket, host: str, port: int) -> None:
    print(f"Подключен клиент: {host}:{port}", flush=True)
    with suppress(OSError), conn:  # a client that vanishes is no reason to stop: the next is served
        while data := conn.recv(1024):  # b"" is the end: the client will send no more
            print(f"Получено сообщение: {data.decode(errors='replace').rstrip()}", flush=True)
            conn.sendall(data)
    print(f"Клиент {host}:{port} отключился", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=50007)
    args = parser.parse_args()
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # restart at once
            listener.bind((args.host, args.port))
            listener.listen()
            host, port = listener.getsockname()
            print(f"Сервер слушает {host}:{port}", flush=True)
            while True:
                conn, (host, port) = listener.accept()
                serve_client(conn, host, port)  # until it leaves; all others wait
    except KeyboardInterrupt:
        print("Сервер остановлен", flush=True)
    except (OSError, OverflowError) as error:
        parser.exit(2, f"Сервер не может слушать {args.host}:{args.port}: {error}\n")


if __name__ == "__main__":
    main()
