"""TCP client: sends one message and shows the whole answer of the server."""

import argparse
import signal
import socket
import sys

CHUNK_BYTES = 4096
ANSWER_LIMIT_BYTES = 65536


def say(text: str) -> None:
    print(text, flush=True)  # at once, even when the output goes into a pipe


def ask(prompt: str) -> str:
    say(prompt)  # apart from input(): between a prompt of its own and read() it misses a Ctrl+C
    return input()


def read_to_end(sock: socket.socket) -> bytes:
    """Collect pieces until the server closes: that, and no byte of it, is the answer's end."""
    data = b""
    while len(data) < ANSWER_LIMIT_BYTES and (chunk := sock.recv(CHUNK_BYTES)):
        data += chunk
    if not data:
        raise ConnectionError("сервер закрыл соединение без ответа")
    return data


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("message", nargs="?", help="asked for when not given")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=12352)
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # SIGTERM ends us as Ctrl+C does
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as sock:
            sock.connect((args.host, args.port))
            host, port = sock.getpeername()
            say(f"Подключение к серверу {host}:{port} произошло")
            message = args.message if args.message is not None else ask("Введите сообщение:")
            sock.sendall(f"{message}\n".encode(errors="replace"))  # "\n" ends the message
            data = read_to_end(sock)
            say(data.decode(errors="replace").rstrip("\n"))
    except (KeyboardInterrupt, EOFError):  # Ctrl+C; Ctrl+D
        say("Клиент остановлен")
    except (OSError, OverflowError, UnicodeError) as error:
        parser.exit(1, f"Нет связи с сервером {args.host}:{args.port}: {error}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
