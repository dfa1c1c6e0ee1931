"""TCP client: asks for both bases and the height, shows the area that the server computed."""

import argparse
import signal
import socket
import sys

CHUNK_BYTES = 4096
LINE_LIMIT_BYTES = 4096


def say(text: str) -> None:
    print(text, flush=True)  # at once, even when the output goes into a pipe


def ask(prompt: str) -> str:
    say(prompt)  # apart from input(): between a prompt of its own and read() it misses a Ctrl+C
    return input()


def read_line(sock: socket.socket) -> str:
    """Call recv() until the line end is there: the answer may come in pieces."""
    data = b""
    while not data.endswith(b"\n") and len(data) <= LINE_LIMIT_BYTES:
        chunk = sock.recv(CHUNK_BYTES)
        if not chunk:
            raise ConnectionError("сервер закрыл соединение")
        data += chunk
    return data.decode(errors="replace").rstrip()


def ask_numbers() -> str:
    words = [ask(prompt) for prompt in ("Основание A:", "Основание B:", "Высота H:")]
    return " ".join(words)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=12351)
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # SIGTERM ends us as Ctrl+C does

    try:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as sock:
            sock.connect((args.host, args.port))
            host, port = sock.getsockname()
            say(f"Соединение с {args.host}:{args.port} установлено, наш адрес {host}:{port}")
            while True:
                line = ask_numbers()
                sock.sendall(f"{line}\n".encode(errors="replace"))  # "\n" ends the message
                answer = read_line(sock)
                if not answer.startswith("Ошибка:"):
                    break
                say(answer)  # the connection stays open: another try
            say(f"Площадь трапеции: {answer}")
    except (KeyboardInterrupt, EOFError):  # Ctrl+C; Ctrl+D
        say("\nКлиент остановлен")
    except (OSError, OverflowError, UnicodeError) as error:
        parser.exit(1, f"Нет связи с сервером {args.host}:{args.port}: {error}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
