"""TCP client: sends its name, shows the time that the server tells, leaves on `end`."""

import argparse
import contextlib
import signal
import socket
import sys
import threading

CHUNK_BYTES = 4096


def say(text: str) -> None:
    print(text, flush=True)  # at once, even when the output goes into a pipe


def ask(prompt: str) -> str:
    say(prompt)  # apart from input(): between a prompt of its own and read() it misses a Ctrl+C
    return input()


def send_typed_lines(sock: socket.socket, leaving: threading.Event) -> None:
    """Read the keyboard in a thread of its own, while the main thread waits for the server."""
    with contextlib.suppress(
        OSError, UnicodeError
    ):  # a server that is gone: the main thread sees it, too
        for line in sys.stdin:
            if line.strip() == "end":
                break
            sock.sendall(line.encode(errors="replace"))
        leaving.set()  # after `end` or Ctrl+D
        sock.sendall(b"end\n")
        sock.shutdown(socket.SHUT_RDWR)  # sends FIN, and wakes recv() in the main thread


def show_lines(sock: socket.socket) -> None:
    rest = b""
    while data := sock.recv(CHUNK_BYTES):
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            say(line.decode(errors="replace"))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", nargs="?", help="asked for when not given")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=12353)
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # SIGTERM ends us as Ctrl+C does
    leaving = threading.Event()
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as sock:
            sock.connect((args.host, args.port))
            host, port = sock.getpeername()
            say(f"Подключение к серверу {host}:{port} произошло")
            name = args.name if args.name is not None else ask("Введите имя:")
            sock.sendall(f"{name}\n".encode(errors="replace"))  # "\n" ends the message
            keyboard = threading.Thread(target=send_typed_lines, args=(sock, leaving), daemon=True)
            keyboard.start()
            show_lines(sock)
            if not leaving.is_set():
                raise ConnectionError("сервер закрыл соединение")
            say("Клиент отключился")
    except (KeyboardInterrupt, EOFError):  # Ctrl+C; Ctrl+D
        say("Клиент остановлен")
    except (OSError, OverflowError, UnicodeError) as error:
        if leaving.is_set():  # we hung up first: what the kernel says about it does not matter
            return 0
        parser.exit(1, f"Нет связи с сервером {args.host}:{args.port}: {error}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
