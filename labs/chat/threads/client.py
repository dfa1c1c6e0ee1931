"""Chat client: the main thread sends what is typed, a second thread prints what arrives."""

import argparse
import socket
import threading
from contextlib import suppress

server_gone = threading.Event()  # set by the thread that listens: the main thread ends then


def say(text: str) -> None:
    print(f"{text}\n", end="", flush=True)  # in one piece, as two threads print; and at once


def listening_to_messages(sock: socket.socket) -> None:
    with suppress(OSError):  # a server that vanishes is gone like any other
        for line in sock.makefile(encoding="utf-8", errors="replace"):
            say(line.rstrip("\n"))
    server_gone.set()
    say("Сервер закрыл соединение. Нажмите Enter")  # the main thread sleeps in input()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=12361)
    args = parser.parse_args()
    try:
        with socket.create_connection((args.host, args.port)) as sock:  # socket, connect
            host, port = sock.getsockname()
            say(f"Подключение к серверу {args.host}:{args.port} произошло, мой адрес {host}:{port}")
            threading.Thread(target=listening_to_messages, args=(sock,), daemon=True).start()
            while not server_gone.is_set():
                sock.sendall(f"{input()}\n".encode(errors="replace"))  # "\n" ends the message
            raise ConnectionError("сервер закрыл соединение")
    except (KeyboardInterrupt, EOFError):  # Ctrl+C; Ctrl+D
        say("Клиент остановлен")
    except (OSError, OverflowError, UnicodeError) as error:
        parser.exit(1, f"Нет связи с сервером {args.host}:{args.port}: {error}\n")


if __name__ == "__main__":
    main()
