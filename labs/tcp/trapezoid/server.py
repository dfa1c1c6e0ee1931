"""TCP server: reads lines "A B H" and answers each with the area of that trapezoid."""

import argparse
import math
import signal
import socket
import sys
import threading
from collections.abc import Iterator

CHUNK_BYTES = LINE_LIMIT_BYTES = 4096


def say(text: str) -> None:
    print(f"{text}\n", end="", flush=True)  # in one piece, as many threads print; and at once


def read_lines(conn: socket.socket) -> Iterator[bytes]:
    """Cut the stream into lines: recv() returns pieces, not messages."""
    rest = b""  # the beginning of a line whose end has not come yet
    while len(rest.removesuffix(b"\r")) <= LINE_LIMIT_BYTES and (data := conn.recv(CHUNK_BYTES)):
        *lines, rest = (rest + data).split(b"\n")
        yield from (line.removesuffix(b"\r") for line in lines)
    if rest:  # the stream may end without a last "\n"
        yield rest


def area_of(line: bytes) -> str:
    try:
        a, b, h = (float(word.replace(b",", b".")) for word in line.split())
    except ValueError:
        return "Ошибка: нужны три числа через пробел: основания A и B, высота H"
    area = (a + b) / 2 * h
    if min(a, b, h) < 0 or not math.isfinite(area):
        return "Ошибка: числа должны быть конечными и не меньше нуля"
    return f"{area:.12g}"


def hang_up(conn: socket.socket) -> None:
    """Send FIN, then read what still comes: close() over unread bytes would send RST instead."""
    conn.shutdown(socket.SHUT_WR)
    conn.settimeout(1.0)
    for _ in range(256):  # within bounds: a client may go on sending for ever
        if not conn.recv(CHUNK_BYTES):
            break


def serve_client(conn: socket.socket, address: str) -> None:
    with conn:
        try:
            for line in read_lines(conn):
                if len(line) > LINE_LIMIT_BYTES:
                    conn.sendall(f"Ошибка: строка длиннее {LINE_LIMIT_BYTES} байт\n".encode())
                    break
                answer = area_of(line)
                say(f"{address}: {line.decode(errors='replace')} -> {answer}")
                conn.sendall(f"{answer}\n".encode())
            hang_up(conn)
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
            listener.bind((args.host, args.port))
            listener.listen()
            host, port = listener.getsockname()
            say(f"Сервер слушает {host}:{port}")
            while True:
                conn, (peer_host, peer_port) = listener.accept()
                address = f"{peer_host}:{peer_port}"
                say(f"Клиент {address} подключился")
                threading.Thread(target=serve_client, args=(conn, address), daemon=True).start()
    except KeyboardInterrupt:
        say("Сервер остановлен")
    except (OSError, OverflowError, UnicodeError) as error:
        parser.exit(2, f"Сервер не может слушать {args.host}:{args.port}: {error}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
