"""TCP server: reads lines "A B H" and answers each with the area of that trapezoid."""

import argparse
import math
import signal
import socket
import sys
import threading
from collections.abc import Iterator

CHUNK_BYTES = 4096
LINE_LIMIT_BYTES = 4096


class LineTooLongError(Exception):
    """The client sent more than LINE_LIMIT_BYTES without a line end."""


def say(text: str) -> None:
    print(text, flush=True)  # at once, even when the output goes into a pipe


def read_lines(conn: socket.socket) -> Iterator[str]:
    """Cut the stream into lines: recv() returns pieces, not messages."""
    buffer = b""
    while chunk := conn.recv(CHUNK_BYTES):
        buffer += chunk
        while b"\n" in buffer:
            line, buffer = buffer.split(b"\n", 1)
            if len(line) > LINE_LIMIT_BYTES:
                raise LineTooLongError
            yield line.decode(errors="replace").rstrip("\r")
        if len(buffer) > LINE_LIMIT_BYTES:
            raise LineTooLongError
    if buffer:  # the stream may end without a last "\n"
        yield buffer.decode(errors="replace")


def area_of(line: str) -> str:
    try:
        a, b, h = (float(word.replace(",", ".")) for word in line.split())
    except ValueError:
        return "Ошибка: нужны три числа через пробел: основания A и B, высота H"
    area = (a + b) / 2 * h
    if min(a, b, h) < 0 or not math.isfinite(area):
        return "Ошибка: числа должны быть конечными и не меньше нуля"
    return f"{area:.12g}"


def refuse_line(conn: socket.socket) -> None:
    """Say what was wrong, then read what is still on its way, within bounds.

    close() with unread bytes makes the kernel send RST, and RST may overtake our last words.
    """
    conn.sendall(f"Ошибка: строка длиннее {LINE_LIMIT_BYTES} байт\n".encode())
    conn.shutdown(socket.SHUT_WR)
    conn.settimeout(1.0)
    for _ in range(256):
        if not conn.recv(CHUNK_BYTES):
            break


def serve_client(conn: socket.socket, address: str) -> None:
    with conn:
        try:
            try:
                for line in read_lines(conn):
                    answer = area_of(line)
                    say(f"{address}: {line} -> {answer}")
                    conn.sendall(f"{answer}\n".encode())
            except LineTooLongError:
                refuse_line(conn)
        except OSError as error:  # this client vanished; the others do not notice
            say(f"{address}: {error}")
    say(f"Клиент {address} отключился")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=12351)
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # SIGTERM ends us as Ctrl+C does

    try:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # restart at once
            try:
                listener.bind((args.host, args.port))
                listener.listen()
            except (OSError, OverflowError) as error:
                print(f"Порт {args.port} занять не удалось: {error}", file=sys.stderr)
                return 2
            host, port = listener.getsockname()
            say(f"Сервер слушает {host}:{port}")
            while True:
                conn, (peer_host, peer_port) = listener.accept()
                address = f"{peer_host}:{peer_port}"
                say(f"Клиент {address} подключился")
                threading.Thread(target=serve_client, args=(conn, address), daemon=True).start()
    except KeyboardInterrupt:
        say("Сервер остановлен")
    return 0


if __name__ == "__main__":
    sys.exit(main())
