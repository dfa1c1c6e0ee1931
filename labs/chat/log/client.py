"""Log client: sends each line that is typed to the server, until `end`."""

import argparse
import io
import select
import signal
import socket
import sys

CHUNK_BYTES = 4096


def say(text: str) -> None:
    print(text, flush=True)  # at once, even when the output goes into a pipe


def ask(prompt: str) -> str:
    say(prompt)  # apart from input(): between a prompt of its own and read() it misses a Ctrl+C
    return input()


def check_server(sock: socket.socket) -> None:
    """Look without waiting: this server says nothing, except why it hangs up."""
    readable, _, _ = select.select([sock], [], [], 0)
    if readable:  # words, or the end of the stream: send() alone would notice one message late
        words = sock.recv(CHUNK_BYTES).decode(errors="replace").strip()
        raise ConnectionError(words or "сервер закрыл соединение")


def send_what_is_typed(sock: socket.socket) -> None:
    while (text := ask("Сообщение:")) != "end":
        check_server(sock)
        data = f"{text}\n".encode(errors="replace")  # "\n" ends the message
        sock.sendall(data)  # returns when the kernel has the bytes, long before the server reads
        say(f"Отправлено байт: {len(data)}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=50008)
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # SIGTERM ends us as Ctrl+C does
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")  # the keyboard may send bytes that are not UTF-8

    try:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as sock:
            sock.connect((args.host, args.port))  # succeeds in the backlog, before accept()
            host, port = sock.getsockname()
            say(f"Подключение к серверу {args.host}:{args.port} произошло, мой адрес {host}:{port}")
            send_what_is_typed(sock)
            say("Клиент отключился")
    except (KeyboardInterrupt, EOFError, RuntimeError):  # Ctrl+C; Ctrl+D; no keyboard at all
        say("Клиент остановлен")
    except (OSError, OverflowError, UnicodeError) as error:
        parser.exit(1, f"Нет связи с сервером {args.host}:{args.port}: {error}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
